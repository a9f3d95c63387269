/** The closed set of resources that a role can name. */
import { binding } from './binding';
import { check } from './check';
import { directory } from './directory';
import { diskCheck } from './disk-check';
import { file } from './file';
import { firewall } from './firewall';
import { forwarding } from './forwarding';
import { freeNetworks } from './free-networks';
import { identityCheck } from './identity-check';
import { packageResource } from './package';
import { peersCheck } from './peers-check';
import type { Resource } from './resource';
import { servicesCheck } from './services-check';
import { sysctl } from './sysctl';
import { systemdUnit } from './systemd-unit';
import { transportCheck } from './transport-check';
import { undeclaredRules } from './undeclared-rules';
import { wireguardInterface } from './wireguard-interface';
import { wireguardKeyResource } from './wireguard-key';

export const resources: ReadonlyMap<string, Resource> = new Map(
  [
    packageResource,
    file,
    directory,
    systemdUnit,
    sysctl,
    forwarding,
    freeNetworks,
    wireguardKeyResource,
    wireguardInterface,
    firewall,
    undeclaredRules,
    binding,
    check,
    identityCheck,
    peersCheck,
    servicesCheck,
    transportCheck,
    diskCheck,
  ].map((each) => [each.kind, each]),
);
