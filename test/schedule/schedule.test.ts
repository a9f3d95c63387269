/** The texts of a schedule: units of systemd, and lines of a crontab. */
import { jobIn, withJob, withoutJob } from '../../src/schedule/crontab';
import { intervalOf } from '../../src/schedule/interval';
import { serviceText, timerText, unitName } from '../../src/schedule/units';

const job = {
  name: 'prod eu',
  inventory: '/srv/inventory/prod eu',
  user: 'wgpush',
  directory: '/srv',
  command: ['/usr/bin/node', '/opt/wgpush/bin/wgpush', 'drift', '--on-drift', 'mail -s "$X 5%" a'],
  writes: ['/var/lib/node exporter', '/srv/state'],
};

test.each([
  ['10s', '*-*-* *:*:0/10', undefined],
  ['15m', '*-*-* *:0/15:00', '*/15 * * * *'],
  ['1h', '*-*-* 0/1:00:00', '0 */1 * * *'],
  ['6h', '*-*-* 0/6:00:00', '0 */6 * * *'],
  ['1d', '*-*-* 00:00:00', '0 0 * * *'],
])('%s is a time of the calendar', (text, calendar, cron) => {
  expect(intervalOf(text)).toMatchObject({ calendar, cron });
});

test.each(['', '0m', '5s', '7m', '60m', '24h', '5h', '2d', '15', 'm', '-5m', '1.5h', '15m x'])(
  '%j is none',
  (text) => {
    expect(intervalOf(text)).toBeUndefined();
  },
);

test('the service puts no value in the place of what only looks like one', () => {
  expect(unitName(job)).toBe('wgpush-drift-prod_eu');
  const text = serviceText(job);
  expect(text).toContain('"--on-drift" "mail -s \\"$$X 5%%\\" a"\n');
  expect(text).toContain('ReadWritePaths="/var/lib/node exporter" "/srv/state"\n');
  expect(text).toMatch(/^CapabilityBoundingSet=$/m);
  expect(serviceText({ ...job, user: 'root' })).toMatch(
    /^CapabilityBoundingSet=CAP_DAC_OVERRIDE$/m,
  );
});

test('the timer spreads its runs, but by a tenth of the interval at most', () => {
  const every = (text: string) => {
    const interval = intervalOf(text);
    if (interval === undefined) throw new Error(text);
    return timerText(job, interval);
  };
  expect(every('10s')).toContain('RandomizedDelaySec=1s\n');
  expect(every('15m')).toContain('RandomizedDelaySec=90s\n');
  expect(every('1d')).toContain('RandomizedDelaySec=300s\n');
});

describe('a crontab', () => {
  const other = '# my own\n\n5 4 * * * sleep 1\n';
  const cron = { inventory: '/srv/prod', time: '*/15 * * * *', command: 'wgpush drift >%H' };
  const line = '*/15 * * * * wgpush drift >\\%H';

  it.each(['', other])('%j keeps its own lines when the job comes, changes and goes', (before) => {
    const after = withJob(before, cron);
    expect(after).toBe(`${before}# wgpush drift of /srv/prod\n${line}\n`);
    expect(withJob(after, cron)).toBe(after);
    expect(jobIn(after, '/srv/prod')).toBe(line);
    const hourly = withJob(`${after}# behind\n`, { ...cron, time: '0 * * * *' });
    expect(hourly).toContain('\n0 * * * * wgpush');
    expect(hourly.endsWith('# behind\n')).toBe(true);
    expect(withoutJob(after, '/srv/prod')).toBe(before);
    expect(withoutJob(after, '/srv/other')).toBe(after);
  });
});
