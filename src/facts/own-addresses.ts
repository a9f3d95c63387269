/**
 * The addresses by which others can come to a host: of global scope, on links that have link
 * addresses (WireGuard has none), and not on the bridges of containers and virtual machines.
 */
import { address, type Address, subnet, type Subnet } from '../model/address';
import { sh } from '../model/shell';
import { outerBridges } from './bridges';
import { type Fact, linesOf, UnexpectedAnswer } from './fact';

export interface OwnAddress {
  readonly address: Address;
  /** The subnet that it is in, as the interface has it. */
  readonly net: Subnet;
  /** The link address of its interface, `02:00:5e:10:00:00`; empty: it has none. */
  readonly link: string;
}

/** Of what ip(8) prints, behind lines `= WHAT`. */
const leadingOutside = `$1 == "=" { what = $2; next }
{ name = $2; sub(/:$/, "", name); sub(/@.*$/, "", name) }
what == "outer" { outer[$1] = 1 }
what == "bridge" && !(name in outer) { inner[name] = 1 }
what == "link" {
for (i = 3; i <= NF; i++) {
if ($i == "link/none" || $i == "link/loopback") inner[name] = 1
if ($i == "link/ether") link[name] = $(i + 1)
}
}
what == "address" && NF && !(name in inner) && !/ (temporary|deprecated|tentative) / {
print "address", $4, link[name]
}`;

export function ownAddresses(): Fact<readonly OwnAddress[]> {
  return {
    title: 'its own addresses',
    question: sh`outer=$(
${outerBridges().question}
) && bridges=$(ip -o link show type bridge) && links=$(ip -o link show) &&
addresses=$(ip -o address show scope global) || exit 1
printf '%s\n' '= outer' "$outer" '= bridge' "$bridges" '= link' "$links" '= address' "$addresses" |
awk ${leadingOutside}
echo done`,
    parse: (answer) => {
      const said = linesOf(answer.stdout);
      if (answer.exitCode !== 0 || said.at(-1) !== 'done') {
        throw new UnexpectedAnswer('cannot read its own addresses', answer);
      }
      return said.flatMap((line) => {
        const [, text = '', length = '', link = ''] =
          /^address ([^/ ]+)(\/\d+)? (\S*)$/.exec(line) ?? [];
        const ip = address(text);
        if (ip === undefined) return [];
        const net = subnet(`${ip}${length}`) ?? subnet(`${ip}/${ip.includes(':') ? '128' : '32'}`);
        return net === undefined ? [] : [{ address: ip, net, link }];
      });
    },
  };
}
