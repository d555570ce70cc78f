import assert from 'node:assert/strict';
import { report } from '../../bench/report/report';
import { replaceSection, withNewParts } from '../../bench/report/update';
import type { ApplyRound } from '../../bench/results';
import { EMPTY, round } from './results';

const MEASURED = {
  ...EMPTY,
  bulk: [
    { contender: 'gunzip', shape: 'flat', rounds: [round(0.25), round(0.5), round(0.25)] },
    {
      contender: 'scanner',
      shape: 'flat',
      rounds: [round(0.4), round(0.8, { peakBytes: 95e6 }), round(0.5)],
    },
    { contender: 'json-parse', shape: 'flat', rounds: [round(2), round(2), round(2)] },
  ],
  missing: [{ contender: 'boto3', shape: undefined, why: 'BENCH_PYTHON is not set' }],
} as const;

const halved = ({ changes, commitMs }: ApplyRound) => ({ changes, commitMs: commitMs.map((ms) => ms / 2) });

/** Three rounds of two commits of 1,000 changes each. */
const FOLLOWED = {
  ...EMPTY,
  streaming: [
    {
      engine: 'postgres',
      rows: 10_000_000,
      batch: 1_000,
      ours: [
        { changes: 2_000, commitMs: [50, 50] },
        { changes: 2_000, commitMs: [40, 40] },
        { changes: 2_000, commitMs: [100, 33] },
      ],
      prepared: [
        { changes: 2_000, commitMs: [40, 40] },
        { changes: 2_000, commitMs: [32, 32] },
        { changes: 2_000, commitMs: [80, 20] },
      ],
      resync: [
        { changes: 2_000, commitMs: [80, 80] },
        { changes: 2_000, commitMs: [60, 60] },
        { changes: 2_000, commitMs: [100, 100] },
      ],
    },
  ],
} as const;

/** Cells of the row whose first cell equals, or begins with, `first`. */
function cells(text: string, first: string): string[] {
  const lines = text.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return lines.find(([cell]) => cell === first) ?? lines.find(([cell]) => cell?.startsWith(first)) ?? [];
}

