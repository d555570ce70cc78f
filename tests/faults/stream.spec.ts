import assert from 'node:assert/strict';
import type { GapReason } from '../../runtime/stream/gap';
import type { FaultAnswer } from '../../simulator';
import { HOUR, MINUTE, SECOND } from '../simulation/world';
import { full, quickIf } from '../tiers/tier';
import { assertGap, assertResyncs } from './gap-outcome';
import { closeWorlds, WireWorld } from './wire-world';

const error = (type: string): FaultAnswer => ({ kind: 'error', type });

/** A listing without shards. */
function noShards(world: WireWorld): FaultAnswer {
  const { streamArn: StreamArn } = world.checkpoint ?? { streamArn: streamArn(world) };
  const StreamDescription = { StreamArn, StreamStatus: 'ENABLED', StreamViewType: 'NEW_IMAGE', Shards: [] };
  const body = JSON.stringify({ StreamDescription });
  return { kind: 'body', status: 200, contentType: 'application/x-amz-json-1.0', body };
}

function streamArn(world: WireWorld): string {
  const { Table } = world.simulator.perform('dynamodb', 'DescribeTable', { TableName: world.tableName }) as {
    Table: { LatestStreamArn: string };
  };
  return Table.LatestStreamArn;
}

describe('faults/stream: iterators', () => {
  afterEach(closeWorlds);

  it('F1: an iterator expires again and again: renews it after the last record read', async () => {
    const world = await WireWorld.open();
    world.fault('GetRecords', error('ExpiredIteratorException'), { rate: 0.2 });
    await world.liveThrough();
    assert(world.heardOf('stream.iteratorRenewed').length > 5);
  });

  it('F1: the process is suspended for twenty minutes: its iterators expire, and nothing is lost', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    process.freeze();
    await world.busy(20 * MINUTE);
    process.thaw();
    await world.assertRecovers(process);
    assert(world.heardOf('stream.iteratorRenewed').length > 0);
  });
});

describe('faults/stream: missing records, shards and streams', () => {
  afterEach(closeWorlds);

  const gone: readonly [row: string, operation: string, type: string, GapReason][] = [
    ['F2', 'GetRecords', 'TrimmedDataAccessException', 'trimmed'],
    ['F2', 'GetShardIterator', 'TrimmedDataAccessException', 'trimmed'],
    ['F3', 'GetRecords', 'ResourceNotFoundException', 'shard gone'],
    ['F3', 'GetShardIterator', 'ResourceNotFoundException', 'shard gone'],
    ['F3', 'DescribeStream', 'ResourceNotFoundException', 'stream gone'],
  ];
  for (const [row, operation, type, reason] of gone) {
    quickIf(row === 'F2').it(
      `${row}: ${type} from ${operation}, after the first publish: stops for a gap; a resync repairs it`,
      async () => {
        const world = await WireWorld.open();
        const process = await world.startPublished();
        world.fault(operation, error(type), { times: 1 });
        world.rollover();
        world.write();
        await assertGap(world, process, reason);
        await assertResyncs(world);
      },
    );

    quickIf(row === 'F2').it(
      `${row}: ${type} from ${operation}, before the first publish: loads again by itself`,
      async () => {
        const world = await WireWorld.open();
        const process = await world.startLoading();
        const fault = world.fault(operation, error(type), { times: 1 });
        world.rollover();
        await world.busy(MINUTE);
        await world.assertRecovers(process);
        assert.equal(fault.hits, 1);
        assert.equal(world.checkpoint?.generation, 2);
        assert.match(
          world.heardOf('pipeline.gap')[0]?.message ?? '',
          /^Restarting the load with a new export: .*Nothing is lost/,
        );
        assert.doesNotMatch(world.heardOf('pipeline.gap')[0]?.message ?? '', /resync/);
        assert.deepEqual(
          world.heardOf('pipeline.published').map(({ generation }) => generation),
          [2],
        );
      },
    );
  }

  it('F35: stopped for 25 hours, while AWS answers as if nothing had happened: stops for a gap', async () => {
    const world = await WireWorld.open({ knobs: { silentTrim: true } });
    await world.settled((await world.startPublished()).stop());
    await world.busy(25 * HOUR);
    await assertGap(world, world.start(), 'too old');
    await assertResyncs(world);
  });

  it('F35: stopped for 22 hours: loses nothing and reloads nothing', async () => {
    const world = await WireWorld.open();
    await world.settled((await world.startPublished()).stop());
    await world.busy(22 * HOUR);
    const process = world.start();
    await world.busy(MINUTE);
    await world.assertRecovers(process);
    assert.equal(world.checkpoint?.generation, 1);
  });

  it('F35: stopped for 25 hours during the load: loads again by itself', async () => {
    const world = await WireWorld.open({ knobs: { silentTrim: true } });
    const first = await world.startLoading();
    await world.settled(first.stop());
    await world.busy(25 * HOUR);
    const second = world.start();
    await world.busy(MINUTE);
    await world.assertRecovers(second);
    assert.equal(world.checkpoint?.generation, 2);
  });
});

