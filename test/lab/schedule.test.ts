/**
 * A timer on a real systemd: host-1 is the controller, with wgpush on it as it is shipped, and the
 * other hosts are its fleet.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inventoryOf } from './inventory';
import { type Ended, type Lab, labUp, publicAddress } from './running-lab';

const run = promisify(execFile);
const root = join(__dirname, '../..');

let lab: Lab;
let work: string;

/** What is on the controller: /opt/wgpush and /opt/fleet/inventory/prod. */
beforeAll(async () => {
  lab = await labUp('schedule', 3);
  work = await mkdtemp(join(tmpdir(), 'wgpush-schedule-'));
  const files = inventoryOf(lab, { 'services.yaml': 'services: {}\n' });
  const hosts = `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: /opt/fleet/id }
  hosts:
    host-2: { ansible_host: ${publicAddress(2)} }
    host-3: { ansible_host: ${publicAddress(3)} }
`;
  await lab.writeInventory('scheduled', { ...files, 'hosts.yaml': hosts });
  const packed = join(work, 'wgpush.tar');
  await run('tar', [
    ...['-chf', packed, '-C', root, 'bin', 'dist', 'roles', 'package.json'],
    ...['-C', join(process.execPath, '..'), 'node'],
    ...['-C', join(lab.directory, 'inventory'), 'scheduled'],
  ]);
  const key = await readFile(lab.keyFile, 'utf8');
  const knownHosts = await readFile(join(lab.keyFile, '../known_hosts'), 'utf8').catch(() => '');
  await send(
    packed,
    `mkdir -p /opt/wgpush /opt/fleet/inventory /root/.ssh /opt/out
tar -xf - -C /opt/wgpush
mv /opt/wgpush/scheduled /opt/fleet/inventory/prod
mv /opt/wgpush/node /usr/local/bin/node
umask 077; cat >/opt/fleet/id <<'END'
${key}END
cat >/root/.ssh/known_hosts <<'END'
${knownHosts}END`,
  );
  const applied = await wgpush('apply -i prod --yes --accept-new');
  expect([applied.code, applied.stderr]).toEqual([0, expect.any(String)]);
});

afterAll(async () => {
  await lab.down();
  await rm(work, { recursive: true, force: true });
});

async function send(file: string, command: string): Promise<void> {
  const name = lab.keyFile.split('/').at(-2) ?? '';
  const script = `"$0" exec --name "$1" host-1 sh -c "$2" <"$3"`;
  await run('sh', ['-c', script, join(root, 'test/lab/lab'), name, command, file]);
}

function wgpush(command: string): Promise<Ended> {
  return lab.on('host-1', `cd /opt/fleet && node /opt/wgpush/bin/wgpush ${command}`);
}

const schedule = (command: string) => wgpush(`schedule ${command} -i prod`);

async function until(command: string): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    if ((await lab.on('host-1', command)).code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const { stdout } = await lab.on('host-1', 'journalctl -u "wgpush-*" -n 30; ls /opt/out');
  throw new Error(`never: ${command}\n${stdout}`);
}

const install =
  "install --every 10s --output /opt/out/drift.json --on-drift 'cat >/dev/null; echo $WGPUSH_EXIT_CODE $WGPUSH_NEW $WGPUSH_RESOLVED >>/opt/out/calls'";

/**
 * Meanwhile: what needs a minute goes on while the timer below is looked at. The same fleet, by cron,
 * and by a user of its own who has its key.
 */
test('cron and a timer of another user are installed', async () => {
  const prepared = await lab.on(
    'host-1',
    `set -e
apt-get install -q -y --no-install-recommends cron >/dev/null
useradd --create-home watcher
cp -r /opt/fleet/inventory/prod /opt/fleet/inventory/cron
cp -r /opt/fleet/inventory/prod /opt/fleet/inventory/watched
sed -i s,/opt/fleet/id,/home/watcher/id, /opt/fleet/inventory/watched/hosts.yaml
install -o watcher -m 600 /opt/fleet/id /home/watcher/id
install -o watcher -D /root/.ssh/known_hosts /home/watcher/.ssh/known_hosts
install -d -o watcher /srv/watcher
echo '0 4 * * * true' | crontab -`,
  );
  expect([prepared.code, prepared.stderr]).toEqual([0, expect.any(String)]);
  const cron = await wgpush('schedule install -i cron --cron --every 1m -o /opt/out/cron.json');
  expect([cron.code, cron.stderr]).toEqual([0, '']);
  const watched = (output: string) =>
    wgpush(
      `schedule install -i watched --user watcher --every 30s --state /srv/state -o ${output}`,
    );
  const refused = await watched('/opt/out/watched.json');
  expect([refused.code, refused.stderr]).toEqual([
    1,
    'wgpush: watcher may not write to /opt/out; give --state and --output others\n',
  ]);
  const taken = await watched('/srv/watcher/drift.json');
  expect([taken.code, taken.stderr]).toEqual([0, '']);
});

