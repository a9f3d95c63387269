/** systemd or cron is not there, or refused; the message says which and why. */
export class SchedulerFailed extends Error {
  override readonly name = 'SchedulerFailed';
}
