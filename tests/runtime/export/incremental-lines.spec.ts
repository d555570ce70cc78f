import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { AwsServices } from '../../../runtime/aws/services';
import { SdkServices } from '../../../runtime/aws/sdk';
import { DataFileCorrupt } from '../../../runtime/export/errors';
import { type ChangedItem, readChangedItems } from '../../../runtime/export/incremental-lines';
import { type DataFile, readManifest } from '../../../runtime/export/manifest';
import { requestOrFindExport } from '../../../runtime/export/request';
import { deadLetterJson } from '../../../runtime/item/dynamodb-json';
import type { Listening } from '../../../simulator';
import { derivedRandom } from '../../../simulator/random';
import { Exporting } from '../../simulator/exports/exporting';
import { HandClock } from '../aws/hand-clock';
import { FakeBucket } from './fake-bucket';

const KEY = 'AWSDynamoDB/data/abc.json.gz';
const MINUTE = 60_000;

async function itemsOf(
  aws: AwsServices,
  file: DataFile,
  bucket = 'exports',
): Promise<{ items: ChangedItem[]; pieces: number }> {
  const items: ChangedItem[] = [];
  let pieces = 0;
  for await (const piece of readChangedItems(aws, bucket, file, { clock: new HandClock() })) {
    pieces++;
    items.push(...piece);
  }
  return { items, pieces };
}

/** What is compared of items, in any order. */
const summary = (items: readonly ChangedItem[]): string[] =>
  items
    .map(({ keys, newImage, writtenAt }) =>
      [deadLetterJson(keys), newImage && deadLetterJson(newImage), writtenAt].join(' '),
    )
    .sort();

