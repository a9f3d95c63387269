import '../over-openssh';
import '../ssh-login.test';
