import assert from 'node:assert/strict';
import type { FullExportRequest, IncrementalExportRequest } from '../../../runtime/aws/services';
import { SdkServices } from '../../../runtime/aws/sdk';
import { LocalClock } from '../../../runtime/clock';
import { ExportFailed, ExportTokenTaken } from '../../../runtime/export/errors';
import { readManifest } from '../../../runtime/export/manifest';
import { awaitExport, requestOrFindExport } from '../../../runtime/export/request';
import { exportToken } from '../../../runtime/export/token';
import { readBlocks } from '../../../runtime/export/data-file';
import { type EventMap, Events } from '../../../runtime/observe/events';
import { type Listening, ManualClock, Simulator } from '../../../simulator';
import { HandClock } from '../aws/hand-clock';

const MINUTE = 60_000;

describe('The token of an export (rule A3)', () => {
  const identity = { pipeline: '1/eu/orders', tableId: 'id', generation: 1, attempt: 0 };

  it('is the same each time, and another one if anything differs', () => {
    const tokens = [
      identity,
      { ...identity, pipeline: '1/eu/orders2' },
      { ...identity, tableId: 'other' },
      { ...identity, tableId: undefined },
      { ...identity, generation: 2 },
      { ...identity, attempt: 1 },
      { ...identity, attempt: 'verify 1' },
      { ...identity, generation: 11, attempt: 1 },
      { ...identity, generation: 1, attempt: 11 },
    ].map(exportToken);
    assert.equal(new Set(tokens).size, tokens.length);
    assert.equal(exportToken({ ...identity }), tokens[0]);
  });

  it('has no character that AWS refuses, whatever the pipeline’s name', () => {
    assert.match(exportToken({ ...identity, pipeline: 'a$b' }), /^[A-Za-z0-9-]{1,64}$/);
  });
});

