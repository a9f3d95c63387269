/**
 * Every golden case, against the resource of its kind.
 *
 * When a resource is changed on purpose, UPDATE_GOLDEN=1 writes what it says now into the cases
 * (`npm run format` puts them in shape); the review of that difference is then the test.
 */
import { UnexpectedAnswer } from '../../src/facts/fact';
import { seenOf } from '../../src/facts/seen';
import { resources } from '../../src/resources/closed-set';
import { type BoundResource, Refusal, type ValueOf } from '../../src/resources/resource';
import {
  answersIn,
  goldenCase,
  goldenNames,
  type GoldenCase,
  inLines,
  writeGoldenCase,
} from './golden-case';

const names = goldenNames();

test('every resource of the closed set has golden cases', () => {
  const kinds = new Set(names.map(kindOf));
  expect([...kinds].sort()).toEqual([...resources.keys()].sort());
});

test.each(names.map((name) => [name, goldenCase(name).description]))('%s: %s', (name) => {
  const golden = goldenCase(name);
  const { description, args, answers, unreached } = golden;
  const given = { description, args, answers, ...(unreached === undefined ? {} : { unreached }) };
  const found = inLines(judgement(kindOf(name), golden)) as Judgement;
  if (process.env['UPDATE_GOLDEN'] === '1') writeGoldenCase(name, { ...given, ...found });
  expect({ ...given, ...found }).toEqual(golden);
});

type Judgement = Pick<GoldenCase, 'changes' | 'checks' | 'refusal' | 'unexpected'>;

/** What the resource makes of the answers, in the words of a case. */
function judgement(kind: string, golden: GoldenCase): Judgement {
  const resource = resources.get(kind);
  if (resource === undefined) throw new Error(`no resource ${kind}`);
  const bound = resource.bind(golden.args);
  const valueOf = reader(bound, golden);
  try {
    return resource.isCheck
      ? {
          checks: bound.judge(
            valueOf,
            'host-1',
            seenOf(new Map(), new Set(golden.unreached ?? [])),
          ),
        }
      : { changes: bound.diff(valueOf) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error.message };
    if (error instanceof UnexpectedAnswer) return { unexpected: error.message };
    throw error;
  }
}

/** Gives each fact its answer. A fact that the resource has not announced is refused. */
function reader(bound: BoundResource, golden: GoldenCase): ValueOf {
  const answers = answersIn(golden);
  if (answers.length !== bound.facts.length) throw new Error('one answer a fact, in their order');
  const byQuestion = new Map(
    bound.facts.map((fact, index) => [fact.question.text, answers[index]] as const),
  );
  return (fact) => {
    const answer = byQuestion.get(fact.question.text);
    if (answer === undefined) throw new Error(`never announced: ${fact.question.text}`);
    return fact.parse(answer);
  };
}

function kindOf(name: string): string {
  return name.split('/', 1)[0] ?? name;
}
