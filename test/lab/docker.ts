/** Containers on lab hosts that have a Docker engine, started as Docker Compose starts them. */
import type { Lab } from './running-lab';

/** Runs docker(1) on a host, and returns what it printed. */
export async function docker(lab: Lab, host: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await lab.on(host, `docker ${command}`);
  if (code !== 0) throw new Error(`docker on ${host}: ${stderr}`);
  return stdout.trim();
}

/** The image that containers are started from, of busybox: nothing can be pulled. */
export async function makeImage(lab: Lab, host: string): Promise<void> {
  const { code, stderr } = await lab.on(
    host,
    `mkdir -p /tmp/image/bin && cd /tmp/image/bin || exit
cp /bin/busybox . && for each in sh cat httpd nc; do ln -sf busybox "$each"; done
tar -C /tmp/image -c . | docker import - box`,
  );
  if (code !== 0) throw new Error(`no image on ${host}: ${stderr}`);
}

/** A container that comes back with its host, and answers on port 80 by TCP. */
export interface Container {
  readonly name: string;
  /** As for `docker run --publish`: `8080:80`, `203.0.113.11:8080:80`, `5353:53/udp`. */
  readonly ports: readonly string[];
}

/** Starts a container on a network of its own, in the place of one that has its name. */
export async function publish(lab: Lab, host: string, { name, ports }: Container): Promise<void> {
  const published = ports.map((port) => `--publish ${port}`).join(' ');
  await lab.on(host, `docker rm -f ${name}; docker network create ${name}`);
  // What is process 1 heeds no signal that it does not expect: stopping it would take ten seconds.
  const options = `--name ${name} --network ${name} --restart always --stop-signal KILL`;
  await docker(lab, host, `run -d ${options} ${published} box httpd -f -p 80`);
}

/** How many datagrams have come to a container, whether something listened for them or not. */
export async function datagrams(lab: Lab, host: string, container: string): Promise<number> {
  const snmp = await docker(lab, host, `exec ${container} cat /proc/net/snmp`);
  const [, received, unwanted] = /^Udp: (\d+) (\d+) /m.exec(snmp) ?? [];
  return Number(received) + Number(unwanted);
}

/** Can a container open a TCP connection to an address? */
export async function containerReaches(
  lab: Lab,
  host: string,
  container: string,
  address: string,
  port: number,
): Promise<boolean> {
  const { code } = await lab.on(
    host,
    `docker exec ${container} nc -w 2 ${address} ${String(port)} </dev/null`,
  );
  return code === 0;
}
