import '../over-openssh';
import '../ssh-scripts.test';
