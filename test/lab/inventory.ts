/** The inventory of a lab: `web` is all its hosts but the last, which is `db`. */
import { checkReport } from '../report-schema';
import { type Lab, publicAddress } from './running-lab';

/** The files of an inventory for the lab's hosts; `files` are added or replace what is here. */
export function inventoryOf(
  lab: Lab,
  files: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const line = (name: string, index: number): string =>
    `        ${name}: { ansible_host: ${publicAddress(index + 1)} }\n`;
  const lines = lab.hosts.map(line);
  return {
    'hosts.yaml': `all:
  vars: { ansible_user: root, ansible_ssh_private_key_file: ${lab.keyFile} }
  children:
    web:
      hosts:
${lines.slice(0, -1).join('')}    db:
      hosts:
${lines.slice(-1).join('')}`,
    'mesh.yaml': "network: { subnets: [10.50.0.0/24, 'fd50:50:50::/64'] }\n",
    'services.yaml':
      'services:\n  postgres: { owner: data-team, hosts: db, port: 5432, from: [host-1] }\n',
    ...files,
  };
}

/** What `--format json` prints, as far as the tests look at it. */
export interface Report {
  readonly exitCode: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly hosts: readonly {
    readonly host: string;
    readonly outcome: string;
    readonly changes: readonly {
      readonly role: string;
      readonly summary: string;
      readonly before: string;
      readonly after: string;
    }[];
    readonly ignored?: readonly { readonly summary: string; readonly by: readonly Rule[] }[];
    readonly error: string | null;
  }[];
  readonly checks: readonly {
    readonly id: string;
    readonly host: string;
    readonly peer?: string;
    readonly title: string;
    readonly status: string;
    readonly evidence: string;
    readonly ignored?: { readonly was: string; readonly by: readonly Rule[] };
  }[];
  readonly drifting?: readonly { readonly title: string; readonly state: string }[];
  readonly warnings?: readonly string[];
  readonly handshakes?: readonly unknown[];
  readonly stopped?: string;
  readonly oneSided?: unknown;
}

/** An ignore rule, as a report tells of it. */
interface Rule {
  readonly id: string;
}

/** Outcomes by host, in one line: `host-1 unchanged, host-2 pending`. */
export function outcomes(report: Report): string {
  return report.hosts.map(({ host, outcome }) => `${host} ${outcome}`).join(', ');
}

/** The one document that `--format json` prints, checked against its schema. */
export function reportIn(stdout: string): Report {
  const document: unknown = JSON.parse(stdout);
  checkReport(document);
  // The schema has it so.
  return document as Report;
}
