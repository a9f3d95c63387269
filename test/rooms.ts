/** The rooms of src and their doors, as architecture.test.ts holds the sources to them. */

/** What a room may import: itself always, then these rooms, or single files of a room. */
interface Room {
  readonly knows: readonly string[];
  readonly reason: string;
  readonly isPure?: boolean;
}

export const rooms: Readonly<Record<string, Room>> = {
  model: {
    knows: [],
    isPure: true,
    reason: 'the nouns know nobody, so that everybody can speak of them',
  },
  facts: {
    knows: ['model'],
    isPure: true,
    reason: 'a question must not know what its answer is used for',
  },
  resources: {
    knows: ['facts', 'model'],
    isPure: true,
    reason: 'a resource yields data and runs nothing; roles and hosts are above it',
  },
  plan: {
    knows: ['resources', 'facts', 'model'],
    isPure: true,
    reason: 'a plan is complete data; whoever carries it out knows the plan, never the reverse',
  },
  report: {
    knows: ['plan', 'model'],
    isPure: true,
    reason: 'a report renders an outcome; it must not be able to make one',
  },
  verify: {
    knows: ['plan', 'resources', 'facts', 'model'],
    reason: 'it judges from answers and probes; how the answers came is not its affair',
  },
  inventory: {
    knows: ['model'],
    reason: 'files become model values whatever is done with them, so that validate needs no host',
  },
  state: {
    knows: ['model'],
    reason: 'it remembers what it is told; what is worth remembering is decided above it',
  },
  schedule: {
    knows: ['model'],
    reason: 'it knows systemd and cron, and of wgpush a command line and nothing else',
  },
  connection: {
    knows: ['model'],
    reason: 'a connection carries any script; what the script means is not its affair',
  },
  executor: {
    knows: ['plan', 'resources', 'facts', 'model', 'connection/connection.ts'],
    reason: 'it works over any connection, so it sees the contract and no SSH',
  },
  cli: {
    knows: [
      ...['executor', 'verify', 'report', 'inventory', 'connection', 'state', 'schedule'],
      ...['plan', 'resources', 'facts', 'model'],
    ],
    reason: 'the one room that knows everybody',
  },
};

/** A dependency has one door: replacing it, or its next security fix, is then one room's work. */
export const doors: Readonly<
  Record<string, { readonly rooms: readonly string[]; readonly why: string }>
> = {
  yargs: { rooms: ['cli'], why: 'only the cli talks to a person' },
  listr2: { rooms: ['cli'], why: 'only the cli talks to a person' },
  picocolors: { rooms: ['cli'], why: 'only the cli knows whether there is a terminal' },
  'node-ssh': { rooms: ['connection'], why: 'SSH is one way to run a script among others' },
  ssh2: { rooms: ['connection'], why: 'SSH is one way to run a script among others' },
  yaml: { rooms: ['inventory'], why: 'past the inventory there are values and no files' },
  ajv: { rooms: ['inventory'], why: 'past the inventory values cannot be wrong' },
  'fastest-levenshtein': {
    rooms: ['inventory'],
    why: 'mistakes are explained where they are found',
  },
  tweetnacl: { rooms: ['model'], why: 'keys are checked once, by their type' },
  'ipaddr.js': { rooms: ['model'], why: 'addresses are read once, strictly: it knows octal' },
  'p-limit': {
    rooms: ['inventory', 'connection', 'executor', 'verify'],
    why: 'only they do much at once',
  },
  diff: { rooms: ['report'], why: 'differences are shown by reports and decided by resources' },
};
