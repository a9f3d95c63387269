import type { Jump } from '../../src/model/host';
import { type Entered, newWays } from '../../src/connection/way';

const jump = { host: '192.0.2.1', port: 22, user: 'ops' } as Jump;

/** A jump host that has let us in: its connection may be down before its end is told. */
function jumpHost() {
  let isUp = true;
  const entered: Entered<string> = {
    transport: {
      place: '192.0.2.1',
      ended: new Promise(() => undefined),
      reason: () => undefined,
      stands: () => Promise.resolve(isUp),
      open: () => Promise.reject(new Error('not asked for')),
      close: () => Promise.resolve(),
    },
    pass: ({ host }) => Promise.resolve(`to ${host}`),
  };
  return {
    entered,
    goDown() {
      isUp = false;
    },
  };
}

test('a jump host is logged in to once, whoever goes through it', async () => {
  const logIn = jest.fn(() => Promise.resolve(jumpHost().entered));
  const ways = newWays(() => Promise.resolve('straight'), logIn);
  const [first, second] = [await ways.through([jump]), await ways.through([jump])];
  expect(await first.isLost()).toBe(false);
  await first.leave();
  expect(await second.open({ host: '192.0.2.7', port: 22 })).toBe('to 192.0.2.7');
  await ways.through([jump]);
  expect(logIn).toHaveBeenCalledTimes(1);
});

test('one that was found lost is logged in to anew, before its end is told and while others are in it', async () => {
  const [down, up] = [jumpHost(), jumpHost()];
  const logIn = jest
    .fn<Promise<Entered<string>>, []>()
    .mockResolvedValueOnce(down.entered)
    .mockResolvedValueOnce(up.entered);
  const ways = newWays(() => Promise.resolve('straight'), logIn);
  await ways.through([jump]);
  const way = await ways.through([jump]);
  down.goDown();
  expect(await way.isLost()).toBe(true);
  expect(await (await ways.through([jump])).isLost()).toBe(false);
  expect(logIn).toHaveBeenCalledTimes(2);
});
