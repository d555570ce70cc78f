import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Item, Knobs } from '../../../simulator';
import { derivedRandom } from '../../../simulator/random';
import { HOUR, MINUTE, SECOND, failure } from '../fixture';
import { Exporting, incremental, TABLE_ARN } from './exporting';

interface Line {
  Metadata: { WriteTimestampMicros: { N: string } };
  Keys: Item;
  OldImage?: Item;
  NewImage?: Item;
}

const DAY = 24 * HOUR;
const v = (value: number): Item => ({ v: { N: String(value) } });
const item = (id: string, value: number): Item => ({ id: { S: id }, ...v(value) });
const md5 = (text: string): string => createHash('md5').update(text).digest('base64');

/** A table whose exports are cut exactly at their times, with recovery on for a while. */
function exact(knobs: Partial<Knobs> = {}): Exporting {
  const local = new Exporting({ exportCut: 'exact', exportTimeRounding: 'none', ...knobs });
  local.recoverable();
  local.clock.advance(HOUR);
  return local;
}

/** Writes 60 items several times within 90 s of an edge, each time with the time as its value, and returns the times by item. */
function writesAround(local: Exporting, edge: number): ReadonlyMap<number, readonly number[]> {
  const random = derivedRandom(1, 'writes');
  const written = new Map<number, number[]>();
  const times = Array.from({ length: 300 }, () => edge + random.integer(-90, 91) * SECOND);
  for (const [index, time] of times.sort((a, b) => a - b).entries()) {
    const id = index % 60;
    local.clock.set(time);
    local.put(String(id), v(time));
    written.set(id, [...(written.get(id) ?? []), time]);
  }
  return written;
}

/** The number in an attribute; NaN for an item that does not exist. */
function timeOf(item: Item | undefined, name = 'v'): number {
  return Number(Object.values(item?.[name] ?? {})[0]);
}

