/**
 * The systemd units of a scheduled drift, as texts: systemd.service(5), systemd.exec(5),
 * systemd.timer(5).
 *
 * The service may read the system and write what it has to, and nothing else. A drift that is found
 * ends it with exit code 2, which systemd calls failed: it shows under `systemctl --failed`, and the
 * timer goes on.
 */
import type { Interval } from './interval';

export interface Job {
  /** The inventory's name. */
  readonly name: string;
  /** The absolute path of the inventory. */
  readonly inventory: string;
  readonly user: string;
  /** Where it runs: relative paths in the inventory are looked for from there. */
  readonly directory: string;
  /** Absolute paths of Node and wgpush, and all arguments. */
  readonly command: readonly string[];
  /** Absolute paths of the directories that it writes to; they exist. */
  readonly writes: readonly string[];
}

/** The name of the units, without an ending. */
export function unitName({ name }: Pick<Job, 'name'>): string {
  return `wgpush-drift-${name.replace(/[^A-Za-z0-9_.-]/g, '_')}`;
}

/** By this line an install knows its own units again. */
export function markOf({ inventory }: Pick<Job, 'inventory'>): string {
  return `# Made by wgpush schedule for ${inventory}`;
}

export function serviceText(job: Job): string {
  // Root would not be root without it: files of other users, directories of the node exporter's.
  const capabilities = job.user === 'root' ? 'CAP_DAC_OVERRIDE' : '';
  return `${markOf(job)}
[Unit]
Description=wgpush drift of ${specifierFree(job.name)}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User=${specifierFree(job.user)}
WorkingDirectory=${specifierFree(job.directory)}
ExecStart=${job.command.map(quoted).join(' ')}
TimeoutStartSec=30min
UMask=0022
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=${job.writes.map(quotedPath).join(' ')}
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=${capabilities}
`;
}

export function timerText(job: Job, { seconds, calendar }: Interval): string {
  // Not all controllers at the full hour.
  const delay = Math.min(300, Math.floor(seconds / 10));
  return `${markOf(job)}
[Unit]
Description=wgpush drift of ${specifierFree(job.name)}, on schedule

[Timer]
OnCalendar=${calendar}
RandomizedDelaySec=${String(delay)}s
AccuracySec=1s
Persistent=yes

[Install]
WantedBy=timers.target
`;
}

/** An argument of ExecStart=: systemd would put values in the place of `%` and `$`. */
function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('$', '$$$$');
  return `"${specifierFree(escaped)}"`;
}

function quotedPath(text: string): string {
  return `"${specifierFree(text.replace(/[\\"]/g, '\\$&'))}"`;
}

function specifierFree(text: string): string {
  return text.replaceAll('%', '%%');
}
