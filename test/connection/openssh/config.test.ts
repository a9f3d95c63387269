import '../over-openssh';
import '../ssh-config.test';
