import '../over-openssh';
import '../ssh-jumps.test';
