import assert from 'node:assert/strict';
import { HOUR, Local, MINUTE, SECOND, failure } from '../fixture';

describe('simulator: stream records', () => {
  it('has the images of its view type, and always the keys', () => {
    const shown = (view: string): unknown[] => {
      const local = new Local({ partitions: 1 }, view);
      local.put('a', { v: { N: '1' } });
      local.put('a', { v: { N: '2' } });
      local.remove('a');
      return local
        .all()
        .map(({ eventName, dynamodb }) => [
          eventName,
          dynamodb.OldImage?.['v'] ?? null,
          dynamodb.NewImage?.['v'] ?? null,
          dynamodb.Keys['id'],
        ]);
    };
    const key = { S: 'a' };
    const one = { N: '1' };
    const two = { N: '2' };
    assert.deepEqual(shown('NEW_AND_OLD_IMAGES'), [
      ['INSERT', null, one, key],
      ['MODIFY', one, two, key],
      ['REMOVE', two, null, key],
    ]);
    assert.deepEqual(shown('NEW_IMAGE'), [
      ['INSERT', null, one, key],
      ['MODIFY', null, two, key],
      ['REMOVE', null, null, key],
    ]);
    assert.deepEqual(shown('OLD_IMAGE'), [
      ['INSERT', null, null, key],
      ['MODIFY', one, null, key],
      ['REMOVE', two, null, key],
    ]);
    assert.deepEqual(shown('KEYS_ONLY'), [
      ['INSERT', null, null, key],
      ['MODIFY', null, null, key],
      ['REMOVE', null, null, key],
    ]);
  });

  it('has the members of real records, with the time rounded down to the second', () => {
    const local = new Local({ partitions: 1 });
    local.clock.advance(1999);
    local.put('a', { v: { S: 'xyz' } });
    const [record] = local.all();
    assert.match(record!.eventID, /^[0-9a-f]{32}$/);
    assert.match(record!.dynamodb.SequenceNumber, /^\d{21,40}$/);
    assert.equal(record!.dynamodb.ApproximateCreationDateTime, Math.floor(local.clock.now() / 1000));
    assert.equal(record!.dynamodb.SizeBytes, 3 + 3 + 4);
    assert.equal(record!.dynamodb.StreamViewType, 'NEW_AND_OLD_IMAGES');
    assert.deepEqual(
      { ...record, eventID: '', dynamodb: {} },
      {
        eventID: '',
        eventName: 'INSERT',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        dynamodb: {},
      },
    );
  });

  it('writes no record for a write that changes nothing or deletes nothing', () => {
    const local = new Local({ partitions: 1 });
    local.put('a', { v: { N: '1' } });
    local.put('a', { v: { N: '1.0' } });
    local.remove('b');
    assert.equal(local.all().length, 1);
  });

  it('marks deletes by time to live with the service’s identity, in capitals', () => {
    const local = new Local({ partitions: 1 });
    local.dynamodb('UpdateTimeToLive', {
      TableName: 'orders',
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' },
    });
    local.put('a', { until: { N: String(local.clock.now() / 1000 + 60) } });
    local.clock.advance(HOUR);
    const [, removal] = local.all();
    assert.equal(removal?.eventName, 'REMOVE');
    assert.deepEqual(removal?.userIdentity, { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' });
  });

  it('returns pages of at most 1000 records and about 1 MB', () => {
    const local = new Local({ partitions: 1 });
    for (let i = 0; i < 1500; i++) local.put(`small ${i}`);
    for (let i = 0; i < 6; i++) local.put(`large ${i}`, { v: { S: 'x'.repeat(300_000) } });
    const [shard] = local.shards();
    const sizes: number[] = [];
    let next: string | undefined = local.iterator(shard!.ShardId);
    while (next && sizes.length < 9) {
      const page = local.page(next);
      if (page.Records.length === 0) break;
      sizes.push(page.Records.length);
      next = page.NextShardIterator;
    }
    assert.deepEqual(sizes, [1000, 503, 3]);
    assert.equal(local.page(local.iterator(shard!.ShardId), 7).Records.length, 7);
    assert.equal(
      failure(() => local.page(local.iterator(shard!.ShardId), 1001)),
      'ValidationException',
    );
  });

  it('delivers late, in order, and after empty pages, if set so', () => {
    const local = new Local({
      partitions: 1,
      propagationMs: [500, 1900],
      emptyPagesBeforeData: { probability: 1, most: 2 },
      falseEmptyPages: { probability: 1, most: 1 },
    });
    for (let i = 0; i < 5; i++) local.put(`${i}`);
    const [shard] = local.shards();
    let page = local.page(local.iterator(shard!.ShardId));
    assert.equal(page.Records.length, 0);
    local.clock.advance(2 * SECOND);
    const sizes: number[] = [];
    const ids: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      page = local.page(page.NextShardIterator!, 2);
      sizes.push(page.Records.length);
      ids.push(...page.Records.map((record) => record.dynamodb.Keys['id']));
    }
    assert.deepEqual(sizes, [0, 0, 2, 0, 2, 0, 1]);
    assert.deepEqual(
      ids,
      ['0', '1', '2', '3', '4'].map((S) => ({ S })),
    );
  });

  it('may have an inexact creation time', () => {
    const local = new Local({ partitions: 1, creationTimeJitterMs: [-4000, 0] });
    for (let i = 0; i < 50; i++) local.put(`${i}`);
    const seconds = new Set(local.all().map((record) => record.dynamodb.ApproximateCreationDateTime));
    const now = local.clock.now() / 1000;
    assert.ok(seconds.has(now - 4) && seconds.size > 2 && Math.max(...seconds) <= now, String([...seconds]));
  });
});

describe('simulator: shard iterators', () => {
  const SHARD = 'shardId-00000000000000000001-00000000';

  it('start at the horizon, at or after a number, or at the end', () => {
    const local = new Local({ partitions: 1 });
    for (const id of ['a', 'b', 'c']) local.put(id);
    const [shard] = local.shards();
    const numbers = local.all().map((record) => record.dynamodb.SequenceNumber);
    const ids = (type: string, number?: string): unknown[] => {
      const page = local.page(local.iterator(shard!.ShardId, type, number));
      return page.Records.map((record) => record.dynamodb.Keys['id']);
    };
    assert.deepEqual(ids('TRIM_HORIZON'), [{ S: 'a' }, { S: 'b' }, { S: 'c' }]);
    assert.deepEqual(ids('AT_SEQUENCE_NUMBER', numbers[1]), [{ S: 'b' }, { S: 'c' }]);
    assert.deepEqual(ids('AFTER_SEQUENCE_NUMBER', numbers[1]), [{ S: 'c' }]);
    assert.deepEqual(
      ids('AFTER_SEQUENCE_NUMBER', shard!.SequenceNumberRange.StartingSequenceNumber).length,
      3,
    );
    const latest = local.iterator(shard!.ShardId, 'LATEST');
    local.put('d');
    assert.deepEqual(
      local.page(latest).Records.map((record) => record.dynamodb.Keys['id']),
      [{ S: 'd' }],
    );
  });

  it('LATEST may miss the next write', () => {
    const local = new Local({ partitions: 1, latestMiss: 1 });
    const latest = local.iterator(local.shards()[0]!.ShardId, 'LATEST');
    local.put('missed');
    assert.equal(local.page(latest).Records.length, 0);
    local.put('seen');
    assert.deepEqual(local.page(latest).Records[0]?.dynamodb.Keys['id'], { S: 'seen' });
  });

  it('rejects what AWS rejects', () => {
    const local = new Local({ partitions: 1 });
    local.put('a');
    const shardId = local.shards()[0]!.ShardId;
    const number = local.all()[0]!.dynamodb.SequenceNumber;
    const arn = local.arn;
    const get = (input: Record<string, unknown>): string =>
      failure(() => local.streams('GetShardIterator', { StreamArn: arn, ShardId: shardId, ...input }));
    assert.equal(get({ ShardIteratorType: 'TRIM_HORIZON' }), 'none');
    assert.equal(get({}), 'ValidationException');
    assert.equal(get({ ShardIteratorType: 'FIRST' }), 'ValidationException');
    assert.equal(get({ ShardIteratorType: 'AT_SEQUENCE_NUMBER' }), 'ValidationException');
    assert.equal(get({ ShardIteratorType: 'LATEST', SequenceNumber: number }), 'ValidationException');
    assert.equal(
      get({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '12' }),
      'ValidationException',
    );
    assert.equal(get({ ShardIteratorType: 'LATEST', ShardId: SHARD }), 'ResourceNotFoundException');
    assert.equal(
      get({ ShardIteratorType: 'LATEST', StreamArn: 'arn:nonsense:of:length:forty:at:least:xx' }),
      'ValidationException',
    );
    assert.equal(get({ ShardIteratorType: 'LATEST', StreamArn: `${arn}9` }), 'ResourceNotFoundException');
    assert.equal(
      failure(() => local.page('nonsense')),
      'ValidationException',
    );
  });

  for (const [operation, parameter, ...values] of [
    ['ListStreams', 'TableName', '', 'a b'],
    ['ListStreams', 'ExclusiveStartStreamArn', '', 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders'],
    ['DescribeStream', 'StreamArn', '', 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders'],
    ['DescribeStream', 'ExclusiveStartShardId', '', 'shardId-1'],
    ['GetShardIterator', 'ShardId', '', 'x'.repeat(66)],
    ['GetShardIterator', 'SequenceNumber', '', 'abcdefghijklmnopqrstuvwxyz'],
    ['GetRecords', 'ShardIterator', '', 'x'.repeat(2049)],
  ] as const) {
    it(`rejects an empty or malformed ${parameter} of ${operation}`, () => {
      const local = new Local({ partitions: 1 });
      const whole = {
        ListStreams: {},
        DescribeStream: { StreamArn: local.arn },
        GetShardIterator: {
          StreamArn: local.arn,
          ShardId: local.shards()[0]!.ShardId,
          ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        },
        GetRecords: {},
      }[operation];
      for (const value of values) {
        assert.equal(
          failure(() => local.streams(operation, { ...whole, [parameter]: value })),
          'ValidationException',
          value,
        );
      }
    });
  }

  it('rejects a malformed shard in a filter', () => {
    const local = new Local();
    const ShardFilter = { Type: 'CHILD_SHARDS', ShardId: 'x' };
    assert.equal(
      failure(() => local.streams('DescribeStream', { StreamArn: local.arn, ShardFilter })),
      'ValidationException',
    );
  });

  it('can be reused for 15 minutes, then expire', () => {
    const local = new Local({ partitions: 1 });
    local.put('a');
    const iterator = local.iterator(local.shards()[0]!.ShardId);
    local.clock.advance(15 * MINUTE);
    assert.equal(local.page(iterator).Records.length, 1);
    assert.equal(local.page(iterator).Records.length, 1);
    local.clock.advance(1);
    assert.equal(
      failure(() => local.page(iterator)),
      'ExpiredIteratorException',
    );
  });
});
