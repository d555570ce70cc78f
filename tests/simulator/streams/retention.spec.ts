import assert from 'node:assert/strict';
import { HOUR, Local, MINUTE, SECOND, failure } from '../fixture';

const quiet = { partitions: 1, shardRolloverMs: Infinity };

describe('simulator: trimming', () => {
  it('drops records after 24 hours, silently at the trim horizon', () => {
    const local = new Local(quiet);
    local.put('old');
    local.clock.advance(23 * HOUR);
    local.put('new');
    local.clock.advance(HOUR);
    assert.deepEqual(
      local.all().map((record) => record.dynamodb.Keys['id']),
      [{ S: 'new' }],
    );
  });

  it('rejects trimmed positions', () => {
    const local = new Local(quiet);
    for (const id of ['a', 'b', 'c']) local.put(id);
    const shardId = local.shards()[0]!.ShardId;
    const first = local.all()[0]!.dynamodb.SequenceNumber;
    local.clock.advance(24 * HOUR - 10 * MINUTE);
    const iterator = local.iterator(shardId, 'AFTER_SEQUENCE_NUMBER', first);
    local.clock.advance(10 * MINUTE);
    assert.equal(
      failure(() => local.page(iterator)),
      'TrimmedDataAccessException',
    );
    assert.equal(
      failure(() => local.iterator(shardId, 'AFTER_SEQUENCE_NUMBER', first)),
      'TrimmedDataAccessException',
    );
  });

  it('silently skips trimmed records, if set so', () => {
    const local = new Local({ ...quiet, silentTrim: true });
    local.put('a');
    local.put('b');
    const shardId = local.shards()[0]!.ShardId;
    const first = local.all()[0]!.dynamodb.SequenceNumber;
    local.clock.advance(24 * HOUR);
    local.put('c');
    const page = local.page(local.iterator(shardId, 'AFTER_SEQUENCE_NUMBER', first));
    assert.deepEqual(
      page.Records.map((record) => record.dynamodb.Keys['id']),
      [{ S: 'c' }],
    );
  });

  it('may be late', () => {
    const local = new Local({ ...quiet, trimLazinessMs: [HOUR, HOUR] });
    local.put('a');
    local.clock.advance(25 * HOUR - 1);
    assert.equal(local.all().length, 1);
    local.clock.advance(1);
    assert.equal(local.all().length, 0);
  });

  it('drops closed shards, parents first, and then no longer knows them', () => {
    const local = new Local({ partitions: 1, shardRolloverMs: Infinity, closedShardListedMs: [HOUR, HOUR] });
    const [root] = local.shards();
    local.clock.advance(HOUR);
    local.simulator.rollover('orders');
    local.clock.advance(25 * HOUR);
    assert.equal(local.shards().length, 2);
    local.clock.advance(1);
    const [child, ...others] = local.shards();
    assert.equal(others.length, 0);
    assert.equal(child?.ParentShardId, root?.ShardId);
    assert.equal(
      failure(() => local.iterator(root!.ShardId)),
      'ResourceNotFoundException',
    );
  });

  it('keeps no more shards after a week than those of a day', () => {
    const local = new Local({ partitions: 5 });
    let most = 0;
    for (let hour = 0; hour < 7 * 24; hour++) {
      local.clock.advance(HOUR);
      most = Math.max(most, local.shards().length);
    }
    assert.ok(most <= 5 * 8, String(most));
  });
});

describe('simulator: streams of a table', () => {
  const specify = (local: Local, StreamEnabled: boolean, StreamViewType?: string): unknown =>
    local.dynamodb('UpdateTable', {
      TableName: 'orders',
      StreamSpecification: { StreamEnabled, ...(StreamViewType ? { StreamViewType } : {}) },
    });
  const status = (local: Local, arn: string): string =>
    local.streams('DescribeStream', { StreamArn: arn }).StreamDescription.StreamStatus;

  it('end when disabled, stay readable for a day, and get a new ARN when enabled again', () => {
    const local = new Local({ partitions: 2 });
    local.put('a');
    const first = local.arn;
    local.clock.advance(SECOND);
    specify(local, false);
    assert.equal(
      local.dynamodb('DescribeTable', { TableName: 'orders' }).Table.StreamSpecification,
      undefined,
    );
    local.put('unseen');
    assert.equal(status(local, first), 'DISABLED');
    specify(local, true, 'NEW_IMAGE');
    const second = local.arn;
    assert.notEqual(second, first);
    local.put('b');
    assert.deepEqual(
      local.all(first).map((record) => record.dynamodb.Keys['id']),
      [{ S: 'a' }],
    );
    for (const shard of local.shards(first)) assert.ok(shard.SequenceNumberRange.EndingSequenceNumber);
    assert.deepEqual(
      local.all(second).map((record) => record.dynamodb.Keys['id']),
      [{ S: 'b' }],
    );
    const listed = (): string[] =>
      local
        .streams('ListStreams', { TableName: 'orders' })
        .Streams.map((each: { StreamArn: string }) => each.StreamArn);
    assert.deepEqual(listed(), [first, second]);
    local.clock.advance(24 * HOUR + 1);
    assert.deepEqual(listed(), [second]);
    assert.equal(
      failure(() => status(local, first)),
      'ResourceNotFoundException',
    );
  });

  it('cannot be enabled twice or disabled twice', () => {
    const local = new Local();
    assert.equal(
      failure(() => specify(local, true, 'KEYS_ONLY')),
      'ValidationException',
    );
    specify(local, false);
    assert.equal(
      failure(() => specify(local, false)),
      'ValidationException',
    );
    assert.equal(
      failure(() => specify(local, true)),
      'ValidationException',
    );
    const without = new Local();
    without.dynamodb('CreateTable', {
      TableName: 'without',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: false },
    });
    const off = { TableName: 'without', StreamSpecification: { StreamEnabled: false } };
    assert.equal(
      failure(() => without.dynamodb('UpdateTable', off)),
      'ValidationException',
    );
    const never = new Local({}, undefined);
    never.dynamodb('DeleteTable', { TableName: 'orders' });
  });

  it('outlive their table by a day', () => {
    const local = new Local({ partitions: 1 });
    local.put('a');
    const first = local.arn;
    local.dynamodb('DeleteTable', { TableName: 'orders' });
    local.clock.advance(MINUTE);
    assert.equal(status(local, first), 'DISABLED');
    local.createTable();
    local.put('b');
    assert.notEqual(local.arn, first);
    assert.equal(local.all(first).length, 1);
    assert.equal(local.all().length, 1);
  });

  it('take a while to be enabled and disabled, if set so', () => {
    const local = new Local({ streamEnablingMs: 5000, streamDisablingMs: 5000 });
    const arn = local.arn;
    assert.equal(status(local, arn), 'ENABLING');
    local.clock.advance(5000);
    assert.equal(status(local, arn), 'ENABLED');
    specify(local, false);
    assert.equal(status(local, arn), 'DISABLING');
    local.clock.advance(5000);
    assert.equal(status(local, arn), 'DISABLED');
  });

  it('are listed page by page', () => {
    const local = new Local();
    for (let i = 0; i < 4; i++) {
      specify(local, false);
      specify(local, true, 'NEW_IMAGE');
    }
    const first = local.streams('ListStreams', { Limit: 3 });
    assert.equal(first.Streams.length, 3);
    const rest = local.streams('ListStreams', { ExclusiveStartStreamArn: first.LastEvaluatedStreamArn });
    assert.deepEqual([rest.Streams.length, rest.LastEvaluatedStreamArn], [2, undefined]);
  });
});
