/** Who comes after whom on a ring. */
import { ringOf } from '../../src/model/ring';

const names = Array.from({ length: 50 }, (_, index) => `web-${String(index + 1)}`);
const anybody = () => true;
const next = (all: readonly string[], name: string) => ringOf(all).after(name, 3, anybody);

test('three others follow each, and each follows three', () => {
  const followers = names.flatMap((name) => next(names, name));
  for (const name of names) {
    expect(next(names, name)).not.toContain(name);
    expect(followers.filter((each) => each === name)).toHaveLength(3);
  }
});

test('the order of the names changes nothing', () => {
  expect(next(names.toReversed(), 'web-7')).toEqual(next(names, 'web-7'));
});

test('when one leaves, only the three before it get another', () => {
  const rest = names.filter((name) => name !== 'web-7');
  const changed = rest.filter((name) => next(rest, name).join() !== next(names, name).join());
  expect(changed).toHaveLength(3);
});

test('who is not on the ring is followed too, and who is not wanted is passed over', () => {
  expect(next(names, 'db-1')).toHaveLength(3);
  const [first = ''] = next(names, 'db-1');
  expect(ringOf(names).after('db-1', 3, (name) => name !== first)).not.toContain(first);
});

test.each([
  [[], 0],
  [['a'], 0],
  [['a', 'b'], 1],
])('of too few names there are fewer: %j', (few, count) => {
  expect(next(few, 'a')).toHaveLength(count);
});
