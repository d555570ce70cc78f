import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ChangeBatch, LedgerEntry, PipelineStore } from '../../../../runtime/destinations/destination';
import { CommitOutcomeUnknown } from '../../../../runtime/destinations/errors';
import { ColumnsNotSettled, DataFileCorrupt, DataFileMissing } from '../../../../runtime/export/errors';
import type { DataFile, Manifest } from '../../../../runtime/export/manifest';
import { Catalog } from '../../../../runtime/item/catalog';
import type { Column } from '../../../../runtime/item/column';
import { type EventMap, Events } from '../../../../runtime/observe/events';
import type { GenerationRun } from '../../../../runtime/pipeline/generation-run';
import { stageWindow } from '../../../../runtime/pipeline/heal/stage-window';
import { TableWriter } from '../../../../runtime/pipeline/table-writer';
import { ORDERS } from '../../../destinations/conformance/orders';
import { MemoryDestination } from '../../../destinations/memory';
import { HandClock } from '../../aws/hand-clock';
import { FakeBucket } from '../../export/fake-bucket';

const line = (id: string, more = '') =>
  `{"Metadata":{"WriteTimestampMicros":{"N":"1768387673917155"}},"Keys":{"id":{"S":"${id}"}},` +
  `"NewImage":{"id":{"S":"${id}"}${more}}}`;
const attribute = (name: string, value: string) => `,"${name}":{"S":"${value}"}`;

