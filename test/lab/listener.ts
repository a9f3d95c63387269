/** Things that listen on lab hosts, and what an outsider sees of a host. */
import type { Lab } from './running-lab';

const serve = `use IO::Socket::IP;
my $s = IO::Socket::IP->new(LocalAddr => $ARGV[0], LocalPort => $ARGV[1], Listen => 99, ReuseAddr => 1) or die;
while (my $c = $s->accept) { close $c }`;

const hear = `use IO::Socket::IP;
my $s = IO::Socket::IP->new(LocalAddr => "0.0.0.0", LocalPort => $ARGV[0], Proto => "udp") or die;
$s->recv(my $said, 99);
open my $file, ">", "/tmp/heard-$ARGV[0]"; print $file $said; close $file;`;

/** Starts something that accepts TCP connections, and waits until it does. */
export function listen(lab: Lab, host: string, address: string, port: number): Promise<void> {
  return start(lab, host, `tcp-${String(port)}`, serve, [address, String(port)]);
}

/** Starts something that waits for one datagram. */
export function listenUdp(lab: Lab, host: string, port: number): Promise<void> {
  return start(lab, host, `udp-${String(port)}`, hear, [String(port)]);
}

/** Sends a datagram to where `listenUdp` waits; did it arrive? */
export async function hears(
  lab: Lab,
  { from, host, address, port }: Record<'from' | 'host' | 'address', string> & { port: number },
): Promise<boolean> {
  await lab.on(from, `bash -c 'echo hello >/dev/udp/${address}/${String(port)}'; sleep 0.5`);
  const { stdout } = await lab.on(host, `cat /tmp/heard-${String(port)}`);
  return stdout === 'hello\n';
}

async function start(
  lab: Lab,
  host: string,
  unit: string,
  program: string,
  args: readonly string[],
): Promise<void> {
  const [, port = ''] = unit.split('-');
  const { code, stderr } = await lab.on(
    host,
    `cat >/tmp/${unit}.pl <<'END'
${program}
END
systemd-run --quiet --unit ${unit} perl /tmp/${unit}.pl ${args.join(' ')}
for i in 1 2 3 4 5 6 7 8 9 10; do
ss -Hlntu 'sport = :${port}' | grep -q . && exit 0
sleep 0.2
done
exit 1`,
  );
  if (code !== 0) throw new Error(`nothing listens on ${host}: ${stderr}`);
}

/** Can a host open a TCP connection to an address? A firewall that drops costs two seconds. */
export async function canReach(
  lab: Lab,
  from: string,
  address: string,
  port: number,
): Promise<boolean> {
  const target = `/dev/tcp/${address}/${String(port)}`;
  const { code } = await lab.on(from, `timeout 2 bash -c 'exec 3<>${target}' 2>/dev/null`);
  return code === 0;
}

/**
 * Of all TCP ports, or of some, those that answer an outsider in any way, a refusal included: behind a
 * firewall that drops there is none.
 */
export async function answeringPorts(
  lab: Lab,
  address: string,
  ports = '1-65535',
): Promise<readonly number[]> {
  const family = address.includes(':') ? '-6' : '';
  const { code, stdout, stderr } = await lab.outside(
    `nmap ${family} -n -Pn -sS -p ${ports} --min-rate 20000 --max-retries 2 -oG - ${address}`,
  );
  // All that answer nothing are "filtered", and are only counted.
  const [, answering = ''] = /Ports: (.*?)\tIgnored State: filtered \((\d+)\)/.exec(stdout) ?? [];
  if (code !== 0 || answering === '') throw new Error(`not a scan: ${stderr}${stdout}`);
  return answering.split(', ').map((port) => Number(port.split('/')[0]));
}
