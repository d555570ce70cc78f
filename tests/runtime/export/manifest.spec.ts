import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ExportDescription } from '../../../runtime/aws/services';
import { ManifestRefused } from '../../../runtime/export/errors';
import { readManifest } from '../../../runtime/export/manifest';
import { HandClock } from '../aws/hand-clock';
import { FakeBucket } from './fake-bucket';

const ID = '01768385930622-efd1a093';
const ARN = `arn:aws:dynamodb:eu-north-1:123456789012:table/orders/export/${ID}`;
const EXPORT_TIME = '2026-01-14T10:18:50.622Z';
const MD5 = 'FjvgqIxwymKf1RbbqtrZag==';

const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

interface Entry {
  itemCount: unknown;
  md5Checksum?: unknown;
  etag?: string;
  dataFileS3Key: unknown;
}

describe('Reading the manifest of an export (rule X1; fault table, row 30)', () => {
  let bucket: FakeBucket;
  let folder: string;
  let description: ExportDescription;

  function summary(more: object = {}): Record<string, unknown> {
    return {
      version: '2020-06-30',
      exportArn: ARN,
      startTime: '2026-01-14T10:18:50.622Z',
      endTime: '2026-01-14T10:24:58.622Z',
      tableArn: ARN.split('/export')[0],
      tableId: 'table-id',
      exportTime: EXPORT_TIME,
      s3Bucket: 'b',
      s3Prefix: null,
      s3SseAlgorithm: 'AES256',
      s3SseKmsKeyId: null,
      manifestFilesS3Key: `${folder}manifest-files.json`,
      billedSizeBytes: 0,
      itemCount: 3,
      outputFormat: 'DYNAMODB_JSON',
      ...more,
    };
  }

  function entry(name: string, itemCount: unknown, more: Partial<Entry> = {}): Entry {
    return {
      itemCount,
      md5Checksum: MD5,
      etag: 'e-1',
      dataFileS3Key: `${folder}data/${name}.json.gz`,
      ...more,
    };
  }

  const ENTRIES = () => [entry('aaa', 1), entry('bbb', 0), entry('ccc', 2)];

  function put(summaryFields = summary(), entries: Entry[] = ENTRIES()): void {
    const summaryText = JSON.stringify(summaryFields);
    const filesText = entries.map((one) => `${JSON.stringify(one)}\n`).join('');
    bucket.put(`${folder}manifest-summary.json`, summaryText);
    bucket.put(`${folder}manifest-summary.md5`, md5(summaryText));
    bucket.put(`${folder}manifest-files.json`, filesText);
    bucket.put(`${folder}manifest-files.md5`, md5(filesText));
  }

  function under(prefix: string | undefined): void {
    folder = `${prefix === undefined ? '' : `${prefix}/`}AWSDynamoDB/${ID}/`;
    description = {
      arn: ARN,
      status: 'COMPLETED',
      tableId: 'table-id',
      exportTime: Date.parse(EXPORT_TIME),
      window: undefined,
      startTime: undefined,
      bucket: 'b',
      prefix,
      manifestKey: `${folder}manifest-summary.json`,
      itemCount: 3,
      billedBytes: 0,
      failureCode: undefined,
      failureMessage: undefined,
    };
  }

  beforeEach(() => {
    bucket = new FakeBucket();
    under(undefined);
  });

  const read = () =>
    readManifest(bucket.services, description, Date.parse(EXPORT_TIME), undefined, new HandClock());

  async function refused(file: string, says: RegExp): Promise<void> {
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof ManifestRefused, String(error));
      assert.equal(error.file, `s3://b/${folder}${file}`);
      assert.match(error.message, says);
      return true;
    });
  }

  it('returns the files with checksums and counts, and the export, table and time they belong to', async () => {
    put();
    assert.deepEqual(await read(), {
      exportArn: ARN,
      bucket: 'b',
      tableId: 'table-id',
      exportTime: Date.parse(EXPORT_TIME),
      window: undefined,
      itemCount: 3,
      files: [
        { key: `${folder}data/aaa.json.gz`, items: 1, md5: MD5, etag: 'e-1' },
        { key: `${folder}data/bbb.json.gz`, items: 0, md5: MD5, etag: 'e-1' },
        { key: `${folder}data/ccc.json.gz`, items: 2, md5: MD5, etag: 'e-1' },
      ],
    });
  });

  for (const prefix of [undefined, 'some/prefix', 'AWSDynamoDB']) {
    it(`accepts full keys and keys below the prefix, with the prefix ${prefix ?? '(none)'}`, async () => {
      under(prefix);
      put();
      const full = await read();
      const relative = (key: string) => (prefix === undefined ? key : key.slice(prefix.length + 1));
      put(
        summary({ manifestFilesS3Key: relative(`${folder}manifest-files.json`) }),
        ENTRIES().map((one) => ({ ...one, dataFileS3Key: relative(one.dataFileS3Key as string) })),
      );
      assert.deepEqual(await read(), full);
    });
  }

  it('finds the summary by the folder’s layout if DescribeExport does not name it', async () => {
    under('some/prefix');
    put();
    description = { ...description, manifestKey: undefined };
    assert.equal((await read()).files.length, 3);
  });

  it('reads 20,000 files in pieces of any size, through broken connections', async () => {
    const entries = Array.from({ length: 20_000 }, (_, i) => entry(`file-${i}`, i % 7));
    const itemCount = entries.reduce((sum, one) => sum + (one.itemCount as number), 0);
    put(summary({ itemCount }), entries);
    bucket.pieceBytes = 65_537;
    bucket.breaks = [12, 70_001, 1_000_000].map((at) => ({ key: `${folder}manifest-files.json`, at }));
    const { files } = await read();
    assert.equal(files.length, 20_000);
    assert.equal(files[19_999]!.key, `${folder}data/file-19999.json.gz`);
  });

  it('reads an answer again that was damaged once', async () => {
    put();
    let reads = 0;
    const good = bucket.objects.get(`${folder}manifest-files.json`)!;
    bucket.put(`${folder}manifest-files.json`, `${good.toString().replace('aaa', 'xxx')}`);
    bucket.onPiece = (key) => {
      if (key.endsWith('manifest-files.md5') && ++reads === 2)
        bucket.put(`${folder}manifest-files.json`, good);
    };
    assert.equal((await read()).files.length, 3);
    assert.equal(reads, 2);
  });

  it('is refused after three attempts when an MD5 does not match', async () => {
    for (const name of ['manifest-summary', 'manifest-files']) {
      put();
      bucket.put(`${folder}${name}.md5`, MD5);
      bucket.gets.length = 0;
      await refused(`${name}.json`, /should have the MD5 FjvgqIxwymKf1RbbqtrZag==/);
      assert.equal(bucket.gets.filter(({ key }) => key.endsWith(`${name}.json`)).length, 3);
    }
  });

  for (const name of [
    'manifest-summary.json',
    'manifest-summary.md5',
    'manifest-files.json',
    'manifest-files.md5',
  ]) {
    it(`is refused without ${name}`, async () => {
      put();
      bucket.objects.delete(`${folder}${name}`);
      await refused(name, /does not exist/);
    });
  }

  it('is refused when an MD5 file contains something else', async () => {
    put();
    bucket.put(`${folder}manifest-files.md5`, '<Error>');
    await refused('manifest-files.md5', /does not contain an MD5/);
  });

  const SUMMARIES: readonly (readonly [string, object, RegExp])[] = [
    ['a different count than its files', { itemCount: 4 }, /with 3 items in total, but the summary has 4/],
    ['another format', { outputFormat: 'ION' }, /ION/],
    ['an incremental export', { exportType: 'INCREMENTAL_EXPORT' }, /not to a full one/],
    ['another export', { exportArn: `${ARN}x` }, /belongs to the export/],
    ['another table', { tableId: 'recreated' }, /recreated/],
    ['no table id', { tableId: undefined }, /has no tableId/],
    [
      'an earlier time than requested (rule A3)',
      { exportTime: '2026-01-14T10:18:50.621Z' },
      /is from 2026-01-14T10:18:50\.621Z, not from the requested time 2026-01-14T10:18:50\.622Z/,
    ],
    [
      'a later time than requested (rule A3)',
      { exportTime: '2026-01-14T10:18:51Z' },
      /is from 2026-01-14T10:18:51\.000Z, not from the requested time 2026-01-14T10:18:50\.622Z/,
    ],
    ['an invalid time', { exportTime: 'soon' }, /not a time/],
    ['no count', { itemCount: '3' }, /has no itemCount/],
  ];
  for (const [what, more, says] of SUMMARIES) {
    it(`is refused if the summary names ${what}`, async () => {
      put(summary(more));
      const file = what.startsWith('a different count') ? 'manifest-files.json' : 'manifest-summary.json';
      await refused(file, says);
    });
  }

  const LISTS: readonly (readonly [string, () => Entry[], RegExp])[] = [
    ['a file without MD5', () => [entry('aaa', 3, { md5Checksum: undefined })], /has no md5Checksum/],
    ['a file without count', () => [entry('aaa', undefined)], /has no itemCount/],
    ['a file with a negative count', () => [entry('aaa', 4), entry('bbb', -1)], /has no itemCount/],
    ['a file without key', () => [entry('aaa', 3, { dataFileS3Key: '' })], /has no dataFileS3Key/],
    ['a file twice', () => [entry('aaa', 1), entry('bbb', 1), entry('aaa', 1)], /twice/],
    ['one file too few', () => ENTRIES().slice(0, 2), /with 1 items in total/],
  ];
  for (const [what, entries, says] of LISTS) {
    it(`is refused when it lists ${what}`, async () => {
      put(summary(), entries());
      await refused('manifest-files.json', says);
    });
  }

  it('is refused when its list is not JSON', async () => {
    put();
    bucket.put(`${folder}manifest-files.json`, '{"itemCount":3\n');
    bucket.put(`${folder}manifest-files.md5`, md5('{"itemCount":3\n'));
    await refused('manifest-files.json', /is not JSON/);
  });

  describe('of an incremental export', () => {
    const WINDOW = { from: Date.parse('2026-01-14T09:00:00Z'), to: Date.parse('2026-01-14T10:00:00Z') };
    const readChanges = (window = WINDOW) =>
      readManifest(bucket.services, description, window, undefined, new HandClock());

    function incremental(more: object = {}): Record<string, unknown> {
      return summary({
        version: '2023-08-01',
        exportTime: undefined,
        exportFromTime: '2026-01-14T09:00:00.000Z',
        exportToTime: '2026-01-14T10:00:00.000Z',
        outputView: 'NEW_AND_OLD_IMAGES',
        exportType: 'INCREMENTAL_EXPORT',
        ...more,
      });
    }

    for (const prefix of [undefined, 'some/prefix', 'AWSDynamoDB']) {
      it(`finds its files in the folder that all share, with the prefix ${prefix ?? '(none)'}`, async () => {
        under(prefix);
        const pool = `${prefix === undefined ? '' : `${prefix}/`}AWSDynamoDB/data`;
        const expected = {
          exportArn: ARN,
          bucket: 'b',
          tableId: 'table-id',
          exportTime: undefined,
          window: WINDOW,
          itemCount: 3,
          files: [
            { key: `${pool}/aaa.json.gz`, items: 1, md5: MD5, etag: 'e-1' },
            { key: `${pool}/bbb.json.gz`, items: 2, md5: MD5, etag: 'e-1' },
          ],
        };
        for (const named of [pool, 'AWSDynamoDB/data', 'data']) {
          put(incremental(), [
            entry('aaa', 1, { dataFileS3Key: `${named}/aaa.json.gz` }),
            entry('bbb', 2, { dataFileS3Key: `${named}/bbb.json.gz` }),
          ]);
          assert.deepEqual(await readChanges(), expected, named);
        }
      });
    }

    it('has the same checks of MD5s and counts (X1)', async () => {
      for (const [change, says] of [
        [() => bucket.put(`${folder}manifest-summary.md5`, MD5), /summary\.json should have the MD5/],
        [() => bucket.put(`${folder}manifest-files.md5`, MD5), /files\.json should have the MD5/],
        [() => put(incremental({ itemCount: 4 })), /3 items in total, but the summary has 4/],
        [() => put(incremental({ tableId: 'recreated' })), /recreated/],
        [() => put(incremental({ exportArn: `${ARN}x` })), /belongs to the export/],
      ] as const) {
        put(incremental());
        change();
        await assert.rejects(readChanges(), { name: 'ManifestRefused', message: says });
      }
    });

    const OTHERS: readonly (readonly [string, object, RegExp])[] = [
      [
        'a full export',
        { exportType: undefined, exportTime: EXPORT_TIME },
        /"FULL_EXPORT", not to an incremental/,
      ],
      ['new images only', { outputView: 'NEW_IMAGE' }, /has the view "NEW_IMAGE", not NEW_AND_OLD_IMAGES/],
      ['no view', { outputView: undefined }, /has the view undefined/],
      [
        'an earlier start',
        { exportFromTime: '2026-01-14T08:59:59.999Z' },
        /is from 2026-01-14T08:59:59\.999Z to .*, not from the requested time 2026-01-14T09:00:00\.000Z to /,
      ],
      ['another end', { exportToTime: '2026-01-14T10:00:01Z' }, /to 2026-01-14T10:00:01\.000Z, not/],
      ['no end', { exportToTime: undefined }, /has no exportToTime/],
      ['an invalid start', { exportFromTime: 'soon' }, /an exportFromTime that is not a time/],
    ];
    for (const [what, more, says] of OTHERS) {
      it(`is refused if the summary names ${what}, which was not requested (G3)`, async () => {
        put(incremental(more));
        await assert.rejects(readChanges(), { name: 'ManifestRefused', message: says });
      });
    }
  });

  it('lists no items for an export of an empty table', async () => {
    put(summary({ itemCount: 0 }), [entry('aaa', 0)]);
    assert.equal((await read()).itemCount, 0);
  });
});