/** What the tables hold. `onStage` may fail before or after a stage, by the number of the call. */
class Store {
  readonly staged: string[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly calls: string[] = [];
  columns: readonly Column[] = [];
  onStage: (step: 'before' | 'after', call: number) => void = () => undefined;

  async stage(_generation: number, batches: AsyncIterable<ChangeBatch>, entry?: LedgerEntry): Promise<void> {
    this.calls.push('stage');
    const call = this.calls.filter((name) => name === 'stage').length;
    this.onStage('before', call);
    const keys: string[] = [];
    for await (const { changes } of batches) keys.push(...changes.map(({ keyText }) => keyText));
    this.staged.push(...keys);
    if (entry) this.ledger.push(entry);
    this.onStage('after', call);
  }

  async readLedger(): Promise<readonly LedgerEntry[]> {
    this.calls.push('readLedger');
    return this.ledger;
  }

  async widen(columns: readonly Column[]): Promise<void> {
    this.calls.push('widen');
    this.columns = columns;
  }
}

describe('pipeline/heal/stage window', () => {
  let bucket: FakeBucket;
  let store: Store;
  let writer: TableWriter;
  let clock: HandClock;
  let events: Events;
  let retries: EventMap['aws.retry'][];

  function openWith(maxColumns: number): void {
    const none = Catalog.initial({
      keySchema: ORDERS.keySchema,
      dialect: new MemoryDestination().dialect,
      layout: 'columns',
      maxColumns,
      dropReplicationAttributes: true,
    });
    writer = new TableWriter(store as unknown as PipelineStore, none, ORDERS.pipeline, events);
  }

  beforeEach(() => {
    bucket = new FakeBucket();
    store = new Store();
    clock = new HandClock();
    events = new Events();
    retries = [];
    events.on('aws.retry', (event) => retries.push(event));
    openWith(10);
  });

  function manifestOf(contents: Readonly<Record<string, readonly string[]>>): Manifest {
    const files: DataFile[] = Object.entries(contents).map(([key, lines]) => {
      const body = gzipSync(lines.map((text) => `${text}\n`).join(''));
      bucket.put(key, body);
      const md5 = createHash('md5').update(body).digest('base64');
      return { key, items: lines.length, md5, etag: undefined };
    });
    const itemCount = files.reduce((sum, { items }) => sum + items, 0);
    return { bucket: 'exports', files, itemCount } as unknown as Manifest;
  }

  function stage(manifest: Manifest): Promise<void> {
    const run = {
      context: {
        aws: bucket.services,
        clock,
        events,
        parts: {},
        pipeline: ORDERS.pipeline,
        table: { name: 'orders' },
      },
      committer: { current: { checkpoint: { generation: 2 } } },
      signal: new AbortController().signal,
      store,
      writer,
    };
    return stageWindow(run as unknown as GenerationRun, manifest);
  }
  const keys = () => store.staged.map((text) => /\d+/.exec(text)?.[0]);
  const reads = () => bucket.gets.map(({ key }) => key);

  it('P1: reads the ledger once, and each file that it lacks once', async () => {
    const manifest = manifestOf({ a: [line('1')], b: [line('2')], c: [line('3')] });
    store.ledger.push({ file: 'b', items: 1 });
    await stage(manifest);
    assert.deepEqual(keys(), ['1', '3']);
    assert.deepEqual(reads(), ['a', 'c']);
    assert.deepEqual(store.calls, ['readLedger', 'stage', 'stage']);
    assert.deepEqual(
      store.ledger.map(({ file }) => file),
      ['b', 'a', 'c'],
    );
  });

  it('a file that needs wider columns is read to its end, the table is widened once, and the file is staged', async () => {
    const lines = [line('1', attribute('a', 'x')), line('2', attribute('b', 'y'))];
    await stage(manifestOf({ a: lines, b: lines.map((text) => text.replaceAll(/"(1|2)"/g, '"$1$1"')) }));
    assert.deepEqual(keys(), ['1', '2', '11', '22']);
    assert.deepEqual(store.calls, ['readLedger', 'stage', 'widen', 'stage', 'stage']);
    assert.deepEqual(reads(), ['a', 'a', 'a', 'b']);
    assert.deepEqual(clock.sleeps, []);
  });

  it('a file whose columns the stream has taken meanwhile is staged after another widening', async () => {
    openWith(3);
    let taken = false;
    bucket.onPiece = async () => {
      // Between the widening for the file and its second read.
      if (taken || bucket.gets.length !== 2) return;
      taken = true;
      const wide = writer.catalog.observe(
        new Map([
          ['id', { S: 'x' }],
          ['mine', { S: 'x' }],
          ['b', { N: '1' }],
        ]),
      );
      await writer.widen(wide);
    };
    await stage(
      manifestOf({ a: [line('1', attribute('a', 'x') + attribute('c', 'x') + attribute('b', 'x'))] }),
    );
    assert.ok(taken);
    assert.deepEqual(keys(), ['1']);
    assert.equal(store.calls.filter((call) => call === 'stage').length, 3);
  });

  it('columns that never hold a file are an error after as many widenings as a file can need', async () => {
    const narrow = writer.catalog;
    Object.defineProperty(writer, 'columns', { get: () => narrow, set: () => undefined });
    await assert.rejects(stage(manifestOf({ a: [line('1', attribute('a', 'x'))] })), (error) => {
      assert.ok(error instanceof ColumnsNotSettled);
      assert.deepEqual([error.kind, error.file, error.widenings], ['fatal', 's3://exports/a', 4]);
      assert.match(error.message, /do not hold s3:\/\/exports\/a, .* dynamodb-replicator resync --table/s);
      return true;
    });
    assert.deepEqual(store.staged, []);
  });

  for (const when of ['before', 'after'] as const)
    it(`C3: a stage whose answer is lost ${when} the commit is looked up in the ledger`, async () => {
      store.onStage = (step, call) => {
        if (step === when && call === 1) throw new CommitOutcomeUnknown();
      };
      await stage(manifestOf({ a: [line('1')], b: [line('2')] }));
      assert.deepEqual(keys(), ['1', '2']);
      const again = when === 'before' ? ['stage'] : [];
      assert.deepEqual(store.calls, ['readLedger', 'stage', 'readLedger', ...again, 'stage']);
    });

  it('X1: a file that stays damaged ends after three attempts, and the log says what the pipeline does', async () => {
    const manifest = manifestOf({ a: [line('1')] });
    const [file] = manifest.files;
    const damaged = { ...manifest, files: [{ ...file!, md5: 'AAAAAAAAAAAAAAAAAAAAAA==' }] };
    await assert.rejects(stage(damaged), DataFileCorrupt);
    assert.equal(reads().length, 3);
    assert.deepEqual([store.staged, store.ledger], [[], []]);
    assert.deepEqual(
      retries.map(({ attempt, code, waitMs }) => [attempt, code, waitMs]),
      [
        [1, 'MD5', 1_000],
        [2, 'MD5', 2_000],
      ],
    );
    for (const { message } of retries) {
      assert.match(
        message,
        /^s3:\/\/exports\/a does not match .* its MD5 should be .*\. Reading it again\. /,
      );
      assert.match(
        message,
        /If it stays damaged, the gap will be healed by other exports, from the same time on\.$/,
      );
      assert.doesNotMatch(message, /resync|new export/);
    }
  });

  it('a file that does not exist is an error at once', async () => {
    const manifest = manifestOf({ a: [line('1')] });
    bucket.objects.delete('a');
    await assert.rejects(stage(manifest), (error) => {
      assert.ok(error instanceof DataFileMissing);
      assert.equal(error.file, 's3://exports/a');
      return true;
    });
    assert.equal(reads().length, 1);
  });
});
