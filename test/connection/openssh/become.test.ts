import '../over-openssh';
import '../become.test';
