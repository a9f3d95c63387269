/** A policy that would close the path by which the controller came is refused, before anything is touched. */
import type { SshPath } from '../facts/ssh-path';
import { contains, familyOf, subnet } from '../model/address';
import type { FirewallPolicy, Rule } from '../model/firewall-policy';
import { isPortIn } from '../model/port';
import { Refusal } from './resource';
import type { UfwRule } from './ufw-rules';

/**
 * @param wg the WireGuard interface: what comes in there has been authenticated.
 * @param found the rules of today, of which the one that the path needs is named.
 * @throws Refusal
 */
export function refuseToLockOut(
  policy: FirewallPolicy,
  wg: string,
  path: SshPath | undefined,
  found: readonly UfwRule[],
): void {
  if (path === undefined || policy.rules.some((rule) => admits(rule, wg, path))) return;
  const lifeline = found.find((rule) => isLifeline(rule, path));
  const today =
    lifeline === undefined ? '' : ` (today "${lifeline.text}" does, and the plan removes it)`;
  throw new Refusal(
    `no rule would admit SSH from ${path.client} to port ${String(path.serverPort)}, which is how wgpush is here now${today}: ` +
      'add the address to firewall.ssh.sources in mesh.yaml, or correct ansible_port; for SSH over ' +
      `${wg} only, first log in that way, by ansible_host from within the network`,
  );
}

function admits(rule: Rule, wg: string, path: SshPath): boolean {
  const isOpenTo = rule.source === undefined || within(rule.source, path);
  const isRightPort = rule.ports === undefined || isPortIn(path.serverPort, rule.ports);
  const isRightPath = rule.interface === undefined || rule.interface === wg;
  const isRightFamily = rule.family === familyOf(path.client);
  return isRightFamily && isOpenTo && isRightPort && isRightPath && rule.protocol !== 'udp';
}

/** Of a tuple of ufw: action, protocol, port, destination, port of the source, source. */
function isLifeline({ tuple }: UfwRule, path: SshPath): boolean {
  const [action = '', protocol = '', ports = '', , , source = ''] = tuple.split(' ');
  if (!/^(allow|limit)/.test(action) || protocol === 'udp') return false;
  const isRightPort = ports.split(',').some((range) => {
    const [first = '', last = first] = range.split(':');
    return range === 'any' || (Number(first) <= path.serverPort && path.serverPort <= Number(last));
  });
  return (
    isRightPort &&
    within(source.includes('/') ? source : `${source}/${source.includes(':') ? '128' : '32'}`, path)
  );
}

function within(source: string, { client }: SshPath): boolean {
  const net = subnet(source);
  return net !== undefined && familyOf(client) === net.family && contains(net, client);
}
