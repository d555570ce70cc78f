import assert from 'node:assert/strict';
import type { Check } from '../../acceptance/check';
import { labFor, type LabParts } from '../../acceptance/lab';
import { setUp, signIn } from '../../acceptance/set-up';
import { checksOfMode } from './asked';
import { Laboratory, SUFFIX } from './laboratory';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('acceptance: checks that are interrupted', () => {
  it('end when the run is stopped, wherever they are', async () => {
    for (const after of [1_000, 3 * MINUTE, 20 * MINUTE]) {
      const laboratory = new Laboratory();
      await laboratory.open();
      try {
        const controller = new AbortController();
        const parts = await laboratory.prepared(controller.signal);
        const begunAt = laboratory.clock.now();
        const [outcomes] = await laboratory.run(
          Promise.all([
            Promise.allSettled(running(checksOfMode('quick'), parts)),
            laboratory.clock.sleep(after).then(() => controller.abort(new Error('stopped'))),
          ]),
        );
        assert.equal(laboratory.clock.now() - begunAt, after, 'nothing waits for longer');
        const reasons = outcomes.flatMap((each) =>
          each.status === 'rejected' ? [(each.reason as Error).message] : [],
        );
        assert.ok(reasons.length > 0);
        assert.deepEqual([...new Set(reasons)], ['stopped']);
      } finally {
        await laboratory.close();
      }
    }
  });

  it('continue after the process has ended, from what they remember', async () => {
    const laboratory = new Laboratory({ knobs: { partitions: 1 } });
    const controller = new AbortController();
    const long = checksOfMode('long');
    const first = await laboratory.prepared(controller.signal);
    const begunAt = laboratory.clock.now();
    await laboratory.run(
      Promise.all([
        Promise.allSettled(running(long, first)),
        laboratory.clock.sleep(9 * HOUR + 7 * MINUTE).then(() => controller.abort(new Error('stopped'))),
      ]),
    );
    await laboratory.clock.advance(50 * MINUTE);
    const { signal } = new AbortController();
    const resuming = async () =>
      setUp(await signIn(laboratory, SUFFIX, signal), laboratory, {
        record: undefined,
        signal,
        log: () => undefined,
      });
    const second = await laboratory.run(resuming());
    const answers = await laboratory.run(Promise.all(running(long, second)));
    assert.deepEqual(
      long.flatMap(({ id }, index) => (answers[index]?.verdict === 'holds' ? [] : [[id, answers[index]]])),
      [],
    );
    const hours = (laboratory.clock.now() - begunAt) / HOUR;
    assert.ok(hours >= 26 && hours < 26.5, `${hours} hours in all`);
  });
});

const running = (checks: readonly Check[], parts: LabParts) =>
  checks.map(async (check) => check.run(labFor(check, parts)));
