import '../over-openssh';
import '../ssh-crowds.test';
