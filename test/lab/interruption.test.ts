/**
 * Applies that are interrupted, or stopped by a failure, in the middle of a fleet: whoever was begun
 * is whole or as it was, nobody else is touched, and the next apply makes all of them what they are
 * to be.
 *
 * WGPUSH_KILLS says how many applies are killed at a moment of their own, WGPUSH_SEED at which.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { when } from './cut-short';
import { inventoryOf, outcomes, reportIn } from './inventory';
import { type Ended, type Lab, labUp } from './running-lab';

let lab: Lab;

/** Each a file, a unit that takes a second, and a kernel parameter of this value. */
const trial = (value: number): string => `description: a trial
tasks:
  - file: { path: /etc/trial, content: "${String(value)}\\n" }
  - file:
      path: /etc/systemd/system/slow.service
      content: ['[Service]', Type=oneshot, RemainAfterExit=yes, ExecStart=sleep 1, '# ${String(value)}']
      restart: slow.service
  - systemd-unit: { unit: slow.service, running: true }
  - sysctl: { name: 70-trial, values: { net.ipv4.tcp_keepalive_time: ${String(value)} } }
`;

/** A step that fails, unless a directory is there. */
const broken = `description: a trial
tasks:
  - file: { path: /etc/missing/file, content: "x" }
`;

const onAll = '{ all: [install, wireguard, firewall, trial, bindings, verify] }';
const onDb = '{ all: [install, wireguard, firewall, bindings, verify], db: [trial] }';

/** Gives hosts a role of this text beside the others. */
async function withTrial(roles: string, role: string): Promise<void> {
  const files = inventoryOf(lab);
  await lab.rewriteInventory('prod', {
    ...files,
    'mesh.yaml': `${files['mesh.yaml'] ?? ''}roles: ${roles}\n`,
    'roles/trial/role.yaml': role,
  });
}

const apply = (...args: readonly string[]) =>
  lab.wgpush('apply', '-i', 'prod', '--yes', '--format', 'json', ...args);

function errorsIn({ stdout }: Ended): readonly (string | null)[] {
  return reportIn(stdout).hosts.map(({ error }) => error);
}

/** Starts an apply that can be sent signals. */
function start(...args: readonly string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
} {
  const state = dirname(lab.keyFile);
  // Each of these programs becomes the next, so that the process id is that of wgpush.
  const child = spawn(
    join(__dirname, 'lab'),
    [
      ...['outside', '--name', basename(state), lab.program, 'apply', '-i', 'prod', '--yes'],
      ...['--format', 'json', '--known-hosts', join(state, 'known_hosts'), ...args],
    ],
    {
      cwd: lab.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, WGPUSH_STATE: join(lab.directory, '.state') },
    },
  );
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.on('data', (piece: Buffer) => stdout.push(String(piece)));
  child.stderr.on('data', (piece: Buffer) => stderr.push(String(piece)));
  const ended = once(child, 'close').then(() => ({
    code: child.exitCode ?? -1,
    stdout: stdout.join(''),
    stderr: stderr.join(''),
  }));
  return { child, ended };
}

/** What a host has of the trial: the file, and the parameter of the kernel. */
async function trialOn(host: string): Promise<string> {
  const { stdout } = await lab.on(
    host,
    'cat /etc/trial 2>/dev/null || echo none; cat /proc/sys/net/ipv4/tcp_keepalive_time',
  );
  return stdout.trim().replace('\n', ' ');
}

/** What a run may not leave: an armed watchdog, a unit of it, a script, a half-written file. */
async function leftOn(host: string): Promise<string> {
  const { stdout } = await lab.on(
    host,
    `cd /var/lib/wgpush/undo && ls armed restoring failed 2>/dev/null
# A watchdog sees within a second that its push is confirmed.
i=0; while systemctl is-active -q 'wgpush-undo*' && [ $i -lt 30 ]; do sleep 0.1; i=$((i+1)); done
systemctl list-units --plain --no-legend 'wgpush-undo*'
ls /etc/systemd/system/wgpush-undo.service /etc/systemd/system/sysinit.target.wants/wgpush-undo.service 2>/dev/null
find /etc /var/lib/wgpush -name '*.??????' -newer /etc/hostname | grep -E '/(trial|slow.service|70-trial.conf|wg0.conf|user6?.rules)[.]'`,
  );
  return stdout;
}

