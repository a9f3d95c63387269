/**
 * What the inventory leaves open of a login, filled in from the user's ssh configuration: ssh(1)
 * itself is asked, by `ssh -G`, once for each name, port and user, and for each jump host too.
 *
 * What the inventory says always counts. The name that is asked for is the one that Ansible would give
 * to ssh: `ansible_host`, or the host's own name.
 */
import { execFile } from 'node:child_process';
import pLimit from 'p-limit';
import type { Host, Jump, Login } from '../model/host';
import { groupedBy } from '../model/grouping';
import type { Inventory } from '../model/inventory';
import { ending } from '../model/secret';
import type { OpenField } from '../model/ssh-settings';
import { jumpTo, type NamedJump } from './jump-hosts';
import { NotFollowed, readSshAnswer, type SshAnswer, type SshUser } from './ssh-answer';
import { checkConfigured } from './ssh-config-check';
import { systemErrorCode } from './system-error';

export interface SshConfig {
  /** The arguments that make ssh read the right files: none, or `-F FILE`. */
  readonly arguments: readonly string[];
  /** Was it asked for? Else it is no mistake that there is no ssh that could read it. */
  readonly isWanted: boolean;
  readonly user: SshUser;
}

export interface Configured {
  readonly inventory: Inventory;
  /** What can't be followed, for the user; then what it is about is as the inventory has it. */
  readonly mistakes: readonly string[];
}

/** How ssh is called, where not by its name, and how long it may take. */
export interface SshLimits {
  readonly program: string;
  readonly timeoutMs: number;
}

/** A `Match exec` may ask the network. */
const usual: SshLimits = { program: 'ssh', timeoutMs: 10_000 };

const atOnce = 8;

/** Fills in every login of the inventory; where there is no ssh nothing changes. */
export async function withSshConfig(
  inventory: Inventory,
  config: SshConfig,
  limits: SshLimits = usual,
): Promise<Configured> {
  const ask = newAsking(config, limits);
  const results = await Promise.all(
    inventory.hosts.map(async (host) => {
      try {
        return { host: await configured(host, ask, config.user.name), mistake: undefined };
      } catch (error) {
        if (!(error instanceof NotFollowed)) throw error;
        return { host, mistake: error.message };
      }
    }),
  );
  const found = { ...inventory, hosts: results.map(({ host }) => host) };
  // In the order of the inventory, whichever ssh was asked first.
  const mistaken = results.flatMap(({ host: { name }, mistake }) =>
    mistake === undefined ? [] : [{ name, mistake }],
  );
  const told = groupedBy(mistaken, ({ mistake }) => mistake).map(
    (group) => `${group.map(({ name }) => name).join(', ')}: ${group[0].mistake}`,
  );
  return { inventory: found, mistakes: [...told, ...checkConfigured(found)] };
}

/** Undefined: there is no ssh that could be asked. @throws NotFollowed */
type Ask = (login: Jump) => Promise<SshAnswer | undefined>;

async function configured(host: Host, ask: Ask, user: string): Promise<Host> {
  const { login } = host;
  const answer = await ask(login);
  if (answer === undefined) return host;
  const named = login.open.includes('jumps') ? jumpsTo(answer.jumps, user) : login.jumps;
  const filledLogin: Login = {
    ...login,
    ...filled(login, answer),
    jumps: await through(named, ask, user, [login.alias]),
  };
  // Without an endpoint of its own a host is where it is logged in to.
  const isAtLogin = login.open.includes('endpoint');
  const endpoints = isAtLogin
    ? host.endpoints.map((endpoint) => ({ ...endpoint, host: answer.host }))
    : host.endpoints;
  return { ...host, login: filledLogin, endpoints };
}

function filled(jump: Jump, answer: SshAnswer): Jump {
  const isOpen = (field: OpenField) => jump.open.includes(field);
  const { settings } = answer;
  return {
    ...jump,
    host: answer.host,
    port: isOpen('port') ? answer.port : jump.port,
    user: isOpen('user') ? answer.user : jump.user,
    settings: {
      ...settings,
      identityFiles: isOpen('identityFile') ? settings.identityFiles : undefined,
      hostKeyChecking: isOpen('hostKeyChecking') ? settings.hostKeyChecking : 'strict',
      proxyCommand: isOpen('jumps') ? settings.proxyCommand : undefined,
    },
  };
}

/**
 * The jump hosts, each as its own configuration has it. As for ssh, the first may be behind others
 * that its configuration names; of the next the way is said.
 */
async function through(
  named: readonly Jump[],
  ask: Ask,
  user: string,
  before: readonly string[],
): Promise<readonly Jump[]> {
  const [first, ...others] = named;
  if (first === undefined) return [];
  const way = [...before, first.alias];
  if (before.includes(first.alias)) {
    throw new NotFollowed(`ProxyJump goes round in a circle: ${way.join(', ')}`);
  }
  const closed = others.map((jump) => ({
    ...jump,
    open: jump.open.filter((field) => field !== 'jumps'),
  }));
  const jumps = [first, ...closed];
  const answers = await Promise.all(jumps.map(ask));
  const behind = first.open.includes('jumps') ? jumpsTo(answers[0]?.jumps ?? [], user) : [];
  const known = jumps.map((jump, index) => {
    const answer = answers[index];
    return answer === undefined ? jump : filled(jump, answer);
  });
  return [...(await through(behind, ask, user, way)), ...known];
}

function jumpsTo(named: readonly NamedJump[], user: string): readonly Jump[] {
  return named.map((jump) => jumpTo(jump, user));
}

function newAsking(config: SshConfig, limits: SshLimits): Ask {
  const inTurn = pLimit(atOnce);
  const asked = new Map<string, Promise<SshAnswer | undefined>>();
  return (login) => {
    const args = [...config.arguments, ...argumentsFor(login)];
    const key = JSON.stringify(args);
    const answer = asked.get(key) ?? inTurn(() => askSsh(args, login.alias, config, limits));
    asked.set(key, answer);
    return answer;
  };
}

/** What is said already, `Match` and tokens may go by. */
function argumentsFor({ alias, port, user, open }: Jump): readonly string[] {
  return [
    ...(open.includes('port') ? [] : ['-p', String(port)]),
    ...(open.includes('user') ? [] : ['-l', user]),
    ...(open.includes('jumps') ? [] : ['-o', 'ProxyJump=none']),
    ...['-T', '-G', '--', alias],
  ];
}

function askSsh(
  args: readonly string[],
  alias: string,
  { user, isWanted }: SshConfig,
  { program, timeoutMs }: SshLimits,
): Promise<SshAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, env: { ...process.env, LC_ALL: 'C' } };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      try {
        if (error === null) resolve(readSshAnswer(stdout, alias, user));
        else if (isAbsent(error) && !isWanted) resolve(undefined);
        else if (isAbsent(error)) throw new NotFollowed('there is no ssh that could read it');
        else if (error.killed === true) {
          const seconds = String(timeoutMs / 1000);
          throw new NotFollowed(`ssh -G ${alias} does not end within ${seconds} s`);
        } else throw new NotFollowed(`ssh -G ${alias} fails: ${lastWords(stderr)}`);
      } catch (reason) {
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      }
    });
    child.stdin?.end();
  });
}

function isAbsent(error: unknown): boolean {
  return systemErrorCode(error) === 'ENOENT';
}

function lastWords(stderr: string): string {
  return ending(stderr.trim().replaceAll(/\s*[\r\n]+/g, '; '), 500);
}
