import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { AwsServices } from '../../../runtime/aws/services';
import { LocalClock } from '../../../runtime/clock';
import type { LedgerEntry, Load } from '../../../runtime/destinations/destination';
import {
  CommitOutcomeUnknown,
  DestinationUnavailable,
  FileLoadedMeanwhile,
} from '../../../runtime/destinations/errors';
import { ColumnsNotSettled, DataFileCorrupt } from '../../../runtime/export/errors';
import {
  loadFiles,
  type LoaderOptions,
  type LoadProgress,
  type LoadTarget,
} from '../../../runtime/export/loader';
import type { DataFile } from '../../../runtime/export/manifest';
import { Catalog } from '../../../runtime/item/catalog';
import type { Cell } from '../../../runtime/item/column';
import { JsonBlockDecoder } from '../../../runtime/item/json-block-decoder';
import { CollectedRows } from '../../../runtime/item/row-cells';

class Away extends DestinationUnavailable {}

/** A table that records how it was loaded. `commits`: how the next commits end. */
class Target implements LoadTarget {
  catalog = Catalog.initial({
    keySchema: { partition: { name: 'id', type: 'S' } },
    dialect: {
      identifiers: { caseSensitive: true, maxBytes: 255, reserved: [] },
      unrepresentable: () => undefined,
    },
    layout: 'columns',
    maxColumns: 100,
    dropReplicationAttributes: true,
  });
  readonly rows: (readonly Cell[])[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly transactions: string[][] = [];
  readonly course: string[] = [];
  open = 0;

  constructor(
    private readonly commits: (
      | 'ok'
      | 'away'
      | 'lost after commit'
      | 'lost before commit'
      | 'came meanwhile'
    )[] = [],
  ) {}

  async widen(wanted: Catalog): Promise<void> {
    assert.equal(this.open, 0, 'columns are widened only between transactions');
    this.catalog = this.catalog.merge(wanted);
    this.course.push('widen');
  }

  async openLoad() {
    this.open++;
    const rows: (readonly Cell[])[] = [];
    const sink = new CollectedRows();
    const load: Load = {
      sink,
      flush: async () => void rows.push(...sink.take()),
      commit: async (files: readonly LedgerEntry[]) => {
        this.open--;
        const way = this.commits.shift() ?? 'ok';
        if (way === 'away') throw new Away('away');
        if (way !== 'lost before commit') {
          this.rows.push(...rows);
          this.ledger.push(...files);
          this.transactions.push(files.map(({ file }) => file));
          this.course.push('commit');
        }
        if (way === 'came meanwhile') throw new FileLoadedMeanwhile();
        if (way !== 'ok') throw new CommitOutcomeUnknown();
      },
      rollback: async () => {
        this.open--;
        this.course.push('rollback');
      },
    };
    return { catalog: this.catalog, load };
  }

  async readLedger() {
    return this.ledger;
  }
}

/** Files in a bucket, by name. `damage` may change the content that a read returns. */
function bucketOf(
  contents: Record<string, string[]>,
  damage: (key: string, bytes: Buffer) => Buffer = (_, bytes) => bytes,
) {
  const bodies = new Map(
    Object.entries(contents).map(([key, lines]) => [key, gzipSync(lines.map((l) => l + '\n').join(''))]),
  );
  const files: DataFile[] = [...bodies].map(([key, body]) => ({
    key,
    items: (contents[key] as string[]).length,
    md5: createHash('md5').update(body).digest('base64'),
    etag: undefined,
  })) as unknown as DataFile[];
  const reads: string[] = [];
  const aws = {
    getObject: async (_bucket: string, key: string, { offset }: { offset: number }) => {
      reads.push(key);
      const body = damage(key, bodies.get(key) as Buffer);
      return {
        bytes: (async function* () {
          yield body.subarray(offset);
        })(),
        etag: 'etag',
        totalBytes: body.length,
      };
    },
  } as unknown as AwsServices;
  return { aws, files, reads };
}

const item = (id: string, extra = '') => `{"Item":{"id":{"S":"${id}"}${extra}}}`;
const number = (n: string) => `,"n":{"N":"${n}"}`;

async function load(
  { aws, files }: ReturnType<typeof bucketOf>,
  target: Target,
  over: Partial<LoaderOptions> = {},
): Promise<LoadProgress> {
  let last: LoadProgress | undefined;
  await loadFiles({
    aws,
    clock: new LocalClock(100_000),
    bucket: 'exports',
    files,
    target,
    decoder: new JsonBlockDecoder(),
    concurrency: 1,
    transactionBytes: 1_000_000,
    onProgress: (progress) => (last = progress),
    onCommitted: () => undefined,
    onRetry: () => undefined,
    signal: new AbortController().signal,
    ...over,
  });
  return last as LoadProgress;
}

const ids = (target: Target) => target.rows.map(([id]) => id).sort();

describe('export/loader', () => {
  it('P1: small files share a transaction, each with its own row in the ledger', async () => {
    const target = new Target();
    const progress = await load(bucketOf({ a: [item('1'), item('2')], b: [item('3')], c: [] }), target);
    assert.deepEqual(ids(target), ['1', '2', '3']);
    assert.deepEqual(target.transactions, [['a', 'b', 'c']]);
    assert.deepEqual(progress.items, 3);
    assert.deepEqual(progress.files, 3);
  });

  it('P1: large files have their own transactions', async () => {
    const target = new Target();
    await load(bucketOf({ a: [item('1')], b: [item('2')] }), target, { transactionBytes: 1 });
    assert.deepEqual(target.transactions, [['a'], ['b']]);
  });

  it('P1: files of the ledger are not loaded again', async () => {
    const target = new Target();
    target.ledger.push({ file: 'a', items: 1 });
    const bucket = bucketOf({ a: [item('1')], b: [item('2')] });
    const progress = await load(bucket, target);
    assert.deepEqual(bucket.reads, ['b']);
    assert.deepEqual([progress.files, progress.items], [2, 2]);
  });

  it('scans a file once for all the columns it needs, between transactions', async () => {
    const target = new Target();
    const lines = [item('1', number('1')), item('2', number('1.5')), item('3', ',"s":{"S":"x"}')];
    const progress = await load(bucketOf({ a: lines }), target);
    assert.deepEqual(target.course, ['rollback', 'widen', 'commit']);
    assert.deepEqual(
      target.catalog.columns.map(({ name }) => name),
      ['id', 'n', 's'],
    );
    assert.deepEqual(ids(target), ['1', '2', '3']);
    assert.equal(progress.items, 3, 'rolled back items do not count');
  });

  it('columns that never hold a file are an error after as many widenings as a file can need', async () => {
    const target = new Target();
    target.widen = async () => void target.course.push('widen');
    await assert.rejects(load(bucketOf({ a: [item('1', number('1'))] }), target), (error) => {
      assert.ok(error instanceof ColumnsNotSettled);
      assert.equal(error.file, 's3://exports/a');
      return true;
    });
    assert.equal(target.course.filter((step) => step === 'widen').length, 5);
    assert.deepEqual([target.rows, target.ledger, target.open], [[], [], 0]);
  });

  it('keeps the files before one that needs new columns', async () => {
    const target = new Target();
    await load(bucketOf({ a: [item('1')], b: [item('2', number('7'))] }), target);
    assert.deepEqual(target.transactions, [['a'], ['b']]);
    assert.deepEqual(target.course, ['commit', 'rollback', 'widen', 'commit']);
  });

  it('loads several files concurrently, each once', async () => {
    const target = new Target();
    const contents = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `f${i}`,
        [item(`${i}`, i % 7 === 0 ? `,"a${i}":{"S":"x"}` : '')],
      ]),
    );
    target.widen = async (wanted) => void (target.catalog = target.catalog.merge(wanted));
    await load(bucketOf(contents), target, { concurrency: 3, transactionBytes: 60 });
    assert.deepEqual(
      ids(target),
      Object.keys(contents)
        .map((key) => key.slice(1))
        .sort(),
    );
    assert.equal(target.ledger.length, 40);
  });

  it('C3: a commit whose outcome was lost is looked up in the ledger', async () => {
    const target = new Target(['lost after commit', 'lost before commit', 'away', 'ok']);
    const progress = await load(bucketOf({ a: [item('1')], b: [item('2')] }), target, {
      transactionBytes: 1,
    });
    assert.deepEqual(ids(target), ['1', '2']);
    assert.deepEqual([progress.files, progress.items], [2, 2]);
  });

  it('P1: a file whose ledger row was written meanwhile counts as loaded', async () => {
    const target = new Target(['came meanwhile', 'ok']);
    const progress = await load(bucketOf({ a: [item('1')], b: [item('2')] }), target, {
      transactionBytes: 1,
    });
    assert.deepEqual(ids(target), ['1', '2']);
    assert.deepEqual([progress.files, progress.items], [2, 2]);
  });

  it('X1: reads a file again if its bytes were damaged on the way', async () => {
    const target = new Target();
    let damaged = false;
    const bucket = bucketOf({ a: [item('1'), item('2')] }, (_, bytes) => {
      if (damaged) return bytes;
      damaged = true;
      return bytes.subarray(0, bytes.length - 5);
    });
    await load(bucket, target);
    assert.deepEqual(ids(target), ['1', '2']);
  });

  for (const [what, lines, spoil] of [
    ['MD5', [item('1')], (file: DataFile) => ({ ...file, md5: 'AAAAAAAAAAAAAAAAAAAAAA==' })],
    ['items', [item('1')], (file: DataFile) => ({ ...file, items: 2 })],
    ['line', [item('1'), '{"Item":'], (file: DataFile) => file],
  ] as const) {
    it(`X1: fails with the file's name and commits nothing of it when its ${what} stays wrong`, async () => {
      const target = new Target();
      const bucket = bucketOf({ a: [...lines] });
      await assert.rejects(load({ ...bucket, files: bucket.files.map(spoil) }, target), (error) => {
        assert.ok(error instanceof DataFileCorrupt);
        assert.equal(error.file, 's3://exports/a');
        assert.equal(error.what, what);
        if (what === 'line') assert.match(error.message, /line 2/);
        return true;
      });
      assert.deepEqual([target.rows, target.ledger], [[], []]);
      assert.equal(bucket.reads.length, 3, 'the network may be the cause: three attempts');
    });
  }

  it('starts no transaction after its signal has aborted', async () => {
    const target = new Target();
    const controller = new AbortController();
    const reason = new Error('stop');
    const bucket = bucketOf({ a: [item('1')], b: [item('2')] }, (_, bytes) => {
      controller.abort(reason);
      return bytes;
    });
    await assert.rejects(load(bucket, target, { signal: controller.signal, transactionBytes: 1 }), reason);
    assert.deepEqual(bucket.reads, ['a']);
    assert.equal(target.open, 0, 'no transaction is left open');
  });
});