async function locks(): Promise<readonly string[]> {
  const found = await readdir(join(lab.directory, '.state'), { recursive: true });
  return found.filter((file) => file.endsWith('.lock'));
}

/** Waits until the pushes on a host have come to their end, whoever started them. */
async function settled(host: string): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    const { stdout } = await lab.on(
      host,
      `[ -e /var/lib/wgpush/undo.new ] && echo saving; ls /var/lib/wgpush/undo
pgrep -f '/bin/sh -s -- [0-9a-f]{32}'`,
    );
    if (!/saving|armed|restoring|^\d+$/m.test(stdout)) return;
    await sleep(500);
  }
  throw new Error(`${host} does not come to an end`);
}

beforeAll(async () => {
  lab = await labUp('interruption', 3);
  await lab.writeInventory('prod', inventoryOf(lab));
}, 300_000);

afterAll(() => lab.down());

test('edges that a failed host leaves one-sided are told, with what heals them', async () => {
  await withTrial(onDb, broken);
  const ended = await apply();
  const report = reportIn(ended.stdout);
  expect(outcomes(report)).toBe('host-1 changed, host-2 changed, host-3 failed');
  expect(report.oneSided).toEqual({
    edges: ['host-1', 'host-2'].map((host) => ({ host, peer: 'host-3', isSeen: true })),
    command: 'wgpush apply -i prod --limit host-3',
  });
  expect(ended.code).toBe(3);
  await lab.on('host-3', 'mkdir /etc/missing');
  const healed = await apply('--limit', 'host-3');
  expect(outcomes(reportIn(healed.stdout))).toBe('host-3 changed');
  expect(reportIn(healed.stdout).oneSided).toBeUndefined();
  expect(healed.code).toBe(0);
});

test.each([
  ['a canary', ['--serial', '1,100%'], 'host-1 did not end well'],
  [
    '--max-fail',
    ['--forks', '1', '--max-fail', '0'],
    'host-1 did not end well, and --max-fail is 0',
  ],
])('%s that fails leaves the others untouched', async (_, args, reason) => {
  await withTrial(onAll, broken.replace('missing', 'none'));
  const ended = await apply(...args);
  expect(outcomes(reportIn(ended.stdout))).toBe('host-1 failed, host-2 pending, host-3 pending');
  expect(errorsIn(ended).slice(1)).toEqual([`not begun: ${reason}`, `not begun: ${reason}`]);
  expect(ended.code).toBe(3);
  const { stdout } = await lab.on('host-2', 'ls -d /etc/none');
  expect(stdout).toBe('');
});

test('batches that end well become the whole fleet', async () => {
  await withTrial(onAll, trial(601));
  const { code, stdout, stderr } = await apply('--serial', '1,50%');
  expect(outcomes(reportIn(stdout))).toBe('host-1 changed, host-2 changed, host-3 changed');
  // Three batches, the first two of them verified.
  expect(stderr.match(/changing 1 host /g)).toHaveLength(3);
  expect(stderr.match(/verifying 1 host /g)).toHaveLength(2);
  expect(code).toBe(0);
});

/** What is seen on host-1 when its push is in the middle. */
const inHand = '[ "$(systemctl is-active slow)" = activating ]';

test('Ctrl-C lets the host in hand end, and begins no other', async () => {
  await withTrial(onAll, trial(602));
  const { child, ended } = start('--forks', '1');
  await when(lab, inHand, () => child.kill('SIGINT'));
  const run = await ended;
  expect(outcomes(reportIn(run.stdout))).toBe('host-1 changed, host-2 pending, host-3 pending');
  const reason = 'the run was interrupted by SIGINT';
  expect(errorsIn(run)).toEqual([null, `not begun: ${reason}`, `not begun: ${reason}`]);
  expect(reportIn(run.stdout).stopped).toBe(reason);
  expect(run.stderr).toContain('once more to let go of them\n');
  expect(run.code).toBe(2);
  expect(await Promise.all(lab.hosts.map(trialOn))).toEqual(['602 602', '601 601', '601 601']);
  expect(await locks()).toEqual([]);
});