test('a dry run shows the units and installs nothing', async () => {
  const { code, stdout } = await schedule(`${install} --dry-run`);
  expect(code).toBe(2);
  expect(stdout).toContain('+OnCalendar=*-*-* *:*:0/10');
  expect((await lab.on('host-1', 'ls /etc/systemd/system')).stdout).not.toContain('drift-prod');
});

test('the timer fires, and a drift that stays alerts once', async () => {
  const before = (await lab.on('host-1', 'ls /etc/systemd/system')).stdout;
  expect((await schedule(install)).code).toBe(0);
  expect((await schedule(install)).stdout).toBe('unchanged\n');
  const verified = await lab.on(
    'host-1',
    'systemd-analyze verify /etc/systemd/system/wgpush-drift-prod.* 2>&1',
  );
  expect(verified.stdout).not.toContain('wgpush');
  await until('grep -q \'"exitCode": 0\' /opt/out/drift.json');
  await lab.on('host-2', 'ufw allow 9999');
  await until('test -s /opt/out/calls');
  const seen = (await wgpush('history -i prod --format json -n 100')).stdout.split('\n').length;
  await until(
    `test $(node /opt/wgpush/bin/wgpush history -i /opt/fleet/inventory/prod --format json -n 100 | wc -l) -gt ${String(seen + 1)}`,
  );
  const calls = await lab.on('host-1', 'cat /opt/out/calls');
  expect(calls.stdout).toMatch(/^2 \d+ 0\n$/);
  const { stdout } = await schedule('show');
  expect(stdout).toMatch(/^wgpush-drift-prod\.timer is active\nnext run +\S.*\nlast run +\S.*\n/);
  expect(stdout).toContain('last result  exit code 2 (exit-code)');
  await lab.on('host-2', 'ufw delete allow 9999');
  await until('test $(wc -l </opt/out/calls) -eq 2');
  const [, second = ''] = (await lab.on('host-1', 'cat /opt/out/calls')).stdout.split('\n');
  expect(second).toMatch(/^0 0 \d+$/);
  expect((await schedule('remove')).code).toBe(0);
  expect((await lab.on('host-1', 'ls /etc/systemd/system')).stdout).toBe(before);
  const units = await lab.on(
    'host-1',
    'systemctl list-units --all "wgpush-drift-prod*" --plain --no-legend; ls /var/lib/systemd/timers | grep drift-prod',
  );
  expect(units.stdout).toBe('');
  expect((await schedule('show')).stdout).toBe(
    'nothing is scheduled for /opt/fleet/inventory/prod\n',
  );
  expect((await schedule('remove')).stdout).toBe('unchanged\n');
});

test('both have fired meanwhile, and are removed again', async () => {
  await until('test -s /opt/out/cron.json && test -s /srv/watcher/drift.json');
  const run = '"command": "drift"';
  const reports = await lab.on('host-1', 'cat /opt/out/cron.json /srv/watcher/drift.json');
  expect(reports.stdout.split(run)).toHaveLength(3);
  const owner = await lab.on('host-1', 'stat -c %U /srv/watcher/drift.json /srv/state/watched-*/*');
  expect(new Set(owner.stdout.trim().split('\n'))).toEqual(new Set(['watcher']));
  const history = await wgpush('history -i watched --state /srv/state');
  expect(history.stdout).toContain('watcher@host-1');
  expect((await wgpush('schedule show -i cron')).stdout).toMatch(/^crontab +\*\/1 \* \* \* \* cd /);
  for (const inventory of ['cron', 'watched']) {
    expect((await wgpush(`schedule remove -i ${inventory}`)).code).toBe(0);
  }
  expect((await lab.on('host-1', 'crontab -l')).stdout).toBe('0 4 * * * true\n');
});
