import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { everyday } from '../../../simulator';
import type { Knobs } from '../../../simulator';
import { sized } from '../../seeds';
import { HOUR, MINUTE, SECOND, failure } from '../fixture';
import { Exporting, TABLE_ARN } from './exporting';
import type { Description } from './exporting';

const md5 = (bytes: Buffer | string): Buffer => createHash('md5').update(bytes).digest();

describe('simulator: exports', () => {
  it('have AWS’s layout, byte for byte', () => {
    const local = new Exporting({ exportCut: 'exact' });
    local.put('a', { n: { N: '1' }, list: { L: [{ S: '☃' }] } });
    local.recoverable();
    const started = local.clock.now();
    const done = local.finished({ S3Prefix: 'some/prefix' });
    assert.equal(done.ExportStatus, 'COMPLETED');
    const id = done.ExportArn.slice(done.ExportArn.lastIndexOf('/') + 1);
    assert.match(id, new RegExp(`^${String(started).padStart(14, '0')}-[0-9a-f]{8}$`));
    const folder = `some/prefix/AWSDynamoDB/${id}`;
    assert.equal(done.ExportManifest, `${folder}/manifest-summary.json`);
    const data = local.keys(`${folder}/data/`);
    assert.equal(data.length, 4);
    for (const key of data) assert.match(key.slice(folder.length), /^\/data\/[a-z2-7]{26}\.json\.gz$/);
    assert.deepEqual(
      local.keys().filter((key) => !data.includes(key)),
      [
        '_started',
        'manifest-files.json',
        'manifest-files.md5',
        'manifest-summary.json',
        'manifest-summary.md5',
      ].map((name) => `${folder}/${name}`),
    );
    assert.equal(local.text(`${folder}/_started`), '');

    const manifest = local.text(`${folder}/manifest-files.json`);
    assert.ok(manifest.endsWith('}\n'));
    assert.equal(local.text(`${folder}/manifest-files.md5`), md5(manifest).toString('base64'));
    let empty = 0;
    for (const line of manifest.trimEnd().split('\n')) {
      const entry = JSON.parse(line) as Record<string, string | number>;
      assert.deepEqual(Object.keys(entry), ['itemCount', 'md5Checksum', 'etag', 'dataFileS3Key']);
      const object = local.simulator.s3.getObject('exports', entry['dataFileS3Key'] as string);
      assert.equal(entry['md5Checksum'], md5(object.body).toString('base64'));
      assert.equal(entry['etag'], `${md5(md5(object.body)).toString('hex')}-1`);
      assert.equal(object.etag, `"${entry['etag']}"`);
      assert.equal(object.body.subarray(0, 10).toString('hex'), '1f8b08000000000000ff');
      if (entry['itemCount'] !== 0) continue;
      empty++;
      assert.equal(object.body.length, 20);
      assert.equal(entry['md5Checksum'], 'FjvgqIxwymKf1RbbqtrZag==');
    }
    assert.equal(empty, 3);

    const summary = local.text(done.ExportManifest);
    assert.equal(local.text(`${folder}/manifest-summary.md5`), md5(summary).toString('base64'));
    assert.equal(
      summary,
      JSON.stringify({
        version: '2020-06-30',
        exportArn: done.ExportArn,
        startTime: new Date(started).toISOString(),
        endTime: new Date((done['EndTime'] as number) * 1000).toISOString(),
        tableArn: TABLE_ARN,
        tableId: local.dynamodb('DescribeTable', { TableName: 'orders' }).Table.TableId,
        exportTime: new Date(started).toISOString(),
        s3Bucket: 'exports',
        s3Prefix: 'some/prefix',
        s3SseAlgorithm: 'AES256',
        s3SseKmsKeyId: null,
        manifestFilesS3Key: `${folder}/manifest-files.json`,
        billedSizeBytes: done['BilledSizeBytes'],
        itemCount: 1,
        outputFormat: 'DYNAMODB_JSON',
      }),
    );
    assert.deepEqual(local.items(done), [{ id: { S: 'a' }, n: { N: '1' }, list: { L: [{ S: '☃' }] } }]);
  });

  it('have each item as of its own cut, at most 60 seconds from the export’s time', () => {
    for (const exportCut of ['exact', 'edges', 'uniform', 'mixed'] as const) {
      const local = new Exporting({ exportCut, exportTimeRounding: 'none' });
      const keys = Array.from({ length: 40 }, (_, i) => `k${i}`);
      for (const key of keys) local.put(key, { second: { N: '-1000' } });
      local.recoverable();
      local.clock.advance(HOUR);
      const exportTime = local.clock.now();
      for (let second = -90; second <= 90; second += 3) {
        local.clock.set(exportTime + second * SECOND + 90 * SECOND);
        for (const key of keys) local.put(key, { second: { N: String(second) } });
      }
      local.clock.advance(10 * MINUTE);
      const done = local.finished({ ExportTime: (exportTime + 90 * SECOND) / 1000 });
      const cuts = local.items(done).map((item) => Number((item['second'] as { N: string }).N));
      assert.equal(cuts.length, keys.length);
      assert.ok(Math.min(...cuts) >= -60 && Math.max(...cuts) <= 60, String(cuts));
      const kinds = new Set(cuts).size;
      if (exportCut === 'exact') assert.equal(kinds, 1);
      if (exportCut === 'edges')
        assert.deepEqual(
          [...new Set(cuts)].sort((a, b) => a - b),
          [-60, 0, 60],
        );
      if (exportCut === 'uniform' || exportCut === 'mixed') assert.ok(kinds > 5, String(cuts));
    }
  });

  it('everyday: have everything written before their time, to the millisecond', () => {
    const local = new Exporting(everyday);
    local.clock.advance(SECOND);
    local.recoverable();
    local.clock.advance(999);
    for (let i = 0; i < 20; i++) local.put(`before ${i}`);
    const { ExportArn } = local.request();
    local.clock.advance(1);
    local.put('after');
    local.clock.advance(12 * MINUTE);
    const ids = local.items(local.describe(ExportArn)).map((item) => (item['id'] as { S: string }).S);
    assert.equal(ids.length, 20);
    assert.ok(!ids.includes('after'));
  });

  it('have past states, including deleted items', () => {
    const local = new Exporting({ exportCut: 'exact', exportTimeRounding: 'none' });
    local.recoverable();
    local.put('kept');
    local.put('deleted later');
    const then = local.clock.now();
    local.clock.advance(24 * HOUR);
    local.remove('deleted later');
    local.put('new');
    local.clock.advance(HOUR);
    const ids = (description: Description): string[] =>
      local
        .items(description)
        .map((item) => (item['id'] as { S: string }).S)
        .sort();
    assert.deepEqual(ids(local.finished({ ExportTime: then / 1000 })), ['deleted later', 'kept']);
    assert.deepEqual(ids(local.finished()), ['kept', 'new']);
  });

  it('change from IN_PROGRESS to COMPLETED when they are due; some members appear only then', () => {
    const local = new Exporting({ exportDurationMs: [6 * MINUTE, 6 * MINUTE] });
    local.recoverable();
    const started = local.request({ ExportType: 'FULL_EXPORT', ClientToken: 'mine', S3Prefix: 'p' });
    const members = Object.keys(started);
    assert.deepEqual(
      ['EndTime', 'ExportManifest', 'ItemCount', 'BilledSizeBytes', 'FailureCode'].filter((name) =>
        members.includes(name),
      ),
      [],
    );
    local.clock.advance(6 * MINUTE - 1);
    assert.equal(local.describe(started.ExportArn).ExportStatus, 'IN_PROGRESS');
    assert.deepEqual(local.keys(), []);
    local.clock.advance(1);
    const done = local.describe(started.ExportArn);
    assert.deepEqual(
      { ...done, ExportArn: '', ExportManifest: '', TableId: '' },
      {
        ...started,
        ExportArn: '',
        ExportManifest: '',
        TableId: '',
        ExportStatus: 'COMPLETED',
        EndTime: local.clock.now() / 1000,
        ItemCount: 0,
        BilledSizeBytes: 0,
      },
    );
    assert.equal(local.request().ExportType, undefined);
  });

  it('are started once per client token for eight hours', () => {
    const local = new Exporting();
    assert.equal(
      failure(() => local.request({ ClientToken: 'one' })),
      'PointInTimeRecoveryUnavailableException',
    );
    local.recoverable();
    const first = local.request({ ClientToken: 'one' });
    local.clock.advance(HOUR);
    assert.equal(local.request({ ClientToken: 'one' }).ExportArn, first.ExportArn);
    for (const changed of [
      { S3Bucket: 'others' },
      { S3Prefix: 'p' },
      { ExportTime: local.clock.now() / 1000 },
    ]) {
      assert.equal(
        failure(() => local.request({ ClientToken: 'one', ...changed })),
        'ExportConflictException',
      );
    }
    const unnamed = local.request();
    assert.match(String(unnamed['ClientToken']), /^[0-9a-f-]{36}$/);
    assert.notEqual(local.request().ExportArn, unnamed.ExportArn);
    local.clock.advance(7 * HOUR);
    assert.notEqual(local.request({ ClientToken: 'one' }).ExportArn, first.ExportArn);
  });

  it('fail late for a missing or foreign bucket, and when set to', () => {
    const local = new Exporting();
    local.recoverable();
    local.simulator.s3.createBucket('foreign', '999999999999');
    const missing = local.finished({ S3Bucket: 'nowhere' });
    assert.deepEqual([missing.ExportStatus, missing['FailureCode']], ['FAILED', 'S3NoSuchBucket']);
    assert.match(String(missing['FailureMessage']), /bucket does not exist/);
    assert.equal(local.finished({ S3Bucket: 'foreign' })['FailureCode'], 'S3AccessDenied');
    assert.equal(local.finished({ S3BucketOwner: '999999999999' })['FailureCode'], 'S3AccessDenied');
    local.simulator.failNextExport('UNKNOWN', 'Something broke');
    assert.equal(local.finished()['FailureMessage'], 'Something broke');
    assert.equal(local.finished().ExportStatus, 'COMPLETED');
  });

  it('reject times, tables and parameters as AWS does', () => {
    const local = new Exporting({ concurrentExports: 1 });
    local.recoverable();
    const now = local.clock.now() / 1000;
    const refused = (input: Record<string, unknown>): string => failure(() => local.request(input));
    assert.equal(refused({ ExportTime: now + 1 }), 'InvalidExportTimeException');
    assert.equal(refused({ ExportTime: now - 3600 }), 'InvalidExportTimeException');
    assert.equal(refused({ TableArn: `${TABLE_ARN}9` }), 'TableNotFoundException');
    assert.equal(refused({ TableArn: 'orders' }), 'ValidationException');
    assert.equal(refused({ TableArn: TABLE_ARN.replace('eu-west-1', 'eu-west-2') }), 'AccessDeniedException');
    assert.equal(refused({ S3Bucket: undefined }), 'ValidationException');
    assert.equal(refused({ S3Bucket: '-' }), 'ValidationException');
    assert.equal(refused({ ExportFormat: 'CSV' }), 'ValidationException');
    assert.equal(refused({ ExportFormat: 'ION' }), 'NotSimulatedException');
    for (const [parameter, ...values] of [
      ['S3Prefix', '', 'p'.repeat(1025), 'a\nb'],
      ['S3BucketOwner', '', '12345678901', 'account-id-1'],
      ['S3SseKmsKeyId', ''],
      ['ClientToken', '', 'a$'],
      ['TableArn', '', '\t', 'arn:aws:dynamodb'],
    ] as const) {
      for (const value of values) {
        assert.equal(refused({ [parameter]: value }), 'ValidationException', `${parameter} ${value}`);
      }
    }
    assert.equal(refused({}), 'none');
    assert.equal(refused({}), 'LimitExceededException');
    const describe = (arn: string): string => failure(() => local.describe(arn));
    assert.equal(describe('nonsense'), 'ValidationException');
    assert.equal(describe(TABLE_ARN), 'ValidationException');
    for (const part of ['aws', 'dynamodb', 'eu-west-1', '123456789012']) {
      assert.equal(describe(TABLE_ARN.replace(`:${part}:`, ':other:')), 'AccessDeniedException', part);
    }
    assert.equal(describe(`${TABLE_ARN}/export/01768385930622-efd1a093`), 'ExportNotFoundException');
    assert.equal(
      describe(`${TABLE_ARN.replace('1234', '4321')}/export/01768385930622-efd1a093`),
      'AccessDeniedException',
    );
  });

  it('may be refused for the latest past', () => {
    const local = new Exporting({
      newestExportLagMs: MINUTE,
      exportCut: 'exact',
      exportTimeRounding: 'none',
    });
    local.recoverable();
    local.clock.advance(5 * MINUTE);
    const now = local.clock.now();
    const asking = (time: number) => failure(() => local.request({ ExportTime: time / 1000 }));
    assert.equal(asking(now - MINUTE + 1), 'InvalidExportTimeException');
    assert.equal(asking(now - MINUTE), 'none');
    assert.equal(local.request()['ExportTime'], (now - MINUTE) / 1000, 'that is the default, too');
  });

  it('outlive their table, and are listed page by page', () => {
    const local = new Exporting();
    local.put('a');
    local.recoverable();
    const arns = Array.from({ length: 4 }, () => {
      local.clock.advance(SECOND);
      return local.request().ExportArn;
    });
    local.dynamodb('DeleteTable', { TableName: 'orders' });
    assert.equal(local.describe(arns[0]!).ExportStatus, 'IN_PROGRESS');
    local.clock.advance(12 * MINUTE);
    assert.equal(local.items(local.describe(arns[3]!)).length, 1);
    const listed: string[] = [];
    let token: string | undefined;
    do {
      const page = local.dynamodb('ListExports', {
        TableArn: TABLE_ARN,
        MaxResults: 3,
        ...(token ? { NextToken: token } : {}),
      });
      for (const summary of page.ExportSummaries) {
        assert.deepEqual([summary.ExportStatus, summary.ExportType], ['COMPLETED', 'FULL_EXPORT']);
        listed.push(summary.ExportArn);
      }
      token = page.NextToken;
    } while (token);
    assert.deepEqual(listed, arns.sort().reverse(), 'newest first');
  });

  it('drop history past its hours, except what an export in progress needs', () => {
    const local = new Exporting({
      historyHours: 1,
      exportCut: 'exact',
      exportDurationMs: [5 * HOUR, 5 * HOUR],
    });
    local.put('a', { v: { N: '1' } });
    local.recoverable();
    const { ExportArn } = local.request();
    for (let i = 2; i < 20; i++) {
      local.clock.advance(20 * MINUTE);
      local.put('a', { v: { N: String(i) } });
    }
    local.clock.advance(5 * HOUR);
    assert.deepEqual(local.items(local.describe(ExportArn)), [{ id: { S: 'a' }, v: { N: '1' } }]);
  });

  it('may be cut at a time rounded to a second, up or down', () => {
    const cutAt = (exportTimeRounding: Knobs['exportTimeRounding']): unknown => {
      const local = new Exporting({ exportTimeRounding, exportCut: 'exact' });
      local.recoverable();
      const second = local.clock.now();
      for (const ms of [0, 500, 700, 1000]) {
        local.clock.set(second + ms);
        local.put('a', { ms: { N: String(ms) } });
      }
      const [item] = local.items(local.finished({ ExportTime: (second + 600) / 1000 }));
      return item?.['ms'];
    };
    assert.deepEqual(cutAt('none'), { N: '500' });
    assert.deepEqual(cutAt('down'), { N: '0' });
    assert.deepEqual(cutAt('up'), { N: '1000' });
  });

  it('hold many and large items, each once, with any names of attributes', () => {
    const local = new Exporting({ exportFiles: 7 });
    const count = sized(5_000);
    for (let i = 0; i < count; i++)
      local.put(`k${i}`, { ['é"\n.']: { S: `${i}` }, 7: { N: '7' }, a: { NULL: true } });
    for (let i = 0; i < 10; i++) local.put(`large ${i}`, { v: { S: 'x'.repeat(409_000) } });
    local.recoverable();
    const done = local.finished();
    const items = local.items(done);
    assert.equal(done['ItemCount'], count + 10);
    assert.equal(new Set(items.map((item) => (item['id'] as { S: string }).S)).size, count + 10);
    const data = local.keys().filter((key) => key.includes('/data/'));
    assert.equal(data.length, 7);
    const text = gunzipSync(local.simulator.s3.getObject('exports', data[0]!).body).toString();
    const firsts = new Set(
      text
        .split('\n')
        .slice(0, 200)
        .map((line) => line.slice(0, 14)),
    );
    assert.ok(firsts.size > 1, 'attributes come in any order');
  });
});
