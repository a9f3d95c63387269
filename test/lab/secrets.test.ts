/** No private key of a host is ever seen, whatever it is looked at with. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inventoryOf } from './inventory';
import { type Lab, labUp } from './running-lab';

let lab: Lab;
/** Every private key that a host has had, and one that somebody else left behind. */
let keys: readonly string[];

beforeAll(async () => {
  lab = await labUp('secrets', 2);
  await lab.writeInventory('prod', inventoryOf(lab));
});

afterAll(() => lab.down());

async function expectNoKeyIn(place: string, text: string): Promise<void> {
  expect(text.length).toBeGreaterThan(0);
  for (const key of keys) {
    // The key, and the key without its padding.
    for (const secret of [key, key.slice(0, -1)]) {
      if (text.includes(secret)) throw new Error(`a private key is seen in ${place}`);
    }
  }
  return Promise.resolve();
}

/** Of a run with --verbose. */
async function expectSilence(...args: readonly [string, ...string[]]): Promise<void> {
  const { stdout, stderr } = await lab.wgpush(...args);
  for (const host of lab.hosts) expect(stderr).toMatch(new RegExp(`^${host} [$] \\S`, 'm'));
  await expectNoKeyIn(`the output of ${args.join(' ')}`, `${stdout}${stderr}`);
}

test('a host that already has a key keeps it, and nobody sees it', async () => {
  const { stdout } = await lab.on(
    'host-1',
    `apt-get install -y -q --no-install-recommends wireguard-tools >/dev/null 2>&1
key=$(wg genkey); psk=$(wg genpsk)
mkdir -p /etc/wireguard
cat >/etc/wireguard/wg0.conf <<END
# old: PrivateKey = $key
[Interface]
privatekey=$key
Address = 10.50.0.1/24
PostUp = wg set %i private-key <(echo $key)
[Peer]
PublicKey = $(wg genkey | wg pubkey)
PresharedKey = $psk
AllowedIPs = 10.50.0.77/32
END
echo "$key"; echo "$psk"`,
  );
  keys = stdout.trim().split('\n');
  expect(keys).toHaveLength(2);
  await expectSilence('plan', '-i', 'prod', '--verbose');
  await expectSilence('plan', '-i', 'prod', '--verbose', '--format', 'json');
  await expectSilence('apply', '-i', 'prod', '--yes', '--verbose');
  const { stdout: adopted } = await lab.on('host-1', 'cat /etc/wireguard/wg0.key');
  expect(adopted.trim()).toBe(keys[0]);
});

test('after an apply it is in no output, no file of the controller and no process list', async () => {
  const own = await Promise.all(
    lab.hosts.map((host) => lab.on(host, 'cat /etc/wireguard/wg0.key')),
  );
  keys = [...keys, ...own.map(({ stdout }) => stdout.trim())];
  await lab.on(
    'host-1',
    "sed -i 's/^MTU.*/MTU = 1400/' /etc/wireguard/wg0.conf; rm /etc/wireguard/wg0.conf.x; true",
  );
  for (const command of ['plan', 'drift', 'verify', 'apply']) {
    for (const format of ['text', 'json']) {
      const yes = command === 'apply' ? ['--yes'] : [];
      await expectSilence(command, '-i', 'prod', '--verbose', '--format', format, ...yes);
    }
  }
  const files = await readdir(lab.directory, { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile())) {
    const path = join(file.parentPath, file.name);
    await expectNoKeyIn(path, `${path}${await readFile(path, 'utf8')}`);
  }
});

test('it is in no error either, when the file it stands in is broken', async () => {
  await lab.on(
    'host-1',
    'cp /etc/wireguard/wg0.key /root/key; echo broken >>/etc/wireguard/wg0.key',
  );
  await expectSilence('apply', '-i', 'prod', '--yes', '--verbose');
  await lab.on('host-1', 'cp /root/key /etc/wireguard/wg0.key');
  // Something that complains with the key in its mouth.
  await lab.on(
    'host-1',
    `mv /usr/bin/wg /usr/bin/wg.real; printf '#!/bin/sh\\ncat /etc/wireguard/wg0.key /etc/wireguard/wg0.conf >&2; exit 1\\n' >/usr/bin/wg; chmod 755 /usr/bin/wg`,
  );
  for (const command of ['plan', 'drift', 'verify', 'apply']) {
    await expectSilence(command, '-i', 'prod', '--verbose');
  }
  await lab.on('host-1', 'mv /usr/bin/wg.real /usr/bin/wg');
});
