/** What is new, known or gone from one drift to the next. */
import type { PlannedChange } from '../../src/model/change';
import type { Check } from '../../src/model/check';
import { deviationsOf, follow, type Remembered, told } from '../../src/model/deviation';
import type { HostOutcome } from '../../src/model/outcome';

const change: PlannedChange = {
  role: 'firewall',
  resource: 'firewall',
  summary: 'remove 1 rule',
  before: 'allow 22\nallow 9999',
  after: 'allow 22',
  commands: [],
};
const check: Check = {
  id: 'SC-1',
  host: 'a',
  peer: 'b',
  title: 'a reaches b',
  status: 'fail',
  evidence: 'no answer for 3 s',
};
const host = (outcome: HostOutcome['outcome'], more: Partial<HostOutcome> = {}): HostOutcome => ({
  host: 'a',
  outcome,
  changes: [],
  error: null,
  ...more,
});
const pending = (more: Partial<PlannedChange> = {}) =>
  host('pending', { changes: [{ ...change, ...more }] });
const run = (hosts: readonly HostOutcome[], ...checks: readonly Check[]) => ({ hosts, checks });
const nothing: Remembered = { present: [], gone: [] };
const [monday, tuesday, friday] = ['2026-06-15', '2026-06-16', '2026-06-19'];

function signatures(...args: Parameters<typeof run>): readonly string[] {
  return deviationsOf(run(...args)).map(({ signature }) => signature);
}

describe('a signature', () => {
  it.each([
    ['an age in the evidence', [host('unchanged')], { ...check, evidence: 'no answer for 9 s' }],
    ['the words of an error', [host('unreachable', { error: 'after 5 s' })], check],
    [
      'what is as wanted in the same file',
      [pending({ before: 'x\nallow 9999', after: 'x' })],
      check,
    ],
  ] as const)('does not depend on %s', (_, hosts, other) => {
    const first = hosts[0].outcome === 'unchanged' ? hosts[0] : host(hosts[0].outcome);
    const same = first.outcome === 'pending' ? pending() : first;
    expect(signatures(hosts, other)).toEqual(signatures([same], check));
  });

  it.each([
    ['another rule', [pending({ before: 'allow 22\nallow 8888' })], check],
    ['another role', [pending({ role: 'mine' })], check],
    ['another peer', [pending()], { ...check, peer: 'c' }],
    ['a warning that fails now', [pending()], { ...check, status: 'warn' }],
  ] as const)('tells of %s', (_, hosts, other) => {
    expect(signatures(hosts, other)).not.toEqual(signatures([pending()], check));
  });

  it('is of what does not hold alone', () => {
    const fine = [{ ...check, status: 'pass' } as const, { ...check, status: 'skip' } as const];
    expect(signatures([host('unchanged')], ...fine)).toEqual([]);
    expect(signatures([pending()], check)[0]).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('from run to run', () => {
  const states = ({ drifting }: ReturnType<typeof follow>) =>
    drifting.map(({ state, since }) => `${state} ${since}`);

  it('a drift is new, then known since when, then resolved, then nothing', () => {
    const first = follow(run([pending()]), nothing, monday);
    expect(states(first)).toEqual([`new ${monday}`]);
    const second = follow(run([pending()]), first.remembered, tuesday);
    expect(states(second)).toEqual([`known ${monday}`]);
    const third = follow(run([host('unchanged')]), second.remembered, friday);
    expect(states(third)).toEqual([`resolved ${monday}`]);
    expect(states(follow(run([host('unchanged')]), third.remembered, friday))).toEqual([]);
  });

  it('an unchanged drift alerts once, and its end once', () => {
    const first = follow(run([pending()]), nothing, monday);
    expect(first.alerts.present).toHaveLength(1);
    const second = follow(run([pending()]), told(first.remembered), tuesday);
    expect(second.alerts).toEqual({ present: [], gone: [] });
    const third = follow(run([host('unchanged')]), second.remembered, friday);
    expect(third.alerts.gone).toHaveLength(1);
    const fourth = follow(run([host('unchanged')]), told(third.remembered), friday);
    expect(fourth.alerts).toEqual({ present: [], gone: [] });
  });

  it('a run that alerts nobody takes no alert away', () => {
    const byHand = follow(run([pending()]), nothing, monday);
    expect(follow(run([pending()]), byHand.remembered, tuesday).alerts.present).toHaveLength(1);
    const alerted = follow(run([pending()]), told(byHand.remembered), tuesday);
    const gone = follow(run([host('unchanged')]), alerted.remembered, friday);
    expect(follow(run([host('unchanged')]), gone.remembered, friday).alerts.gone).toHaveLength(1);
  });

  it('what nobody was alerted of goes without a word', () => {
    const first = follow(run([pending()]), nothing, monday);
    expect(follow(run([host('unchanged')]), first.remembered, friday).alerts.gone).toEqual([]);
  });

  it.each([
    ['a host that cannot be reached', [host('unreachable')], []],
    ['a host that is not among those looked at', [], []],
    ['a check that could not be made', [pending()], [{ ...check, status: 'skip' }]],
  ] as const)('%s resolves nothing', (_, hosts, checks) => {
    const first = follow(run([pending()], check), nothing, monday);
    const second = follow(run(hosts, ...checks), told(first.remembered), tuesday);
    expect(second.drifting.filter(({ state }) => state === 'resolved')).toEqual([]);
    const third = follow(run([pending()], check), told(second.remembered), friday);
    expect(third.drifting.slice(0, 2).map(({ state }) => state)).toEqual(['known', 'known']);
    expect(third.alerts.present).toEqual([]);
  });

  it('a host that answers again is resolved', () => {
    const first = follow(run([host('unreachable')]), nothing, monday);
    const second = follow(run([host('unchanged')]), told(first.remembered), tuesday);
    expect(second.alerts.gone.map(({ title }) => title)).toEqual(['a is unreachable']);
  });

  describe('what a rule ignores', () => {
    const by = [{ id: 'IG-1', reason: 'r', owner: 'o', expires: friday }];
    const passedOver = [host('unchanged', { ignored: [{ change, by }] })];
    const passed: Check = { ...check, status: 'ignored', ignored: { was: 'fail', by } };

    it('is neither new nor an alert', () => {
      const first = follow(run(passedOver, passed), nothing, monday);
      expect(first.drifting).toEqual([]);
      expect(first.alerts).toEqual({ present: [], gone: [] });
    });

    it('is not said to be resolved, and is new again when the rule has ended', () => {
      const first = follow(run([pending()], check), nothing, monday);
      const second = follow(run(passedOver, passed), told(first.remembered), tuesday);
      expect(second.drifting).toEqual([]);
      expect(second.alerts).toEqual({ present: [], gone: [] });
      const third = follow(run([pending()], check), told(second.remembered), friday);
      expect(states(third)).toEqual([`new ${friday}`, `new ${friday}`]);
      expect(third.alerts.present).toHaveLength(2);
    });

    it('is not said to be gone that was once, and nobody knows it yet', () => {
      const first = follow(run([pending()], check), nothing, monday);
      const second = follow(run([host('unchanged')]), told(first.remembered), tuesday);
      expect(second.alerts.gone).toHaveLength(2);
      const third = follow(run(passedOver, passed), second.remembered, friday);
      expect(third.alerts.gone).toEqual([]);
    });
  });
});
