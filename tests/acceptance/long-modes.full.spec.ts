import assert from 'node:assert/strict';
import type { Mode } from '../../acceptance/check';
import { CHECKS } from '../../acceptance/checks';
import { LIFE } from '../../acceptance/life';
import type { Report } from '../../acceptance/report';
import type { Knobs } from '../../simulator';
import { command, leftIn } from './command';
import { Laboratory } from './laboratory';

const DAY = 24 * 60 * 60_000;

async function ranWith(words: readonly string[], knobs: Partial<Knobs>) {
  // One hash range is enough, and faster.
  const laboratory = new Laboratory({ knobs: { partitions: 1, tableCreatingMs: 10_000, ...knobs } });
  await laboratory.open();
  try {
    const ended = await command(laboratory, [...words, '--yes'], { checks: [...CHECKS, LIFE] });
    return { ...ended, left: leftIn(laboratory) };
  } finally {
    await laboratory.close();
  }
}

/** Checks of these modes that do not hold, except those that no run asks. */
function notHolding(report: Report | undefined, modes: readonly Mode[]): readonly unknown[] {
  assert.ok(report !== undefined, 'there is a report');
  const asked = [
    ...report.assumptions.flatMap(({ number, checks }) => checks.map((each) => ({ ...each, id: number }))),
    ...report.others.map((each) => ({ ...each, id: each.name })),
  ].filter(({ mode, asks }) => modes.includes(mode) && asks !== 'Nothing.');
  assert.deepEqual([...new Set(asked.map(({ mode }) => mode))].sort(), [...modes].sort());
  return asked.filter(({ verdict }) => verdict !== 'holds');
}

describe('acceptance: the whole of a longer run', () => {
  it('--long answers each of its checks before its time is over', async function () {
    this.timeout(600_000);
    const { code, said, report, left } = await ranWith(['--long'], {});
    assert.deepEqual(notHolding(report, ['quick', 'long']), []);
    assert.equal(code, 0, said);
    assert.match(said, /E1: hour 4\.\d: \d+ shards so far/);
    assert.doesNotMatch(said, /hour \d+\.\d\d/);
    assert.deepEqual(left, []);
  });

  it('--ttl answers each of its checks before its time is over', async function () {
    this.timeout(600_000);
    const { code, said, report, left } = await ranWith(['--ttl'], {});
    assert.deepEqual(notHolding(report, ['quick', 'long', 'ttl']), []);
    assert.equal(code, 0, said);
    assert.deepEqual(left, []);
  });

  it('--ttl waits for deletes to the end of their time, and then answers', async () => {
    const { code, report } = await ranWith(['--ttl', '--only', 'E23'], { timeToLiveSweepMs: 30 * DAY });
    const [e23] = report?.assumptions.find(({ number }) => number === 'E23')?.checks ?? [];
    assert.equal(e23?.because, '20 of 20 expired items were not deleted.');
    assert.equal(code, 1);
  });
});