describe('bench: the report', () => {
  const text = report(MEASURED, '## Notes\n\nA remark.\n');

  it('names the machine, the command and the number of rounds', () => {
    assert.match(text, /npm run bench -- --quick/);
    assert.match(text, /3 rounds/);
    assert.match(text, /2 cores \(A processor\), 8 GiB, Linux 6, Node 20\.20\.2; load average 0\.5 .* 2\.0/s);
  });

  it('has the median of the rounds, peak memory, ratios by round, and noise', () => {
    assert.deepEqual(cells(text, '**our decode**'), [
      '**our decode**',
      '200.0',
      '400.0',
      '2.5',
      '–',
      '95',
      '0.63',
      '4.00',
      '±31 %',
    ]);
    assert.deepEqual(cells(text, 'gunzip only').slice(6), ['1.00', '8.00', '±25 %']);
  });

  it('shows each target with the measured figure and whether it was reached', () => {
    assert.deepEqual(cells(text, 'decode vs gunzip').slice(2), ['flat 63 % (63 %)', 'yes']);
    assert.deepEqual(cells(text, 'decode vs `JSON.parse`').slice(2), ['flat 4.0× (5.0×)', 'yes']);
  });

  it('compares CPU time of the busier thread, however long the rounds took', () => {
    const bulk = [
      { contender: 'gunzip', shape: 'flat', rounds: [round(9, { cpuSeconds: 0.2, mainCpuSeconds: 0.02 })] },
      { contender: 'scanner', shape: 'flat', rounds: [round(1, { cpuSeconds: 0.5, mainCpuSeconds: 0.3 })] },
    ] as const;
    assert.deepEqual(cells(report({ ...EMPTY, bulk }, ''), '… by CPU time').slice(2), ['flat 60 %', '–']);
  });

  it('leaves the row of a contender that was not measured empty, and gives the reason', () => {
    assert.deepEqual(cells(text, 'boto3').slice(1), ['–', '–', '–', '–', '–', '–', '–', '–']);
    assert.match(text, /^- boto3 `TypeDeserializer`: BENCH_PYTHON is not set$/m);
    assert.match(report(EMPTY, ''), /decode vs gunzip only .*not measured/);
  });

  it('streaming: shows the rate of the median round, percentiles of all commits, and the database’s share', () => {
    assert.deepEqual(cells(report(FOLLOWED, ''), '10,000,000'), [
      '10,000,000',
      '1,000',
      '20,000',
      '40.0',
      '100.0',
      '80 %',
      '0.67',
      '6',
      '±25 %',
    ]);
  });

  it('streaming: a slower rate still reaches the target if its share of the database’s speed does', () => {
    const { streaming } = FOLLOWED;
    const verdict = (text: string) => cells(text, 'PostgreSQL apply').slice(2);
    assert.deepEqual(verdict(report(FOLLOWED, '')), ['20,000/s, 80 %', 'yes']);
    const slow = streaming.map((result) => ({ ...result, prepared: result.prepared.map(halved) }));
    assert.deepEqual(verdict(report({ ...FOLLOWED, streaming: slow }, '')), ['20,000/s, 40 %', 'no']);
  });

  it('latency: reaches the target only with both percentiles, in each destination', () => {
    const result = { writesPerSecond: 1_000, writtenPerSecond: 999.6, counted: 9_000, peakBytes: 200e6 };
    const latency = [
      { ...result, engine: 'duckdb', p50Ms: 164.2, p99Ms: 300.1 },
      { ...result, engine: 'postgres', p50Ms: 150, p99Ms: 1_300 },
    ] as const;
    const written = report({ ...EMPTY, latency }, '');
    assert.deepEqual(cells(written, 'write-to-visible').slice(2), [
      'DuckDB 164 and 300 ms, PostgreSQL 150 and 1300 ms',
      '1 of 2',
    ]);
    assert.deepEqual(cells(written, 'DuckDB'), ['DuckDB', '1,000', '1,000', '164', '300', '9,000', '200']);
  });

  it('shards: shows the cost of following, per number of shards', () => {
    const result = {
      known: 28_000,
      cpu: 0.312,
      readsPerSecond: 199.8,
      longestStallMs: 41.3,
      peakBytes: 200e6,
    };
    const idle = { recordsPerSecond: 0, longestLagMs: undefined, watermarkAgeMs: 92_400 };
    const shards = [{ ...result, ...idle, open: 4_000, writes: 'none' }] as const;
    assert.deepEqual(cells(report({ ...EMPTY, shards }, ''), '4,000'), [
      '4,000',
      '28,000',
      'none',
      '31 %',
      '200',
      '20.0',
      '41',
      '0',
      '–',
      '92',
      '200',
    ]);
  });

  it('a part’s section replaces the previous one, or is appended', () => {
    const heading = '## B';
    assert.equal(
      replaceSection('# A\n\n## B\n\nold\n\n## C\n\nc\n', heading, '## B\n\nnew'),
      '# A\n\n## B\n\nnew\n\n## C\n\nc\n',
    );
    assert.equal(replaceSection('# A\n\n## B\n\nold\n', heading, '## B\n\nnew'), '# A\n\n## B\n\nnew\n');
    assert.equal(replaceSection('# A\n', heading, '## B\n\nnew'), '# A\n\n## B\n\nnew\n');
  });

  const LATENCY = { writesPerSecond: 1_000, writtenPerSecond: 1_000, counted: 9_000, peakBytes: 200e6 };
  const FAST = { ...LATENCY, engine: 'duckdb', p50Ms: 160, p99Ms: 300 } as const;
  const SHARDS = {
    open: 10,
    known: 70,
    writes: 'none',
    cpu: 0.1,
    readsPerSecond: 2,
    recordsPerSecond: 0,
    longestStallMs: 8,
    longestLagMs: undefined,
    watermarkAgeMs: 60_000,
    peakBytes: 90e6,
  } as const;

  for (const [part, heading, results] of [
    ['streaming', '## Following the stream', { streaming: FOLLOWED.streaming }],
    ['latency', '## From a write to a visible row', { latency: [FAST] }],
    ['shards', '## Streams of many shards', { shards: [SHARDS] }],
  ] as const)
    it(`${part}: measured alone, replaces its section and its targets, and says when and where it was measured`, () => {
      const machine = { ...EMPTY.machine, processor: 'Another processor' };
      const all = { ...MEASURED, streaming: FOLLOWED.streaming, latency: [FAST], shards: [SHARDS] };
      const before = report(all, '## Notes\n\nA remark.\n');
      const run = {
        machine,
        words: `--only ${part} --output /tmp/a.md`,
        date: '2026-12-24',
        commit: 'def5678',
      };
      const after = withNewParts(before, { ...EMPTY, ...run, ...results });
      const changed = after.split('\n').filter((line) => !before.split('\n').includes(line));
      assert.deepEqual(changed, [
        `Measured on 2026-12-24 at commit def5678 by \`npm run bench -- --only ${part}\` on 2 cores (Another processor), Node 20.20.2,`,
      ]);
      assert.ok(after.indexOf(changed[0] ?? '') > after.indexOf(heading));
      assert.equal(after.split('\n').length, before.split('\n').length);
    });

  it('a part that is measured alone updates only its own targets', () => {
    const before = report({ ...MEASURED, latency: [FAST] }, '');
    const slow = { ...FAST, p99Ms: 1_300 };
    const alone = { ...EMPTY, bulk: [{ contender: 'gunzip', shape: 'flat', rounds: [round(1)] }] } as const;
    const after = withNewParts(before, { ...alone, latency: [slow] });
    assert.deepEqual(cells(after, 'write-to-visible').slice(2), ['DuckDB 160 and 1300 ms', 'no']);
    assert.deepEqual(cells(after, 'decode vs gunzip'), cells(before, 'decode vs gunzip'));
    assert.deepEqual(cells(after, 'PostgreSQL apply').slice(2), ['not measured', '–']);
    assert.equal(withNewParts(before, alone), before);
  });

  it('heals: shows a resync beside the heal of as many changes, with ratios, and what follows the changes', () => {
    const whole = {
      engine: 'postgres',
      way: 'resync',
      rows: 1_000_000,
      changed: 10_000,
      exports: 1,
      billedBytes: 160e6,
      downloadedBytes: 30e6,
      items: 1_000_100,
      rereadKeys: 0,
      deletedKeys: 0,
      readUnits: 0,
      written: 9_000,
      loadMs: 8_000,
      findMs: 0,
      rereadMs: 0,
      publishMs: 12_000,
      cpuMs: 9_000,
      peakBytes: 140e6,
      priceUsd: 0.015,
    } as const;
    const some = {
      ...whole,
      way: 'heal',
      exports: 2,
      billedBytes: 20e6,
      items: 9_100,
      rereadKeys: 40,
      readUnits: 41,
      loadMs: 1_000,
      findMs: 500,
      rereadMs: 400,
      publishMs: 600,
    } as const;
    const small = { ...some, changed: 1_000, items: 910 } as const;
    const written = report({ ...EMPTY, heals: [small, some, whole] }, '');
    assert.match(written, /PostgreSQL, 1,000,000 rows, 10,000 changed/);
    const { machine } = EMPTY;
    assert.doesNotMatch(written, /Other work kept the cores busy/);
    const busy = { ...machine, load: [0.5, 2.1] as const };
    assert.match(report({ ...EMPTY, machine: busy, heals: [some] }, ''), /2\.1 at the end\. Other work kept/);
    assert.deepEqual(cells(written, 'billed for exports, MB').slice(1), ['160', '20', '8.0']);
    assert.deepEqual(cells(written, 'items or lines loaded').slice(1), ['1,000,100', '9,100', '110']);
    assert.deepEqual(cells(written, 'keys read again').slice(1), ['0', '40', '–']);
    assert.deepEqual(cells(written, 'stalled by our work, s').slice(1), ['20.00', '2.50', '8.0']);
    assert.deepEqual(cells(written, 'PostgreSQL').slice(1, 6), ['1,000,000', '1,000', '20', '30', '910']);
    assert.equal(report({ ...EMPTY, heals: [small] }, '').includes('resync ÷ heal'), false);
  });

  it('has no section for a part that was not run', () => {
    assert.doesNotMatch(report(EMPTY, ''), /## (Decoding|Loading|Following|From a write|Closing)/);
    assert.doesNotMatch(text, /## (Loading|Following|From a write|Closing)/);
  });

  it('ends with the notes', () => {
    assert.ok(text.endsWith('## Notes\n\nA remark.\n'));
  });
});