describe('faults/stream: shards', () => {
  afterEach(closeWorlds);

  it('F31: survives splits and rollovers while it reads, children listed a minute late, and a crash in between', async () => {
    const world = await WireWorld.open({
      knobs: { childListingLagMs: [20 * SECOND, 55 * SECOND], closingLagMs: [0, 55 * SECOND] },
    });
    const first = await world.startLoading();
    world.simulator.split(world.tableName);
    await world.busy(30 * SECOND);
    world.rollover();
    await world.busy(10 * SECOND);
    first.kill();
    await world.busy(10 * SECOND);
    const second = world.start();
    await world.busy(30 * SECOND);
    world.simulator.split(world.tableName);
    await world.busy(MINUTE);
    await world.assertRecovers(second);
    assert.equal(world.checkpoint?.generation, 1);
  });

  it('F32: listings that omit parents and children for a while: lists again and keeps the order', async () => {
    const world = await WireWorld.open({
      knobs: {
        parentOmissionMs: [30 * SECOND, 55 * SECOND],
        childListingLagMs: [0, 55 * SECOND],
        emptyPagesBeforeData: { probability: 0.5, most: 2 },
        comparableAcrossShards: false,
      },
    });
    const process = world.start();
    for (let i = 0; i < 6; i++) {
      await world.busy(30 * SECOND);
      world.rollover();
    }
    await world.assertRecovers(process);
    assert.equal(world.checkpoint?.generation, 1);
  });

  full.it('F32: one listing without any shard: lists again, no gap', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const fault = world.fault('DescribeStream', noShards(world), { times: 1 });
    await world.busy(2 * MINUTE);
    assert.equal(fault.hits, 1);
    await world.assertRecovers(process);
  });

  full.it(
    'F32: the very first listing shows no shard: takes the roots from two listings that agree',
    async () => {
      const world = await WireWorld.open();
      world.fault('DescribeStream', noShards(world), { times: 1 });
      const process = await world.liveThrough();
      assert(!process.isAlive);
    },
  );

  it('F32: listings without any shard for minutes, and no responses to reads: stops for a gap', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const faults = [
      world.fault('DescribeStream', noShards(world)),
      world.fault('GetRecords', { kind: 'error', type: 'InternalServerError', status: 500 }),
    ];
    await assertGap(world, process, 'shard gone');
    for (const fault of faults) fault.remove();
    await assertResyncs(world);
  });

  it('F32: listings without any shard for minutes, while all shards are read: no gap', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const fault = world.fault('DescribeStream', noShards(world));
    await world.busy(10 * MINUTE);
    assert.ok(fault.hits > 10, String(fault.hits));
    fault.remove();
    await world.assertRecovers(process);
    assert.equal(world.checkpoint?.generation, 1);
  });

  full.it(
    'F32: the second page of a long listing is cut off: requests it again until it is complete',
    async () => {
      const world = await WireWorld.open();
      for (let i = 0; i < 110; i++) {
        world.write();
        world.rollover();
        await world.clock.advance(10);
      }
      const fault = world.fault(
        'DescribeStream',
        { kind: 'truncate', toBytes: 500 },
        { containing: 'ExclusiveStartShardId', times: 3 },
      );
      await world.loadThrough();
      assert.equal(fault.hits, 3);
      assert((world.heardOf('stream.listing').at(-1)?.shards ?? 0) > 100);
    },
  );
});
