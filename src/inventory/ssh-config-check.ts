/**
 * What an inventory was checked for before the ssh configuration had its say, and what that may have
 * made wrong since: two hosts at one place, a port with two users, an endpoint within the network.
 */
import { address, contains, withPort } from '../model/address';
import { type Inventory, servicesOn } from '../model/inventory';

export function checkConfigured(inventory: Inventory): readonly string[] {
  const logins = new Map<string, string>();
  const taken = new Map<string, string>();
  return inventory.hosts.flatMap(({ name, login, endpoints }) => {
    if (login.settings === undefined) return [];
    const mistakes: string[] = [];
    const at = withPort(login.host, login.port);
    const way = [...login.jumps.map((jump) => withPort(jump.host, jump.port)), at].join(' ');
    const other = logins.get(way);
    logins.set(way, other ?? name);
    // By a command it may be another machine.
    if (other !== undefined && login.settings.proxyCommand === undefined) {
      mistakes.push(`${name}: SSH at ${at} is already host ${other}'s`);
    }
    for (const endpoint of endpoints) {
      const to = withPort(endpoint.host, endpoint.port);
      const first = taken.get(to);
      taken.set(to, first ?? name);
      if (first === undefined || other !== undefined) continue;
      const right = 'set wg_endpoint or wg_listen_port';
      mistakes.push(`${name}: endpoint ${to} is already host ${first}'s; ${right}`);
    }
    const service = servicesOn(name, inventory).find(
      ({ protocol, ports }) =>
        protocol === 'tcp' &&
        ports.some(({ first, last }) => first <= login.port && login.port <= last),
    );
    if (service !== undefined) {
      mistakes.push(`${name}: port ${String(login.port)} of SSH is service ${service.name}'s`);
    }
    const inside = endpoints.find(({ host }) => {
      const ip = address(host);
      return ip !== undefined && inventory.network.subnets.some((subnet) => contains(subnet, ip));
    });
    if (inside !== undefined) {
      const right = 'say by wg_endpoint where its peers send to';
      mistakes.push(`${name}: endpoint ${inside.host} is inside the WireGuard subnet; ${right}`);
    }
    return mistakes;
  });
}
