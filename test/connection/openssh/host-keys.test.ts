import '../over-openssh';
import '../ssh-host-keys.test';
