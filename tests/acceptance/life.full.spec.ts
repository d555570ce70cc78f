import assert from 'node:assert/strict';
import { labFor } from '../../acceptance/lab';
import { LIFE } from '../../acceptance/life';
import { hostile } from '../../simulator';
import { Laboratory } from './laboratory';

describe('acceptance: the whole life of a replicated table', () => {
  it('holds when AWS is hostile; quick.full.spec.ts has an ordinary one', async () => {
    // Pauses within a read of keys are simulated elsewhere (tests/simulation/heals.spec.ts): here a request stops the clock until its end.
    const laboratory = new Laboratory({ knobs: { ...hostile, unprocessedKeys: 0 } });
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
