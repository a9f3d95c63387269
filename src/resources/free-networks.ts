/**
 * Networks that must be free on a host before they are routed over WireGuard.
 *
 * A route of its own that is equal to one of them, or lies within it, would win or lose by chance: it
 * is refused before anything is touched. A wider one (10.0.0.0/8 by the provider's LAN) does no harm,
 * because the longest prefix counts.
 */
import { type OccupiedNetwork, occupiedNetworks } from '../facts/occupied-networks';
import { contains, type Subnet, subnet } from '../model/address';
import { Refusal, resource } from './resource';

interface Args {
  readonly interface: string;
  readonly networks: readonly string[];
}

export const freeNetworks = resource({
  kind: 'free-networks',
  args: {
    type: 'object',
    required: ['interface', 'networks'],
    additionalProperties: false,
    properties: {
      interface: {
        type: 'string',
        description: 'The WireGuard interface; what is its own is free.',
      },
      networks: {
        type: 'array',
        items: { type: 'string' },
        description: 'What is to be routed over it.',
      },
    },
  },
  facts: ({ interface: wg, networks }: Args) => ({ occupied: occupiedNetworks(wg, networks) }),
  // It only ever refuses.
  diff({ networks }, { occupied }) {
    const wanted = networks.flatMap((text) => subnet(text) ?? []);
    const taken = occupied.flatMap((found) => {
      const within = wanted.find((net) => isWithin(found.subnet, net));
      return within === undefined ? [] : [{ ...found, within }];
    });
    const clashes = outermost(taken).map(
      (found) => `${found.owner} has ${found.subnet.text}, within ${found.within.text}`,
    );
    if (clashes.length === 0) return [];
    const few = clashes.slice(0, 3).join('; ') + (clashes.length > 3 ? '; …' : '');
    throw new Refusal(
      `the WireGuard network is not free on this host: ${few}. ` +
        'Take another subnet in mesh.yaml (or another of an external peer), or remove what has it',
    );
  },
});

/** Without those within another: the addresses of a network that is named. Of equals, the first. */
function outermost<T extends OccupiedNetwork>(found: readonly T[]): readonly T[] {
  return found.filter(
    ({ subnet: one }, index) =>
      !found.some(
        ({ subnet: other }, at) => isWithin(one, other) && (at < index || !isWithin(other, one)),
      ),
  );
}

function isWithin(inner: Subnet, outer: Subnet): boolean {
  return inner.prefixLength >= outer.prefixLength && contains(outer, inner.address);
}
