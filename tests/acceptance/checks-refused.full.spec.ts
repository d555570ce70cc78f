import assert from 'node:assert/strict';
import { asked, checksOfMode } from './asked';

const HOUR = 60 * 60_000;
const WITHOUT_READS = ['long E1', 'long E2', 'long E6'];

describe('acceptance: the day of a stream whose reads are refused', () => {
  const day = checksOfMode('long').filter(({ id }) => /^E[1-7]$/.test(id));

  it('throttled: what only a read shows is not asked', async function () {
    this.timeout(300_000);
    const answers = await asked(
      day,
      { partitions: 1 },
      {
        meanwhile: async ({ simulator }) => {
          const answer = { kind: 'error', type: 'ThrottlingException', status: 400 } as const;
          simulator.faults.add({ operation: 'GetRecords', answer });
        },
      },
    );
    assert.deepEqual(
      [...answers].flatMap(([name, { verdict }]) => (verdict === 'not asked' ? [name] : [])),
      WITHOUT_READS,
    );
  });

  it('denied: it ends at once, with the error', async () => {
    await assert.rejects(
      asked(
        day,
        {},
        {
          meanwhile: async (laboratory) => {
            const answer = { kind: 'error', type: 'AccessDeniedException', status: 400 } as const;
            laboratory.simulator.faults.add({ operation: 'GetRecords', answer });
            await laboratory.clock.sleep(HOUR);
          },
        },
      ),
      { name: 'AccessDeniedException' },
    );
  });
});