test('twice, it lets go of the host in hand, which goes back by itself', async () => {
  await withTrial(onAll, trial(603));
  const { child, ended } = start('--forks', '1', '--confirm-timeout', '3');
  await when(lab, inHand, async () => {
    child.kill('SIGTERM');
    await sleep(100);
    child.kill('SIGINT');
    await ended;
  });
  const run = await ended;
  expect(outcomes(reportIn(run.stdout))).toBe('host-1 failed, host-2 pending, host-3 pending');
  expect(errorsIn(run)[0]).toMatch(
    /^let go of: not seen to be confirmed; it goes back by itself by \d\d:\d\d:\d\d UTC at the latest$/,
  );
  expect(run.code).toBe(3);
  await settled('host-1');
  expect(await Promise.all(lab.hosts.map(trialOn))).toEqual(['602 602', '601 601', '601 601']);
  expect(await locks()).toEqual([]);
});

test('the next apply finishes what was left, and leaves nothing else', async () => {
  const { code, stdout } = await apply();
  expect(outcomes(reportIn(stdout))).toBe('host-1 changed, host-2 changed, host-3 changed');
  expect(code).toBe(0);
  expect(await Promise.all(lab.hosts.map(trialOn))).toEqual(['603 603', '603 603', '603 603']);
  expect(await Promise.all(lab.hosts.map(leftOn))).toEqual(['', '', '']);
});

test('Ctrl-C at the question changes nothing, and ends', async () => {
  await withTrial(onAll, trial(604));
  // A terminal, on which ^C is typed when the question is there.
  const { code, stdout } = await lab.outside(
    `cd ${lab.directory} && { sleep 6; printf '\\003'; sleep 2; } | WGPUSH_STATE=.state script -qec \
'${lab.program} apply -i prod --known-hosts ${dirname(lab.keyFile)}/known_hosts' /dev/null`,
  );
  expect(stdout).toMatch(/Make these changes\? [^]*interrupted by SIGINT; nothing was changed/);
  expect(code).toBe(1);
  expect(await locks()).toEqual([]);
  expect(await trialOn('host-1')).toBe('603 603');
});

const kills = Number(process.env['WGPUSH_KILLS'] ?? 4);
const seed = Number(process.env['WGPUSH_SEED'] ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1 that a seed stands for (mulberry32). */
function randomFrom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** About as long as an apply takes, from its start. */
const applyMs = 7000;
const random = randomFrom(seed);
const moments = Array.from({ length: kills }, (_, index) => ({
  signal: (['SIGKILL', 'SIGINT'] as const)[index % 2] ?? 'SIGKILL',
  afterMs: Math.floor(random() * applyMs),
  value: 605 + index,
}));

describe(`with the seed ${String(seed)}`, () => {
  test.each(moments)(
    '$signal after $afterMs ms leaves nothing that the next apply does not finish',
    async ({ signal, afterMs, value }) => {
      await withTrial(onAll, trial(value));
      const limit = ['--limit', 'host-1,host-2'];
      const { child, ended } = start(...limit, '--confirm-timeout', '3');
      await sleep(afterMs);
      child.kill(signal);
      await ended;
      await Promise.all(['host-1', 'host-2'].map(settled));
      const { code, stdout } = await apply(...limit);
      expect(outcomes(reportIn(stdout))).toMatch(/^host-1 (un)?changed, host-2 (un)?changed$/);
      expect(code).toBe(0);
      const wanted = `${String(value)} ${String(value)}`;
      expect(await Promise.all(['host-1', 'host-2'].map(trialOn))).toEqual([wanted, wanted]);
      expect(await Promise.all(['host-1', 'host-2'].map(leftOn))).toEqual(['', '']);
      expect(await locks()).toEqual([]);
    },
  );
});
