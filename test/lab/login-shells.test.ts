/** Root's login shell is whatever somebody likes best; and a user has none. */
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Lab, labUp } from './running-lab';

const shells = ['fish', 'tcsh', 'zsh'] as const;
let lab: Lab;

beforeAll(async () => {
  lab = await labUp('login-shells', shells.length);
  await Promise.all(
    shells.map(async (shell, index) => {
      const { code, stderr } = await lab.on(`host-${String(index + 1)}`, install(shell));
      if (code !== 0) throw new Error(stderr);
    }),
  );
  await lab.writeInventory('prod', inventoryOf(lab));
}, 300_000);

afterAll(() => lab.down());

/** All that a start-up file should not do. */
const noise = 'echo welcome; echo "it is `date`"';

function install(shell: (typeof shells)[number]): string {
  const startUp = {
    fish: 'mkdir -p ~/.config/fish; echo "echo welcome; set -g fish_trace 1" >~/.config/fish/config.fish',
    tcsh: `printf '%s\\nset echo backslash_quote\\n' '${noise}' >~/.tcshrc`,
    zsh: `printf '%s\\nsetopt xtrace\\n' '${noise}' >~/.zshenv`,
  };
  return `DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ${shell} >/dev/null &&
    chsh -s "$(command -v ${shell})" root && ${startUp[shell]}`;
}

const run = (command: string, ...args: readonly string[]) =>
  lab.wgpush(command, '-i', 'prod', '--format', 'json', ...args);

test('an apply by fish, tcsh and zsh changes the hosts, and the second says unchanged', async () => {
  const first = await run('apply', '--yes');
  expect(outcomes(reportIn(first.stdout))).toBe('host-1 changed, host-2 changed, host-3 changed');
  expect(first.code).toBe(0);
  const second = await run('apply');
  expect(outcomes(reportIn(second.stdout))).toBe(
    'host-1 unchanged, host-2 unchanged, host-3 unchanged',
  );
  expect(second.code).toBe(0);
});

test('so it is for a user of theirs who becomes root', async () => {
  await Promise.all(
    shells.map((shell, index) =>
      lab.on(
        `host-${String(index + 1)}`,
        `useradd --create-home --shell "$(command -v ${shell})" deploy && cp -r /root/.ssh /home/deploy/ &&
         chown -R deploy: /home/deploy/.ssh && echo 'deploy ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/deploy`,
      ),
    ),
  );
  const { 'hosts.yaml': hosts = '', ...others } = inventoryOf(lab);
  const asUser = hosts.replace('ansible_user: root', 'ansible_user: deploy, ansible_become: true');
  await lab.rewriteInventory('prod', { ...others, 'hosts.yaml': asUser });
  await lab.on('host-1', 'ufw allow 9999');
  const { code, stdout } = await run('apply', '--yes');
  expect(outcomes(reportIn(stdout))).toBe('host-1 changed, host-2 unchanged, host-3 unchanged');
  expect(code).toBe(0);
});

test('a clock that is wrong and start-up files that take long are warned of', async () => {
  // All hosts have one clock; this one is shown another.
  const library = '/usr/lib/*/faketime/libfaketime.so.1';
  await lab.on(
    'host-1',
    `printf '#!/bin/sh\nLD_PRELOAD=%s FAKETIME=-10m exec /usr/bin/date "$@"\n' ${library} >/usr/local/bin/date && chmod 755 /usr/local/bin/date`,
  );
  await lab.on('host-3', 'echo sleep 1.5 >>/home/deploy/.zshenv');
  const { code, stdout } = await run('plan');
  expect(reportIn(stdout).warnings).toEqual([
    expect.stringMatching(/^host-1: its clock is 10 min behind the controller's; set it/),
    expect.stringMatching(/^host-3: deploy's login shell takes 1\.[5-9] s to begin/),
  ]);
  expect(code).toBe(0);
  await lab.on('host-1', 'rm /usr/local/bin/date');
});

test('a user who has no shell makes the host unreachable, and is told what to do', async () => {
  await lab.on('host-1', 'chsh -s /usr/sbin/nologin deploy');
  await lab.on('host-2', 'chsh -s /bin/false deploy');
  const { code, stdout } = await run('plan');
  const [first, second, third] = reportIn(stdout).hosts;
  expect(first).toMatchObject({ outcome: 'unreachable' });
  expect(first?.error).toMatch(
    /^deploy's login shell on 203\.0\.113\.11:22 ran nothing and ended with exit code 1: This account is currently not available; let it be a shell \(chsh -s \/bin\/sh deploy\)/,
  );
  expect(second?.error).toMatch(/^deploy's login shell on .* ended with exit code 1; let it be a/);
  expect(third).toMatchObject({ outcome: 'unchanged' });
  expect(code).toBe(4);
});
