/** Pushes that are cut short: what is started, watched and compared by the tests of the guard. */
import { type ChildProcess, spawn } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import type { Lab } from './running-lab';

/** A role's task that closes the way wgpush came by, unless it is taken back. */
export const closingTask = `  - file:
      path: /etc/systemd/system/closed.service
      content:
        - '[Service]'
        - Type=oneshot
        - RemainAfterExit=yes
        - ExecStart=iptables -I INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -j DROP
        - '[Install]'
        - WantedBy=multi-user.target
  - systemd-unit: { unit: closed.service, enabled: true, running: true }
`;

/** Starts an apply to host-1; it is to be stopped by its own process id. */
export function startApply(lab: Lab, inventory: string, confirmSeconds: number): ChildProcess {
  const state = dirname(lab.keyFile);
  const options = [
    ...['--yes', '--quiet', '--limit', 'host-1'],
    ...['--confirm-timeout', String(confirmSeconds), '--known-hosts', join(state, 'known_hosts')],
  ];
  // Each of these programs becomes the next, so that the process id is that of wgpush.
  return spawn(
    join(__dirname, 'lab'),
    ['outside', '--name', basename(state), lab.program, 'apply', '-i', inventory, ...options],
    { cwd: lab.directory, stdio: 'ignore' },
  );
}

/**
 * Runs something when a condition of the shell holds on host-1: the push has come so far. Meanwhile
 * a new session of SSH waits there, so that the push can't be confirmed however slow this machine is.
 */
export async function when(lab: Lab, condition: string, cut: () => unknown): Promise<void> {
  const { code } = await lab.on(
    'host-1',
    `echo 'while [ -e /run/hold ]; do sleep 0.1; done' >/root/.ssh/rc
i=0; until ${condition}; do sleep 0.02; i=$((i+1)); [ $i -lt 400 ] || exit 1; done
touch /run/hold`,
  );
  if (code !== 0) throw new Error(`it never came to this: ${condition}`);
  await cut();
  await lab.on('host-1', 'rm /run/hold /root/.ssh/rc');
}

/** Everything of host-1 that a push in these tests may change. */
export async function stateOf(lab: Lab): Promise<string> {
  const { stdout } = await lab.on(
    'host-1',
    `find /etc/ufw /etc/wgpush /etc/default/ufw /etc/wireguard /etc/ssh /etc/systemd /etc/sysctl.d /etc/motd -type f -exec sha256sum {} + 2>/dev/null | sort
for tool in iptables ip6tables; do $tool-save -t filter | sed -n -e 's/ *\\[[0-9]*:[0-9]*\\]$//' -e '/^[:-]/p' | sort -s -k 1,2; done
nft -s list table inet wgpush 2>/dev/null
ip -o address show dev wg0 2>/dev/null | grep global; wg showconf wg0 2>/dev/null | sort
systemctl is-enabled wg-quick@wg0 ufw; systemctl is-active wg-quick@wg0 ssh
cat /proc/sys/net/ipv4/tcp_keepalive_time`,
  );
  return stdout;
}
