import '../over-openssh';
import '../ssh-strange-hosts.test';
