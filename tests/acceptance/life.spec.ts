import assert from 'node:assert/strict';
import { judgeLife, type Life } from '../../acceptance/life';
import { differences, valueOf } from '../../acceptance/life-rows';

const GOOD: Life = {
  writes: 900,
  loadedRows: 200,
  loadMs: 700_000,
  verifyDifferences: 0,
  comparedRows: 150,
  hasOtherArn: true,
  healMs: 900_000,
  healWindows: 1,
  healLines: 120,
  rereadKeys: 4,
  billedBytes: 10_000_000,
  rows: 300,
  missing: 0,
  extra: 0,
  different: 0,
};

describe('acceptance: the judgement of a whole life', () => {
  it('holds if all is equal in the end, and everything happened', () => {
    assert.deepEqual(judgeLife(GOOD), { verdict: 'holds', observed: GOOD });
  });

  const rows: readonly (readonly [Partial<Life>, RegExp])[] = [
    [{ missing: 1, extra: 2, different: 3 }, /6 rows differed/],
    [{ missing: 1 }, /1 row differed/],
    [{ extra: 1 }, /differed/],
    [{ different: 1 }, /differed/],
    [{ verifyDifferences: 2 }, /verify found 2 differences/],
    [{ hasOtherArn: false }, /no other ARN/],
    [{ comparedRows: 0, extra: 1 }, /1 row differed/],
  ];
  for (const [changed, because] of rows)
    it(`differs with ${JSON.stringify(changed)}`, () => {
      const answer = judgeLife({ ...GOOD, ...changed });
      assert.equal(answer.verdict, 'differs');
      assert.match(answer.because ?? '', because);
    });

  const unjudged: readonly (readonly [Partial<Life>, RegExp])[] = [
    [{ comparedRows: 0 }, /^Not judged: the verify compared no row\.$/],
    [{ healLines: 0 }, /^Not judged: the heal’s exports had no line, so nothing was healed\.$/],
    [{ rows: 0 }, /^Not judged: the table was empty at the end, so nothing was compared\.$/],
  ];
  for (const [changed, because] of unjudged)
    it(`is not asked with ${JSON.stringify(changed)}, and shows the figures`, () => {
      const answer = judgeLife({ ...GOOD, ...changed });
      assert.equal(answer.verdict, 'not asked');
      assert.match(answer.because ?? '', because);
      assert.deepEqual(answer.observed, { ...GOOD, ...changed });
    });
});

describe('acceptance: rows against items', () => {
  const wanted = new Map([
    ['a', valueOf({ v: '1', note: null })],
    ['b', valueOf({ v: '2', note: 'x' })],
  ]);
  const COLUMNS = ['v', '__source_time', 'pk', 'note'];
  const A = [1n, 'now', 'a', null];
  const B = ['2', null, 'b', 'x'];
  const table: readonly (readonly [string, readonly (readonly unknown[])[], readonly number[]])[] = [
    ['equal', [A, B], [0, 0, 0]],
    ['in another order', [B, A], [0, 0, 0]],
    ['one is missing', [A], [1, 0, 0]],
    ['one is extra', [A, B, [3, null, 'c', null]], [0, 1, 0]],
    ['one is there twice', [A, B, B], [0, 1, 0]],
    ['another value', [A, ['3', null, 'b', 'x']], [0, 0, 1]],
    ['another note', [A, ['2', null, 'b', null]], [0, 0, 1]],
    ['nothing', [], [2, 0, 0]],
  ];
  for (const [what, rows, [missing, extra, different]] of table)
    it(what, () => {
      assert.deepEqual(differences(wanted, COLUMNS, rows), { missing, extra, different });
    });

  it('without a column that no item needed', () => {
    const one = new Map([['a', valueOf({ v: '1', note: null })]]);
    assert.deepEqual(differences(one, ['pk', 'v'], [['a', 1]]), { missing: 0, extra: 0, different: 0 });
  });
});