describe('Requesting an export and waiting for it', () => {
  let simulated: ManualClock;
  let simulator: Simulator;
  let listening: Listening;
  let aws: SdkServices;
  let clock: HandClock;
  let events: Events;
  let progress: EventMap['export.progress'][];
  let tableArn: string;
  let request: FullExportRequest;

  beforeEach(async () => {
    simulated = new ManualClock();
    simulator = new Simulator({ clock: simulated, seed: 3 });
    simulator.call('dynamodb', 'CreateTable', {
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    simulator.call('dynamodb', 'UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    simulator.s3.createBucket('my-exports');
    for (let i = 0; i < 40; i++) {
      simulator.call('dynamodb', 'PutItem', { TableName: 'orders', Item: { id: { S: `key ${i}` } } });
    }
    simulated.advance(20 * MINUTE);
    listening = await simulator.listen();
    aws = new SdkServices(
      {
        region: simulator.region,
        endpoint: listening.url,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      },
      new LocalClock(),
    );
    tableArn = (await aws.describeTable('orders')).arn;
    request = {
      tableArn,
      clientToken: 'ours',
      exportTime: Math.floor(simulated.now() / 1000) * 1000,
      bucket: 'my-exports',
      bucketOwner: undefined,
      prefix: 'p',
      kmsKeyId: undefined,
    };
    clock = new HandClock();
    clock.onSleep = () => simulated.advance(20_000);
    events = new Events();
    progress = [];
    events.on('export.progress', (event) => progress.push(event));
  });
  afterEach(async () => {
    aws.close();
    await listening.close();
  });

  const wait = (arn: string, signal?: AbortSignal) =>
    awaitExport(aws, arn, { clock, events, pipeline: 'pipeline', pauseMs: 15_000 }, signal);

  it('returns every item, file by file', async () => {
    const { arn } = await requestOrFindExport(aws, request);
    const description = await wait(arn);
    const manifest = await readManifest(aws, description, request.exportTime);
    assert.equal(manifest.itemCount, 40);
    const ids: string[] = [];
    for (const file of manifest.files) {
      for await (const block of readBlocks(aws, manifest.bucket, file, { clock })) {
        for (const line of Buffer.from(block).toString().trimEnd().split('\n')) {
          ids.push((JSON.parse(line) as { Item: { id: { S: string } } }).Item.id.S);
        }
      }
    }
    assert.deepEqual(ids.sort(), Array.from({ length: 40 }, (_, i) => `key ${i}`).sort());
  });

  it('polls at the given pause and reports the elapsed time', async () => {
    const { arn } = await requestOrFindExport(aws, request);
    await wait(arn);
    assert.ok(clock.sleeps.length > 5);
    assert.ok(clock.sleeps.every((ms) => ms === 15_000));
    assert.equal(progress.length, clock.sleeps.length);
    assert.deepEqual([progress[0]!.pipeline, progress[0]!.exportArn], ['pipeline', arn]);
    assert.ok(progress.at(-1)!.elapsedMs >= 2 * MINUTE);
  });

  it('row 26: a request repeated after a crash finds the same export', async () => {
    const first = await requestOrFindExport(aws, request);
    simulated.advance(MINUTE);
    const again = await requestOrFindExport(aws, request);
    assert.equal(again.arn, first.arn);
    assert.equal((await aws.listExports(tableArn)).length, 1);
  });

  it('row 21: a token already used with another bucket or time leads to the export it started', async () => {
    for (const clientToken of ['other 1', 'other 2']) await aws.requestExport({ ...request, clientToken });
    const ours = await requestOrFindExport(aws, request);
    const other = { ...request, prefix: 'elsewhere', exportTime: request.exportTime - MINUTE };
    const found = await requestOrFindExport(aws, other);
    assert.equal(found.arn, ours.arn);
    assert.equal(found.prefix, 'p');
    assert.equal(found.exportTime, request.exportTime);
  });

  describe('of the changes of a window', () => {
    const changes = (): IncrementalExportRequest => {
      const { exportTime: to, ...place } = request;
      return { ...place, window: { from: to - 15 * MINUTE, to } };
    };

    it('rows 21 and 26: a repeated request, also with another bucket, finds the export of its token', async () => {
      await requestOrFindExport(aws, { ...request, clientToken: 'full' });
      const ours = await requestOrFindExport(aws, changes());
      assert.deepEqual(ours.window, changes().window);
      assert.equal((await requestOrFindExport(aws, changes())).arn, ours.arn);
      const found = await requestOrFindExport(aws, { ...changes(), prefix: 'elsewhere' });
      assert.deepEqual([found.arn, found.prefix, found.window], [ours.arn, 'p', ours.window]);
      assert.equal((await wait(ours.arn)).window?.from, changes().window.from);
    });

    it('row 21: never takes a full export for it, nor the reverse', async () => {
      for (const [first, then] of [
        [() => requestOrFindExport(aws, request), () => requestOrFindExport(aws, changes())],
        [
          () => requestOrFindExport(aws, { ...changes(), clientToken: 'second' }),
          () => requestOrFindExport(aws, { ...request, clientToken: 'second' }),
        ],
      ]) {
        await first!();
        await assert.rejects(then!(), (error) => {
          assert.ok(error instanceof ExportTokenTaken);
          assert.match(error.message, /it started is of the other type/);
          return true;
        });
      }
    });
  });

  it('row 21: and reports it if exports may not be listed', async () => {
    await requestOrFindExport(aws, request);
    simulator.faults.add({
      operation: 'ListExports',
      answer: { kind: 'error', type: 'AccessDeniedException', status: 400 },
    });
    await assert.rejects(requestOrFindExport(aws, { ...request, prefix: 'elsewhere' }), (error) => {
      assert.ok(error instanceof ExportTokenTaken);
      assert.match(error.message, /token ours.*dynamodb:ListExports/);
      return true;
    });
  });

  it('row 25: a bucket that does not exist fails the export late, with what to do in the message', async () => {
    const { arn } = await requestOrFindExport(aws, { ...request, bucket: 'not-there' });
    await assert.rejects(wait(arn), (error) => {
      assert.ok(error instanceof ExportFailed);
      assert.equal(error.failureCode, 'S3NoSuchBucket');
      assert.match(error.message, /aws s3 mb s3:\/\/not-there/);
      return true;
    });
  });

  for (const [code, says] of [
    ['S3AccessDenied', /s3:PutObject and s3:AbortMultipartUpload on arn:aws:s3:::my-exports\/p\/\*/],
    ['KMSAccessDenied', /kms:GenerateDataKey/],
    ['UNKNOWN', /Start again/],
  ] as const) {
    it(`row 25: an export failed with ${code}`, async () => {
      simulator.failNextExport(code, 'said by AWS');
      const { arn } = await requestOrFindExport(aws, request);
      await assert.rejects(wait(arn), (error) => {
        assert.ok(error instanceof ExportFailed);
        assert.deepEqual([error.failureCode, error.failureMessage], [code, 'said by AWS']);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it('row 24: AWS has forgotten the export', async () => {
    await assert.rejects(wait(`${tableArn}/export/01700000000000-deadbeef`), {
      code: 'ExportNotFoundException',
      kind: 'fatal',
    });
  });

  it('stops waiting with the signal’s reason', async () => {
    const { arn } = await requestOrFindExport(aws, request);
    const controller = new AbortController();
    const reason = new Error('shutting down');
    clock.onSleep = () => controller.abort(reason);
    await assert.rejects(wait(arn, controller.signal), (error) => error === reason);
  });
});
