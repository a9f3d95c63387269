import '../over-openssh';
import '../ssh-time-limits.test';
