/** What is imported before a suite so that it runs over the system's ssh. */
import { connectOver } from './connect';

connectOver('openssh');
