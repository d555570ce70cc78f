import assert from 'node:assert/strict';
import { readAssumptions } from '../../acceptance/assumptions';
import type { Answer, Check, Mode, Verdict } from '../../acceptance/check';
import { CHECKS } from '../../acceptance/checks';
import { LIFE } from '../../acceptance/life';
import { chosen } from '../../acceptance/modes';
import { countOf, reportOf } from '../../acceptance/report';
import { reportText } from '../../acceptance/report-text';
import { answerKey } from '../../acceptance/run-state';
import { costOf } from '../../acceptance/spending';
import { PRICES } from '../../cost/prices';
import { formatted } from '../formatted';

const ASSUMPTIONS = ['E1', 'E2', 'E10'].map((number) => ({
  number,
  statement: `Statement of ${number}.`,
  rules: [],
  knobs: [],
}));

const check = (id: string, mode: Mode = 'quick'): Check => ({
  id,
  mode,
  asks: `Asks about ${id} (${mode}).`,
  run: () => Promise.reject(new Error('not run here')),
});

const answer = (verdict: Verdict, observed: Answer['observed'] = {}): Answer => ({ verdict, observed });

const PARTS = {
  begunAt: Date.UTC(2026, 10, 30, 23, 59),
  region: 'eu-west-1',
  mode: 'quick',
  version: '1.2.3',
  secrets: { account: '123456789012', suffix: 'ab12cd34' },
} as const;

function reported(answers: readonly (readonly [Check, Answer])[], others: readonly Check[] = []) {
  return reportOf({
    ...PARTS,
    assumptions: ASSUMPTIONS,
    checks: [...answers.map(([asked]) => asked), ...others],
    answers,
  });
}

describe('acceptance: the report', () => {
  const rows: readonly (readonly [readonly Verdict[], Verdict])[] = [
    [[], 'not asked'],
    [['not asked'], 'not asked'],
    [['holds'], 'holds'],
    [['differs'], 'differs'],
    [['holds', 'differs'], 'differs'],
    [['not asked', 'holds'], 'holds'],
    [['not asked', 'differs', 'holds'], 'differs'],
  ];
  for (const [verdicts, verdict] of rows)
    it(`of checks with ${verdicts.join(', ') || 'none'}: ${verdict}`, () => {
      const modes = ['quick', 'long', 'ttl'] as const;
      const report = reported(verdicts.map((each, i) => [check('E2', modes[i]), answer(each)]));
      assert.equal(report.assumptions[1]?.verdict, verdict);
      assert.equal(report.assumptions[1]?.because, verdicts.length === 0 ? 'No check asks it.' : undefined);
    });

  it('has the assumptions in SPEC.md’s order, and the shorter mode first, whatever the order of the answers', () => {
    const answers = [
      [check('E2', 'long'), answer('holds')],
      [check('zebra'), answer('holds')],
      [check('E10'), answer('differs')],
      [check('E2', 'quick'), answer('holds')],
      [check('ape'), answer('holds')],
    ] as const;
    const report = reported(answers);
    assert.deepEqual(report, reported(answers.toReversed()));
    assert.deepEqual(
      report.assumptions.map(({ number, checks }) => [number, ...checks.map(({ mode }) => mode)]),
      [['E1'], ['E2', 'quick', 'long'], ['E10', 'quick']],
    );
    assert.deepEqual(
      report.others.map(({ name }) => name),
      ['ape', 'zebra'],
    );
    assert.deepEqual(
      (['holds', 'differs', 'not asked'] as const).map((verdict) => countOf(report, verdict)),
      [3, 1, 1],
    );
    assert.equal(report.date, '2026-11-30');
  });

  it('says of a check that was not run how to run it', () => {
    const { assumptions } = reported([], [check('E1', 'ttl')]);
    assert.equal(
      assumptions[0]?.checks[0]?.because,
      'This run did not ask; `npm run acceptance -- --ttl --only E1` does.',
    );
  });

  it('says of what no run asks why, whatever else the run asked', () => {
    const never = CHECKS.filter(({ neverAsked }) => neverAsked !== undefined);
    assert.deepEqual(
      never.map(({ id }) => id),
      ['E21', 'E22', 'kms'],
    );
    const { assumptions, others } = reportOf({
      ...PARTS,
      assumptions: readAssumptions(),
      checks: CHECKS,
      answers: [],
    });
    const because = (id: string) => assumptions.find(({ number }) => number === id)?.checks[0]?.because ?? '';
    assert.match(because('E21'), /^An export would have to be 90 days old\.$/);
    assert.match(because('E22'), /^It takes more than 300 exports at once/);
    assert.match(others.find(({ name }) => name === 'kms')?.because ?? '', /no sooner than after 7 days/);
  });

  it('is Markdown and JSON as this repository formats them, so that both can be committed', async () => {
    const report = reported([
      [
        check('E1'),
        { verdict: 'differs', because: 'It was 5.', observed: { leastMs: 5, isLate: true, code: 'A_b*c' } },
      ],
      [check('E2', 'long'), answer('holds')],
      [check('life'), answer('holds', { rows: 3 })],
    ]);
    const text = reportText(report);
    assert.match(text, /1 hold|2 hold/);
    assert.match(text, /^## E1: differs\n\nStatement of E1\.\n\n.*differs\. It was 5\.\n\n- `leastMs`: 5\n/m);
    assert.equal(await formatted('acceptance-report.md', text), text);
    const json = `${JSON.stringify(report, undefined, 2)}\n`;
    assert.equal(await formatted('acceptance-report.json', json), json);
  });
});

describe('acceptance: its checks', () => {
  const all = [...CHECKS, LIFE];
  const numbers = readAssumptions().map(({ number }) => number);

  it('every assumption of SPEC.md has one, and none is of an assumption that does not exist', () => {
    const ids = new Set(all.map(({ id }) => id));
    assert.deepEqual(
      numbers.filter((number) => !ids.has(number)),
      [],
    );
    assert.deepEqual(
      [...ids].filter((id) => /^E\d+$/.test(id) && !numbers.includes(id)),
      [],
    );
  });

  it('are told apart in the bucket', () => {
    const keys = all.map(answerKey);
    assert.deepEqual(keys, [...new Set(keys)]);
    for (const key of keys) assert.match(key, /^[\w/-]+\.json$/);
  });

  it('a longer mode asks all of a shorter one; a run can be limited to some', () => {
    const of = (mode: Mode, ...only: string[]) => chosen(all, mode, only);
    const [quick, long, ttl] = [of('quick'), of('long'), of('ttl')];
    assert.ok(quick.every((each) => long.includes(each)) && long.every((each) => ttl.includes(each)));
    assert.ok(quick.length < long.length);
    assert.deepEqual(ttl, all);
    assert.deepEqual(
      of('quick', 'life', 'E8').map(({ id }) => id),
      ['E8', 'life'],
    );
  });

  it('each mode costs less than a dollar, at list prices', () => {
    for (const mode of ['quick', 'long', 'ttl'] as const) assert.ok(costOf(chosen(all, mode, [])) < 1, mode);
    const price = (usd: number) => ({ usd, per: 'thing', source: 'here' });
    const prices = {
      ...PRICES,
      exportGb: price(2 ** 30),
      incrementalExportGb: price(0),
      getRecords: price(10),
    };
    const spends = { exports: 3, incrementalExports: 9, streamReads: 200_000 };
    assert.equal(costOf([{ mode: 'quick', spends }], prices), 3 * 10_000_000 + 20);
  });
});
