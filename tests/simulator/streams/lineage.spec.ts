import assert from 'node:assert/strict';
import { hostile } from '../../../simulator';
import { HOUR, Local, MINUTE, SECOND, failure } from '../fixture';
import type { Shard } from '../fixture';

const number = (text: string): bigint => BigInt(text);

describe('simulator: shards', () => {
  it('are listed by id, 100 per page, with an empty page after the last', () => {
    const local = new Local({ partitions: 60 });
    local.clock.advance(SECOND);
    local.simulator.rollover('orders');
    const ids = local.shards().map((shard) => shard.ShardId);
    assert.equal(ids.length, 120);
    assert.deepEqual(ids, [...ids].sort());
    for (const id of ids) assert.match(id, /^shardId-\d{20}-[0-9a-f]{8}$/);
    const describe = (input: object): { Shards: Shard[]; LastEvaluatedShardId?: string } =>
      local.streams('DescribeStream', { StreamArn: local.arn, ...input }).StreamDescription;
    assert.equal(describe({}).Shards.length, 100);
    assert.equal(describe({}).LastEvaluatedShardId, ids[99]);
    const beyond = describe({ ExclusiveStartShardId: ids.at(-1) });
    assert.deepEqual([beyond.Shards, beyond.LastEvaluatedShardId], [[], undefined]);
    assert.equal(describe({ Limit: 3, ExclusiveStartShardId: ids[4] }).LastEvaluatedShardId, ids[7]);
    assert.equal(
      failure(() => describe({ Limit: 101 })),
      'ValidationException',
    );
  });

  for (const [reads, writes, shards] of [
    [5, 5, 1],
    [3000, 1, 2],
    [1500, 2500, 3],
  ] as const) {
    it(`of a new table with ${reads} read and ${writes} write units: ${shards}`, () => {
      const local = new Local();
      local.dynamodb('CreateTable', {
        TableName: 'provisioned',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        ProvisionedThroughput: { ReadCapacityUnits: reads, WriteCapacityUnits: writes },
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      });
      assert.equal(local.simulator.openShards('provisioned').length, shards);
    });
  }

  it('only the children of a shard are returned on request', () => {
    const local = new Local({ partitions: 2 });
    local.clock.advance(SECOND);
    const [parent] = local.simulator.openShards('orders');
    local.simulator.split('orders', parent);
    const { Shards } = local.streams('DescribeStream', {
      StreamArn: local.arn,
      ShardFilter: { Type: 'CHILD_SHARDS', ShardId: parent },
    }).StreamDescription;
    assert.equal(Shards.length, 2);
    assert.ok(Shards.every((shard: Shard) => shard.ParentShardId === parent));
  });

  it('roll over every four hours, each at its own time, however far the clock jumps', () => {
    const local = new Local({ partitions: 3 });
    local.clock.advance(12.5 * HOUR);
    const shards = local.shards();
    const byId = new Map(shards.map((shard) => [shard.ShardId, shard]));
    const opened = (shard: Shard): number => Number(shard.ShardId.slice(8, 28));
    const lives = shards
      .filter((shard) => shard.ParentShardId)
      .map((shard) => (opened(shard) - opened(byId.get(shard.ParentShardId!)!)) / HOUR);
    assert.equal(lives.length, 9);
    for (const hours of lives) assert.ok(hours > 3.8 && hours <= 4, String(hours));
  });

  it('keep the writes of an item in order along the lineage, through rollovers and splits', () => {
    const local = new Local({ partitions: 3 });
    for (let i = 0; i < 600; i++) {
      local.put(`k${i % 11}`, { v: { N: String(i) } });
      local.clock.advance(10 * SECOND);
      if (i % 100 === 50) local.simulator.split('orders');
      if (i % 140 === 70) local.simulator.rollover('orders');
    }
    const last = new Map<string, number>();
    const records = local.all();
    assert.equal(records.length, 600);
    for (const { dynamodb } of records) {
      const key = JSON.stringify(dynamodb.Keys);
      const value = Number((dynamodb.NewImage!['v'] as { N: string }).N);
      assert.ok(value > (last.get(key) ?? -1), `${key}: ${value} after ${last.get(key)}`);
      last.set(key, value);
    }
    for (const shard of local.shards()) {
      const isOpen = shard.SequenceNumberRange.EndingSequenceNumber === undefined;
      assert.equal(local.drain(shard.ShardId).ended, !isOpen);
    }
  });

  it('number their records without padding, increasing within a shard, with varying length', () => {
    const local = new Local({ partitions: 8 });
    for (let i = 0; i < 800; i++) {
      local.put(`k${i}`);
      if (i % 200 === 199) {
        local.clock.advance(SECOND);
        local.simulator.rollover('orders');
      }
    }
    const lengths = new Set<number>();
    let changesInside = 0;
    const ends = new Map<string, bigint>();
    for (const shard of local.shards()) {
      const { StartingSequenceNumber, EndingSequenceNumber } = shard.SequenceNumberRange;
      let last = number(StartingSequenceNumber);
      const parentEnd = ends.get(shard.ParentShardId ?? '') ?? 0n;
      assert.ok(last > parentEnd, 'comparable by default');
      const numbers = local.drain(shard.ShardId).records.map((record) => record.dynamodb.SequenceNumber);
      for (const text of numbers) {
        assert.match(text, /^[1-9]\d{20,39}$/);
        assert.ok(number(text) > last);
        last = number(text);
        lengths.add(text.length);
      }
      if (new Set(numbers.map((text) => text.length)).size > 1) changesInside++;
      if (EndingSequenceNumber) assert.ok(number(EndingSequenceNumber) >= last);
      ends.set(shard.ShardId, last);
    }
    assert.ok(lengths.size >= 4, String([...lengths]));
    assert.ok(changesInside > 0);
  });

  it('may start below their parent’s last number', () => {
    const local = new Local({ partitions: 8, comparableAcrossShards: false, sequenceDigits: [21, 40] });
    local.clock.advance(SECOND);
    local.simulator.rollover('orders');
    const shards = local.shards();
    const start = (shard: Shard): bigint => number(shard.SequenceNumberRange.StartingSequenceNumber);
    const lower = shards.filter((shard) => {
      const parent = shards.find((each) => each.ShardId === shard.ParentShardId);
      return parent && start(shard) < start(parent);
    });
    assert.ok(lower.length > 0);
  });

  it('may be listed late, look open after their end, or be omitted when they close', () => {
    const late = new Local({
      partitions: 1,
      childListingLagMs: [30_000, 30_000],
      closingLagMs: [10_000, 10_000],
    });
    late.clock.advance(MINUTE);
    late.simulator.rollover('orders');
    const seen = (): unknown[] =>
      late.shards().map((shard) => !!shard.SequenceNumberRange.EndingSequenceNumber);
    assert.deepEqual(seen(), [false]);
    assert.equal(late.drain(late.shards()[0]!.ShardId).ended, false);
    late.clock.advance(10 * SECOND);
    assert.deepEqual(seen(), [true]);
    assert.equal(late.drain(late.shards()[0]!.ShardId).ended, true);
    late.clock.advance(20 * SECOND);
    assert.deepEqual(seen(), [true, false]);

    const omitting = new Local({ partitions: 1, parentOmissionMs: [40_000, 40_000] });
    omitting.clock.advance(MINUTE);
    omitting.simulator.rollover('orders');
    const [orphan, ...others] = omitting.shards();
    assert.ok(orphan?.ParentShardId);
    assert.equal(others.length, 0);
    omitting.clock.advance(40 * SECOND);
    assert.equal(omitting.shards().length, 2);
  });

  it('may disappear from listings once, after they were listed', () => {
    const local = new Local({
      partitions: 1,
      shardRolloverMs: Infinity,
      listedShardHiddenMs: [50 * SECOND, 50 * SECOND],
    });
    const seen: number[] = [];
    for (let second = 0; second < 5 * 3_600; second += 10) {
      seen.push(local.shards().length);
      local.clock.advance(10 * SECOND);
    }
    assert.equal(seen[0], 1);
    const first = seen.indexOf(0);
    assert.ok(first >= 6, String(first));
    assert.deepEqual(seen.slice(first, first + 5), [0, 0, 0, 0, 0]);
    assert.equal(seen.filter((count) => count === 0).length, 5);
  });

  it('are the same for the same seed', () => {
    const made = (seed: number): unknown => {
      const local = new Local(hostile, undefined, seed);
      for (let i = 0; i < 300; i++) {
        local.put(`k${i % 17}`, { v: { N: String(i) } });
        local.clock.advance(5 * MINUTE);
      }
      return local.all();
    };
    assert.deepEqual(made(7), made(7));
    assert.notDeepEqual(made(7), made(8));
  });
});