describe('Reading the changes of an incremental export', () => {
  describe('from a data file (rule X1)', () => {
    const change = (index: number, text = ''): string =>
      `{"Metadata":{"WriteTimestampMicros":{"N":"1768387673917155"}},"Keys":{"id":{"N":"${index}"}},` +
      `"NewImage":{"id":{"N":"${index}"},"text":{"S":"${text}"}}}\n`;
    let bucket: FakeBucket;
    beforeEach(() => {
      bucket = new FakeBucket();
      bucket.pieceBytes = 64 * 1024;
    });

    function put(text: string): DataFile {
      const compressed = gzipSync(text, { level: 0 });
      bucket.put(KEY, compressed);
      const md5 = createHash('md5').update(compressed).digest('base64');
      return { key: KEY, items: text.split('\n').length - 1, md5, etag: undefined };
    }
    const many = (count: number, text = 'x'.repeat(1_000)): string =>
      Array.from({ length: count }, (_, index) => change(index, text)).join('');

    it('in pieces of bounded size, no more of the file than a few pieces ahead of the reader', async () => {
      const file = put(many(20_000));
      const { items, pieces } = await itemsOf(bucket.services, file);
      assert.equal(items.length, 20_000);
      assert.ok(pieces > 50, `${pieces} pieces`);
      let served = 0;
      bucket.onPiece = (_, offset) => void (served = offset);
      const reading = readChangedItems(bucket.services, 'b', file, { clock: new HandClock() });
      const first = await reading.next();
      assert.ok((first.value as readonly ChangedItem[]).length < 1_000);
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
      assert.ok(served < 20_000 * 1_000 * 0.4, `${served} bytes were read`);
      await reading.return(undefined);
      await bucket.idle();
    });

    it('none from the file of a partition without changes', async () => {
      assert.deepEqual(await itemsOf(bucket.services, put('')), { items: [], pieces: 0 });
    });

    it('fails at the end, after all items, when the MD5 or their number is wrong', async () => {
      for (const [wrong, what] of [
        [{ md5: 'FjvgqIxwymKf1RbbqtrZag==' }, 'MD5'],
        [{ items: 4 }, 'items'],
      ] as const) {
        const file = { ...put(many(3)), ...wrong };
        let items = 0;
        const read = async () => {
          const options = { clock: new HandClock() };
          for await (const piece of readChangedItems(bucket.services, 'b', file, options))
            items += piece.length;
        };
        await assert.rejects(read(), (error) => {
          assert.ok(error instanceof DataFileCorrupt);
          assert.equal(error.what, what);
          return true;
        });
        assert.equal(items, 3);
      }
    });

    it('names file and line of a malformed one, also in a later piece, and no value', async () => {
      const file = put(`${many(1_500)}{"Keys":"secret"}\n${many(10)}`);
      await assert.rejects(itemsOf(bucket.services, file, 'b'), (error) => {
        assert.ok(error instanceof DataFileCorrupt);
        assert.deepEqual([error.file, error.what], [`s3://b/${KEY}`, 'line']);
        assert.match(error.message, /every line should be a change, found line 1501: /);
        assert.ok(!error.message.includes('secret'));
        return true;
      });
      await assert.rejects(
        itemsOf(bucket.services, put(`${many(2)}\xff`), 'b'),
        /found line 3: it is not JSON/,
      );
      await bucket.idle();
    });

    it('closes the connection when the reader stops early, and ends with the signal’s reason', async () => {
      const file = put(many(5_000));
      for await (const piece of readChangedItems(bucket.services, 'b', file, { clock: new HandClock() })) {
        assert.ok(piece.length > 0);
        break;
      }
      await bucket.idle();
      const controller = new AbortController();
      const reason = new Error('shutting down');
      bucket.onPiece = (_, offset) => {
        if (offset > 1_000_000) controller.abort(reason);
        controller.signal.throwIfAborted();
      };
      const read = async () => {
        const options = { clock: new HandClock(), signal: controller.signal };
        for await (const piece of readChangedItems(bucket.services, 'b', file, options)) assert.ok(piece);
      };
      await assert.rejects(read(), (error) => error === reason);
    });
  });

  describe('with the SDK from the simulator', () => {
    let local: Exporting;
    let listening: Listening;
    let aws: SdkServices;

    beforeEach(async () => {
      local = new Exporting({ exportCut: 'exact', exportTimeRounding: 'none', partitions: 3 }, 11);
      local.recoverable();
      local.clock.advance(20 * MINUTE);
      listening = await local.simulator.listen();
      aws = new SdkServices(
        {
          region: local.simulator.region,
          endpoint: listening.url,
          credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        },
        new HandClock(),
      );
    });
    afterEach(async () => {
      aws.close();
      await listening.close();
    });

    /** Writes at random for half an hour. @returns what changed, by key */
    function write(): Map<string, ChangedItem> {
      const random = derivedRandom(3, 'writes');
      const changed = new Map<string, ChangedItem>();
      for (let index = 0; index < 600; index++) {
        local.clock.advance(random.integer(0, 6_000));
        const id = `key ${random.integer(0, 150)}`;
        const keys = new Map([['id', { S: id }]]);
        const writtenAt = local.clock.now();
        if (!random.chance(0.3)) {
          local.put(id, { value: { N: String(index) }, bytes: { B: 'AP8=' } });
          const value = { id: { S: id }, value: { N: String(index) }, bytes: { B: Uint8Array.of(0, 255) } };
          changed.set(id, { keys, newImage: new Map(Object.entries(value)), writtenAt });
        } else if (changed.get(id)?.newImage !== undefined) {
          local.remove(id);
          changed.set(id, { keys, newImage: undefined, writtenAt });
        }
      }
      return changed;
    }
    const request = async (from: number, to: number) => ({
      tableArn: (await aws.describeTable('orders')).arn,
      clientToken: `${from} to ${to}`,
      window: { from, to },
      bucket: 'exports',
      bucketOwner: undefined,
      prefix: 'some/prefix',
      kmsKeyId: undefined,
    });
    const nextSecond = () => {
      local.clock.advance(1_000 - (local.clock.now() % 1_000));
      return local.clock.now();
    };

    it('finds each item that changed in the window once, as its last write left it (G3)', async () => {
      const from = nextSecond();
      const inserted = write();
      const middle = nextSecond();
      // Of items that did not exist before their window, no line tells that they are gone again.
      const kept = [...inserted.values()].filter(({ newImage }) => newImage !== undefined);
      for (const { keys } of kept.slice(0, 5)) local.remove((keys.get('id') as { S: string }).S);
      const deletedAt = local.clock.now();
      local.clock.advance(16 * MINUTE);
      const to = nextSecond();
      const windows = [
        [from, middle, kept],
        [
          middle,
          to,
          kept.slice(0, 5).map(({ keys }) => ({ keys, newImage: undefined, writtenAt: deletedAt })),
        ],
      ] as const;
      for (const [start, end, expected] of windows) {
        const asked = await request(start, end);
        const { arn } = await requestOrFindExport(aws, asked);
        local.clock.advance(30 * MINUTE);
        const manifest = await readManifest(aws, await aws.describeExport(arn), asked.window);
        assert.deepEqual([manifest.window, manifest.exportTime], [asked.window, undefined]);
        assert.equal(manifest.files.length, 3);
        for (const { key } of manifest.files)
          assert.match(key, /^some\/prefix\/AWSDynamoDB\/data\/[^/]+\.json\.gz$/);
        const items: ChangedItem[] = [];
        for (const file of manifest.files) items.push(...(await itemsOf(aws, file)).items);
        assert.equal(items.length, manifest.itemCount);
        assert.deepEqual(summary(items), summary(expected));
      }
    });

    it('decodes the view without old images in the same way', async () => {
      const before = [...write().values()].filter(({ newImage }) => newImage !== undefined);
      const from = nextSecond();
      const [changed, deleted] = [before.slice(0, 5), before.slice(5, 10)];
      for (const { keys } of changed) local.put((keys.get('id') as { S: string }).S);
      for (const { keys } of deleted) local.remove((keys.get('id') as { S: string }).S);
      local.clock.advance(20 * MINUTE);
      const to = nextSecond();
      const { ExportArn } = local.changes(from, to, 'NEW_IMAGE');
      const description = await aws.describeExport(ExportArn);
      const list = description.manifestKey!.replace('manifest-summary', 'manifest-files');
      const lines = local.text(list).trimEnd().split('\n');
      const items: ChangedItem[] = [];
      for (const line of lines) {
        const { dataFileS3Key, itemCount, md5Checksum } = JSON.parse(line);
        const file = { key: dataFileS3Key, items: itemCount, md5: md5Checksum, etag: undefined };
        items.push(...(await itemsOf(aws, file)).items);
      }
      assert.deepEqual(
        summary(items),
        summary([
          ...changed.map(({ keys }) => ({ keys, newImage: keys, writtenAt: from })),
          ...deleted.map(({ keys }) => ({ keys, newImage: undefined, writtenAt: from })),
        ]),
      );
      // It is not what the replicator requests.
      await assert.rejects(readManifest(aws, description, { from, to }), /has the view "NEW_IMAGE"/);
    });
  });
});
