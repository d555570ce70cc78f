import {
  BatchGetItemCommand,
  DescribeTableCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand } from '@aws-sdk/client-dynamodb-streams';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { otherRegion } from '../../acceptance/buckets';
import { hostile } from '../../simulator';
import { Laboratory } from './laboratory';

describe('acceptance: the lab of a check', () => {
  it('has a table with stream and recovery, and finds it again', async () => {
    const laboratory = new Laboratory({ knobs: { ...hostile, tableCreatingMs: 20_000 } });
    const lab = await laboratory.lab('E1');
    const options = { stream: 'NEW_IMAGE', recovery: true, timeToLive: 'expires' } as const;
    const table = await laboratory.run(lab.table('one', options));
    assert.equal(table.name, 'replicator-acceptance-abcd1234-one');
    assert.match(table.streamArn ?? '', /\/stream\//);
    assert.deepEqual(await laboratory.run(lab.table('one', options)), table);
    const { Table } = await laboratory.run(
      lab.dynamodb.send(new DescribeTableCommand({ TableName: table.name })),
    );
    assert.equal(Table?.TableStatus, 'ACTIVE');
  });

  it('has the replicator’s rights: streams and keys, but no items and no writes', async () => {
    const laboratory = new Laboratory();
    const lab = await laboratory.lab('E26');
    const { name, streamArn } = await laboratory.run(lab.table('keys', { stream: 'KEYS_ONLY' }));
    const { dynamodb, streams, s3 } = lab.asReplicator;
    const item = { pk: { S: 'a' }, secret: { S: 'b' } };
    await laboratory.run(lab.dynamodb.send(new PutItemCommand({ TableName: name, Item: item })));
    await laboratory.run(streams.send(new DescribeStreamCommand({ StreamArn: streamArn })));
    const keys = (projection: object) =>
      laboratory.run(
        dynamodb.send(
          new BatchGetItemCommand({
            RequestItems: { [name]: { Keys: [{ pk: { S: 'a' } }], ...projection } },
          }),
        ),
      );
    const { Responses } = await keys({ ProjectionExpression: 'pk' });
    assert.deepEqual(Responses, { [name]: [{ pk: { S: 'a' } }] });
    const denied = { name: 'AccessDeniedException' };
    await assert.rejects(keys({}), denied);
    await assert.rejects(keys({ ProjectionExpression: 'secret' }), denied);
    await assert.rejects(laboratory.run(dynamodb.send(new ScanCommand({ TableName: name }))), denied);
    await assert.rejects(
      laboratory.run(s3.send(new PutObjectCommand({ Bucket: 'another', Key: 'x', Body: 'y' }))),
      { name: 'AccessDenied' },
    );
  });

  it('has a bucket in another region only once it asks for it, tagged, and finds it again', async () => {
    const laboratory = new Laboratory();
    const lab = await laboratory.lab('cross-region');
    const { s3 } = laboratory.simulator;
    const name = 'replicator-acceptance-abcd1234-away';
    assert.ok(s3.listBuckets().every((bucket) => bucket.name !== name));
    const made = { name, region: 'us-east-1' };
    assert.deepEqual(await laboratory.run(lab.bucketAway()), made);
    assert.deepEqual(await laboratory.run(lab.bucketAway()), made);
    assert.equal(laboratory.simulator.store.regionOf(name), 'us-east-1');
    assert.deepEqual([...s3.getBucketTagging(name)], [['replicator-acceptance', 'abcd1234']]);
  });

  it('another region is in the same partition', () => {
    for (const [region, expected] of [
      ['eu-west-1', 'us-east-1'],
      ['us-west-2', 'us-east-1'],
      ['us-east-1', 'us-west-2'],
      ['cn-north-1', 'cn-northwest-1'],
      ['us-gov-east-1', 'us-gov-west-1'],
    ] as const)
      assert.equal(otherRegion(region), expected);
  });

  it('knows AWS’s time of a response, and remembers', async () => {
    const laboratory = new Laboratory();
    const lab = await laboratory.lab('E1');
    const { name } = await laboratory.run(lab.table('one'));
    const output = await laboratory.run(lab.dynamodb.send(new DescribeTableCommand({ TableName: name })));
    assert.equal(lab.dateOf(output), Math.floor(laboratory.clock.now() / 1_000) * 1_000);
    assert.equal(lab.dateOf({}), undefined);
    const missing = lab.dynamodb.send(new DescribeTableCommand({ TableName: 'missing' }));
    const error = await laboratory.run(missing).catch((each: unknown) => each);
    assert.equal(lab.dateOf(error as Error), lab.dateOf(output), 'an error has a time, too');
    assert.equal(await laboratory.run(lab.recall('shards')), undefined);
    await laboratory.run(lab.remember('shards', { first: 'a', at: 5 }));
    assert.deepEqual(await laboratory.run(lab.recall('shards')), { first: 'a', at: 5 });
  });

  it('ends sleeps and calls when the run is stopped', async () => {
    const laboratory = new Laboratory();
    const controller = new AbortController();
    const lab = await laboratory.lab('E1', controller.signal);
    const sleeping = lab.clock.sleep(1_000_000);
    controller.abort(new Error('stopped'));
    await assert.rejects(sleeping, { message: 'stopped' });
    await assert.rejects(async () => lab.dynamodb.send(new DescribeTableCommand({ TableName: 'x' })), {
      message: 'stopped',
    });
  });

  it('has random numbers that only seed and check determine', async () => {
    const numbers = async (id: string) => {
      const { random } = await new Laboratory().lab(id);
      return [random(), random(), random()];
    };
    assert.deepEqual(await numbers('E1'), await numbers('E1'));
    assert.notDeepEqual(await numbers('E1'), await numbers('E2'));
    for (const number of await numbers('E1')) assert.ok(number >= 0 && number < 1);
  });
});
