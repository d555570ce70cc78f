import assert from 'node:assert/strict';
import { ReadScheduler } from '../../../runtime/stream/read-scheduler';
import { Random } from '../../../simulator/random';
import { seed } from '../../seeds';
import { VirtualClock } from '../../simulation/virtual-clock';
import { Applier } from './applier';
import { MINUTE, SECOND } from './arrivals';
import { fault } from './fake-stream';
import { quickIf } from '../../tiers/tier';

const SHARDS = 200;
const THROTTLED = ['LimitExceededException', 'throttled'] as const;
const SERVER_FAULT = ['InternalServerError', 'soon'] as const;

describe('runtime/stream: shards whose reads fail do not keep the others from being read', () => {
  let appliers: Applier[];

  beforeEach(() => (appliers = []));
  afterEach(async () => {
    for (const { clock, poller } of appliers) await clock.run(poller.stop());
  });

  const idOf = (index: number) => `S${String(index).padStart(3, '0')}`;

  async function begin(clock = new VirtualClock(undefined, 50), scheduler?: ReadScheduler): Promise<Applier> {
    const applier = new Applier(clock);
    appliers.push(applier);
    for (let index = 0; index < SHARDS; index++) applier.stream.open(idOf(index));
    await applier.start(scheduler ? { scheduler } : {});
    return applier;
  }

  /** Reads a minute of each shard from this index on, measured over two minutes after a first one. */
  async function readsAMinute(applier: Applier, from: number): Promise<readonly number[]> {
    await applier.applyFor(MINUTE);
    const before = applier.stream.reads.length;
    await applier.applyFor(2 * MINUTE);
    const reads = new Map<string, number>();
    for (const { shardId } of applier.stream.reads.slice(before))
      reads.set(shardId, (reads.get(shardId) ?? 0) + 1);
    return Array.from({ length: SHARDS - from }, (_, index) => (reads.get(idOf(from + index)) ?? 0) / 2);
  }

  for (const [failing, [code, pace]] of [
    [5, THROTTLED],
    [20, THROTTLED],
    [100, THROTTLED],
    [32, SERVER_FAULT],
    [150, SERVER_FAULT],
  ] as const) {
    quickIf([5, 32].includes(failing)).it(`${failing} of ${SHARDS} always answer ${code}`, async () => {
      const applier = await begin();
      applier.stream.inject = (operation, shardId = '') => {
        if (operation === 'GetRecords' && shardId < idOf(failing)) throw fault(code, 'retry', pace);
      };
      const healthy = await readsAMinute(applier, failing);
      assert.ok(Math.min(...healthy) >= 11, `${Math.min(...healthy)} reads a minute`);
    });
  }

  it('40 repeatedly hang until their timeout', async () => {
    const applier = await begin();
    applier.stream.latencyOf = (shardId = '') => (shardId < idOf(40) ? 20 * SECOND : 10);
    applier.stream.inject = (operation, shardId = '') => {
      if (operation === 'GetRecords' && shardId < idOf(40)) throw fault('ETIMEDOUT', 'retry', 'soon');
    };
    const healthy = await readsAMinute(applier, 40);
    assert.ok(Math.min(...healthy) >= 11, `${Math.min(...healthy)} reads a minute`);
  });

  it('3 of 20 repeatedly hang until their timeout, with two concurrent reads', async () => {
    const applier = new Applier(new VirtualClock(undefined, 50));
    appliers.push(applier);
    for (let index = 0; index < 20; index++) applier.stream.open(idOf(index));
    applier.stream.latencyOf = (shardId = '') => (shardId < idOf(3) ? 20 * SECOND : 10);
    applier.stream.inject = (operation, shardId = '') => {
      if (operation === 'GetRecords' && shardId < idOf(3)) throw fault('ETIMEDOUT', 'retry', 'soon');
    };
    await applier.start({ concurrentReads: 2 });
    await applier.applyFor(MINUTE);
    const before = applier.clock.now();
    await applier.applyFor(2 * MINUTE);
    for (let index = 3; index < 20; index++) {
      const reads = applier.readsOf(idOf(index)).filter((at) => at > before).length;
      assert.ok(reads >= 20, `${idOf(index)}: ${reads} reads in two minutes`);
    }
  });

  for (const share of [0.3, 0.5, 0.7]) {
    quickIf(share === 0.5).it(
      `${share * 100} % of all answers are throttled at random: each shard is still read`,
      async () => {
        const random = new Random(seed());
        const applier = await begin();
        applier.stream.inject = (operation) => {
          if (operation === 'GetRecords' && random.chance(share))
            throw fault(THROTTLED[0], 'retry', 'throttled');
        };
        const reads = await readsAMinute(applier, 0);
        const mean = reads.reduce((sum, each) => sum + each, 0) / SHARDS;
        assert.ok(mean >= 12 * (1 - share) * (1 - share), `SEED=${seed()}: ${mean} reads a minute`);
      },
    );
  }

  it('one table’s throttling does not slow down another’s reads', async () => {
    const clock = new VirtualClock(undefined, 50);
    const limits = { concurrentReads: 32, idleReadsPerSecond: 200 };
    const scheduler = new ReadScheduler({ clock, queueBytes: 2 ** 25, ...limits });
    const orders = await begin(clock, scheduler);
    const customers = await begin(clock, scheduler);
    orders.stream.inject = (operation) => {
      if (operation === 'GetRecords') throw fault(THROTTLED[0], 'retry', 'throttled');
    };
    customers.stream.latencyMs = 200;
    await customers.applyFor(MINUTE);
    for (let index = 0; index < SHARDS; index++) customers.stream.write(idOf(index), 1000);
    customers.stream.mostReadsUnderWay = 0;
    await customers.applyFor(10 * SECOND);
    assert.ok(customers.stream.mostReadsUnderWay >= 24, String(customers.stream.mostReadsUnderWay));
    assert.equal(customers.kept.length, SHARDS * 1000);
  });
});
