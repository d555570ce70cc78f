import assert from 'node:assert/strict';
import { labFor } from '../../acceptance/lab';
import { LIFE } from '../../acceptance/life';
import { everyday, hostile, type Knobs } from '../../simulator';
import { Laboratory } from './laboratory';

describe('acceptance: the whole life of a replicated table', () => {
  const rows: readonly (readonly [string, Partial<Knobs>])[] = [
    ['calm', {}],
    ['everyday', everyday],
    ['hostile', hostile],
  ];
  for (const [name, knobs] of rows)
    it(`holds when AWS is ${name}`, async () => {
      const laboratory = new Laboratory({ knobs });
      await laboratory.open();
      try {
        const lines: string[] = [];
        const parts = await laboratory.prepared(undefined, lines);
        const begunAt = laboratory.clock.now();
        const answer = await laboratory.run(LIFE.run(labFor(LIFE, parts)));
        assert.equal(answer.verdict, 'holds', JSON.stringify({ answer, lines }));
        const { writes, rows: last, healWindows } = answer.observed as Record<string, number>;
        assert.ok((writes ?? 0) > 300 && (last ?? 0) > 10 && (healWindows ?? 0) >= 1, JSON.stringify(answer));
        assert.ok(laboratory.clock.now() - begunAt < 80 * 60_000, 'it fits into the quick run');
      } finally {
        await laboratory.close();
      }
    });
});
