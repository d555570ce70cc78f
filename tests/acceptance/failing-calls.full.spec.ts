import assert from 'node:assert/strict';
import { asked, checksOfMode } from './asked';

const HOUR = 60 * 60_000;
const MINUTE = 60_000;
const WITHOUT_READS = ['long E1', 'long E2', 'long E6'];

describe('acceptance: days in which calls fail', () => {
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

  it('goes on after listings, writes and a report of progress that fail, and says how many listings', async function () {
    this.timeout(300_000);
    const answers = await asked(
      day,
      { partitions: 1 },
      {
        meanwhile: async ({ simulator, clock }) => {
          const answer = { kind: 'error', type: 'InternalServerError', status: 500 } as const;
          await clock.sleep(HOUR);
          simulator.faults.add({ operation: 'DescribeStream', answer, times: 5 });
          simulator.faults.add({ operation: 'BatchWriteItem', answer, times: 2 });
          simulator.faults.add({ operation: 'PutObject', answer, times: 2 });
          await clock.sleep(20 * HOUR);
          simulator.faults.add({ operation: 'DescribeStream', answer, times: 1 });
        },
      },
    );
    assert.deepEqual(
      [...answers].flatMap(([name, { verdict }]) => (verdict === 'holds' ? [] : [[name, verdict]])),
      [],
    );
    assert.equal(answers.get('long E3')?.observed['failedListings'], 6);
    assert.equal(answers.get('long E5')?.observed['failedListings'], 6);
  });

  it('items that expire: goes on after readings that fail', async function () {
    this.timeout(300_000);
    const answers = await asked(
      checksOfMode('ttl'),
      {},
      {
        meanwhile: async ({ simulator }) => {
          const answer = { kind: 'error', type: 'InternalServerError', status: 500 } as const;
          simulator.faults.add({ operation: 'DescribeStream', answer, times: 3 });
        },
      },
    );
    assert.equal(answers.get('ttl E23')?.verdict, 'holds');
    assert.equal(answers.get('ttl E23')?.observed['failedReadings'], 3);
  });

  it('ends, with the error, when no listing has succeeded for half an hour', async () => {
    let endedAfterMs = 0;
    await assert.rejects(
      asked(
        day,
        { partitions: 1 },
        {
          meanwhile: async ({ simulator, clock }) => {
            await clock.sleep(HOUR);
            const begunAt = clock.now();
            const ended = () => (endedAfterMs = clock.now() - begunAt);
            simulator.faults.add({
              operation: 'DescribeStream',
              answer: { kind: 'error', type: 'InternalServerError', status: 500 },
            });
            for (let minute = 0; minute < 60; minute++) {
              await clock.sleep(MINUTE);
              ended();
            }
          },
        },
      ),
      { name: 'InternalServerError' },
    );
    assert.ok(endedAfterMs >= 29 * MINUTE && endedAfterMs < 33 * MINUTE, `${endedAfterMs} ms`);
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
