import '../over-openssh';
import '../login-shells.test';