describe('simulator: incremental exports', () => {
  it('have AWS’s layout, byte for byte, and pool their data files', () => {
    const local = exact();
    const from = local.clock.now();
    local.clock.advance(SECOND);
    local.put('a', { z: { N: '1' }, b: { L: [{ S: '☃' }] } });
    const micros = String(local.clock.now() * 1000);
    local.clock.advance(20 * MINUTE);
    const to = local.clock.now() - MINUTE + 500;
    local.clock.advance(300);
    const started = local.clock.now();
    const done = local.changes(from, to, undefined, { S3Prefix: 'some/prefix' });
    const id = done.ExportArn.slice(done.ExportArn.lastIndexOf('/') + 1);
    const wholeSecond = String(Math.floor(started / 1000) * 1000).padStart(14, '0');
    assert.match(id, new RegExp(`^${wholeSecond}-[0-9a-f]{8}$`));
    const folder = `some/prefix/AWSDynamoDB/${id}`;
    assert.equal(done.ExportManifest, `${folder}/manifest-summary.json`);
    const pooled = local.keys('some/prefix/AWSDynamoDB/data/');
    assert.equal(pooled.length, 4);
    assert.deepEqual(local.keys(`${folder}/data/`), []);

    const summary = local.text(done.ExportManifest);
    assert.equal(local.text(`${folder}/manifest-summary.md5`), md5(summary));
    assert.equal(
      summary,
      JSON.stringify({
        version: '2023-08-01',
        exportArn: done.ExportArn,
        startTime: new Date(started).toISOString(),
        endTime: new Date((done['EndTime'] as number) * 1000).toISOString(),
        tableArn: TABLE_ARN,
        tableId: done['TableId'],
        exportFromTime: new Date(from).toISOString(),
        exportToTime: new Date(to).toISOString(),
        s3Bucket: 'exports',
        s3Prefix: 'some/prefix',
        s3SseAlgorithm: 'AES256',
        s3SseKmsKeyId: null,
        manifestFilesS3Key: `${folder}/manifest-files.json`,
        billedSizeBytes: 10_000_000,
        itemCount: 1,
        outputFormat: 'DYNAMODB_JSON',
        outputView: 'NEW_AND_OLD_IMAGES',
        exportType: 'INCREMENTAL_EXPORT',
      }),
    );
    const [line] = local.lines<Line>(done);
    assert.equal(
      JSON.stringify(line),
      `{"Metadata":{"WriteTimestampMicros":{"N":"${micros}"}},"Keys":{"id":{"S":"a"}},` +
        `"NewImage":{"b":{"L":[{"S":"☃"}]},"id":{"S":"a"},"z":{"N":"1"}}}`,
    );
    assert.deepEqual(
      [
        done['ExportType'],
        done['IncrementalExportSpecification'],
        done['ExportTime'],
        done['BilledSizeBytes'],
      ],
      [
        'INCREMENTAL_EXPORT',
        { ExportFromTime: from / 1000, ExportToTime: to / 1000, ExportViewType: 'NEW_AND_OLD_IMAGES' },
        undefined,
        10_000_000,
      ],
    );
    const [listed] = local.dynamodb('ListExports', { TableArn: TABLE_ARN }).ExportSummaries;
    assert.equal(listed.ExportType, 'INCREMENTAL_EXPORT');

    const next = local.changes(from, to, undefined, { S3Prefix: 'some/prefix' });
    assert.equal(local.keys('some/prefix/AWSDynamoDB/data/').length, 8);
    assert.deepEqual(local.lines(next), [line]);
  });

  describe('have one line for what the writes of the window made of an item', () => {
    const cases: readonly (readonly [
      name: string,
      writes: (local: Exporting) => void,
      before: Item | undefined,
      after: Item | undefined,
    ])[] = [
      ['an insert', (local) => local.put('new', v(1)), undefined, item('new', 1)],
      ['an update', (local) => local.put('old', v(2)), item('old', 0), item('old', 2)],
      ['a delete', (local) => local.remove('old'), item('old', 0), undefined],
      [
        'a delete and an insert',
        (local) => (local.remove('old'), local.put('old', v(3))),
        item('old', 0),
        item('old', 3),
      ],
      [
        'several updates',
        (local) => [4, 5, 6].forEach((value) => local.put('old', v(value))),
        item('old', 0),
        item('old', 6),
      ],
      [
        'an insert and a delete',
        (local) => (local.put('new', v(1)), local.remove('new')),
        undefined,
        undefined,
      ],
    ];
    for (const view of ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE'] as const) {
      for (const [name, writes, before, after] of cases) {
        it(`${name}, ${view}`, () => {
          const local = new Exporting({ exportCut: 'exact', exportTimeRounding: 'none' });
          local.put('old', v(0));
          local.put('untouched', v(0));
          local.recoverable();
          local.clock.advance(HOUR);
          const from = local.clock.now();
          writes(local);
          local.clock.advance(HOUR);
          const lines = local.lines<Line>(local.changes(from, local.clock.now(), view));
          const withOld = before && view === 'NEW_AND_OLD_IMAGES';
          const images = { ...(withOld ? { OldImage: before } : {}), ...(after ? { NewImage: after } : {}) };
          assert.deepEqual(
            lines.map(({ Metadata: _, Keys: __, ...rest }) => rest),
            before || after ? [images] : [],
          );
        });
      }
    }
  });

  it('begin at their first instant and end before their last', () => {
    const local = exact();
    const from = local.clock.now() + MINUTE;
    const to = from + 15 * MINUTE;
    for (const [id, time] of [
      ['before', from - 1],
      ['first', from],
      ['last', to - 1],
      ['after', to],
    ] as const) {
      local.clock.set(time);
      local.put(id);
    }
    const keys = local.lines<Line>(local.changes(from, to)).map(({ Keys }) => Keys['id']);
    assert.deepEqual(keys.map((key) => Object.values(key ?? {})[0]).sort(), ['first', 'last']);
  });

  it('end now if no end is given, and order writes of one millisecond', () => {
    const local = exact();
    const from = local.clock.now() - 20 * MINUTE;
    local.put('a', v(1));
    local.put('a', v(2));
    local.clock.advance(1);
    const done = local.changes(from);
    assert.equal(
      (done['IncrementalExportSpecification'] as { ExportToTime: number }).ExportToTime,
      local.clock.now() / 1000 - 720,
    );
    const [line] = local.lines<Line>(done);
    assert.deepEqual(line?.NewImage, item('a', 2));
    assert.match(line?.Metadata.WriteTimestampMicros.N ?? '', /001$/);
  });

  for (const exportEdges of ['shared', 'independent'] as const) {
    it(`cut each item up to 60 s from ${exportEdges} edges`, () => {
      const local = new Exporting({ exportCut: 'mixed', exportTimeRounding: 'none', exportEdges });
      local.recoverable();
      local.clock.advance(HOUR);
      const start = local.clock.now();
      const edges = [start, start + HOUR, start + 2 * HOUR];
      const edge = edges[1]!;
      const written = writesAround(local, edge);
      local.clock.set(edges[2]!);
      const [first, second] = [0, 1].map((window) => {
        const lines = local.lines<Line>(local.changes(edges[window]!, edges[window + 1]!));
        return new Map(lines.map((line) => [timeOf(line.Keys, 'id'), line]));
      });
      let missed = 0;
      let twice = 0;
      for (const [id, times] of written) {
        // The last write of the first window, and the last one before the second: they are the same one if nothing is lost.
        const until = timeOf(first!.get(id)?.NewImage) || 0;
        const since = timeOf(second!.get(id)?.OldImage) || 0;
        assert.ok(until >= Math.max(0, ...times.filter((time) => time < edge - 60 * SECOND)), String(id));
        assert.ok(since <= Math.min(...times.filter((time) => time > edge + 60 * SECOND)), String(id));
        if (since > until) missed++;
        if (second!.has(id) && since < until) twice++;
      }
      if (exportEdges === 'shared') assert.deepEqual([missed, twice], [0, 0]);
      else assert.ok(missed > 0 && twice > 0, `${missed} items missed, ${twice} twice`);
    });
  }

  it('reach back as far as recovery does, 35 days', () => {
    const local = exact({ partitions: 1 });
    local.put('a', v(1));
    const written = local.clock.now();
    local.clock.set(written + 35 * DAY - HOUR);
    const lines = local.lines<Line>(local.changes(written, written + DAY));
    assert.deepEqual(lines[0]?.NewImage, item('a', 1));
    local.clock.set(written + 35 * DAY + MINUTE);
    assert.equal(
      failure(() => local.request(incremental(written, written + DAY))),
      'InvalidExportTimeException',
    );
  });

  it('are refused as AWS refuses them', () => {
    const local = new Exporting();
    const refused = (input: Record<string, unknown>): string => failure(() => local.request(input));
    const now = local.clock.now();
    assert.equal(refused(incremental(now - HOUR)), 'PointInTimeRecoveryUnavailableException');
    local.recoverable();
    const earliest = local.clock.now();
    local.clock.advance(3 * DAY);
    const end = local.clock.now();
    for (const [what, from, to] of [
      ['too short', end - 15 * MINUTE + SECOND, end],
      ['too long', end - DAY - SECOND, end],
      ['backwards', end - HOUR, end - 2 * HOUR],
      ['in the future', end - HOUR, end + SECOND],
      ['beginning in the future', end + HOUR, undefined],
      ['before recovery', earliest - 2 * HOUR, earliest + HOUR],
    ] as const) {
      assert.equal(refused(incremental(from, to)), 'InvalidExportTimeException', what);
    }
    const hour = incremental(end - HOUR, end);
    for (const [what, input] of [
      ['without its type', { ...hour, ExportType: undefined }],
      ['of a full export', { ...hour, ExportType: 'FULL_EXPORT' }],
      ['without a window', { ExportType: 'INCREMENTAL_EXPORT' }],
      ['without a start', incremental(undefined, end)],
      ['with a time', { ...hour, ExportTime: end / 1000 }],
      ['with the view of the guide’s prose', incremental(end - HOUR, end, 'NEW_IMAGES')],
    ] as const) {
      assert.equal(refused(input), 'ValidationException', what);
    }
    assert.equal(
      refused({
        ...hour,
        IncrementalExportSpecification: { ...(hour['IncrementalExportSpecification'] as object), Other: 1 },
      }),
      'NotSimulatedException',
    );
    assert.equal(refused(incremental(end - DAY, end)), 'none');
    assert.equal(refused(incremental(end - 15 * MINUTE, end)), 'none');
  });

  it('belong to their client token with their window and view', () => {
    const local = exact();
    const end = local.clock.now();
    const ClientToken = 'one';
    const first = local.request({ ...incremental(end - HOUR, end), ClientToken });
    assert.equal(local.request({ ...incremental(end - HOUR, end), ClientToken }).ExportArn, first.ExportArn);
    for (const other of [
      incremental(end - HOUR),
      incremental(end - HOUR + SECOND, end),
      incremental(end - HOUR, end, 'NEW_IMAGE'),
      {},
    ]) {
      assert.equal(
        failure(() => local.request({ ...other, ClientToken })),
        'ExportConflictException',
      );
    }
  });

  it('name another window in their manifest if the knob says so', () => {
    const local = exact({ manifestTimeOffMs: -SECOND });
    const to = local.clock.now();
    const from = to - HOUR;
    const summary = JSON.parse(local.text(local.changes(from, to).ExportManifest));
    assert.deepEqual(
      [Date.parse(summary.exportFromTime), Date.parse(summary.exportToTime)],
      [from - SECOND, to - SECOND],
    );
  });

  it('are billed by the changes, above 10 MB', () => {
    const local = exact({ partitions: 1 });
    const from = local.clock.now();
    const text = 'x'.repeat(400_000);
    for (let i = 0; i < 30; i++) local.put(`k${i}`, { v: { S: text } });
    local.clock.advance(HOUR);
    const done = local.changes(from, local.clock.now());
    const billed = done['BilledSizeBytes'] as number;
    assert.ok(billed > 30 * text.length && billed < 31 * text.length, String(billed));
  });
});
