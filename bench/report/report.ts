import { type ContenderEntry, CONTENDERS, entryOf } from '../contenders/contenders';
import type { LatencyResult, Missing, Results } from '../results';
import { bulkTables, type Reference } from './bulk-tables';
import { markdownTable } from './markdown';
import { SHARDS, SHARDS_HEADING, shardsTable } from './shards-table';
import { ENGINES, streamingTable, thousands } from './streaming-table';
import { targetTable } from './targets';

/** docs/PERFORMANCE.md. @param notes what people found about it, Markdown */
export function report(results: Results, notes: string): string {
  const sections = [
    '# Performance',
    introduction(results),
    '## Figures to reach',
    targetTable(results),
    BEST,
    ...bulk(results, 'decode', 'Decoding an export', DECODING, [
      { contender: 'gunzip', title: '× gunzip' },
      { contender: 'json-parse', title: '× `JSON.parse`' },
    ]),
    ...bulk(results, 'duckdb', 'Loading into DuckDB', DUCKDB, [
      { contender: 'read-json', title: '× `read_json`' },
    ]),
    ...bulk(results, 'postgres', 'Loading into PostgreSQL', postgresText(results), [
      { contender: 'copy', title: '× `COPY`' },
      { contender: 'copy-together', title: '× the same together' },
    ]),
    ...missing(results.missing),
    ...streaming(results),
    ...latency(results),
    ...shards(results),
    notes.trim(),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const BEST = `In parentheses: the best round of one to the best round of the other, which other work on the machine disturbed least.
A decoder has two threads, JavaScript's and zlib's: with a core for each of them it is as fast as the busier one lets it be, and the
CPU time of that one hardly depends on what else the machine does.`;

const DECODING = `From the compressed file to a row's cells, which no sink keeps. MB are of the export, uncompressed; the × columns
say how many times as fast a row is as the one that they name, taken round by round, since what disturbs a round disturbs
both; noise is half of what lies between the slowest and the fastest round. Before it is measured,
each reads one file: an export is larger than what it takes until code has been compiled. The contenders that take long read a
quarter of the files.`;

const DUCKDB = `From the compressed files to a closed database file. Both make the same columns of the same types, which both are told
beforehand, with two threads: \`read_json\` of the files as a query with up to 8 GB, its documents rewritten to plain JSON with
numbers as DOUBLE; ours with the settings' defaults (256 MiB), documents with all digits, every file's MD5 and number of items checked.`;

const STREAMING = `Changes to a published table of 8 columns, about 170 bytes a row: four of five rewrite a row, one of ten adds
one, one of ten deletes one, anywhere in the table; no key twice in a batch. The time is from the stream's records to the
confirmed commit of rows and checkpoint. "Of prepared" compares it with sending the very same statements again, their
parameters (for DuckDB: their files of rows) ready: what of the time is the database's.`;

const LATENCY = `Writes to the simulator, in another process of the machine; the replicator reads its stream with the AWS SDK over a
socket, with the settings' defaults. A write is visible when the commit that holds it is confirmed. Writes of the first 6 s, in which
an idle shard's pause ends and the programs are compiled, are not counted. A busy shard is read every 250 ms, so that half of that
is the least that can be expected of the median. The pause of an idle one grows up to 5 s, since AWS takes money for every read
(settings \`poll.minMs\` and \`poll.maxMs\`): the first write after an idle time waits for its end.`;

function postgresText({ machine: { postgres } }: Results): string {
  const server = postgres
    ? `PostgreSQL ${postgres.version}, ${postgres.lz4 ? 'with lz4 for large values' : 'without lz4'}, on the same machine, without fsync`
    : 'without a server';
  return `From the compressed files to the last commit, into a table without a key as a backfill does (${server}). The limit reads
files that hold the very bytes that ours sends, one after the other over one connection, or together over as many as ours takes,
which leaves no core for anything else. CPU and memory are of the process that loads; the server's are not among them.`;
}

function introduction({ machine, rounds, megabytes, seconds, words }: Results): string {
  const command = `npm run bench${words === '' ? '' : ` -- ${words}`}`;
  const { cores, processor, memoryBytes, system, node, load } = machine;
  return `Written by \`${command}\` (see [CONTRIBUTING.md](../CONTRIBUTING.md)) in ${Math.round(seconds / 60)} minutes: ${rounds} rounds, in
each of which every contender ran once after the other, in a process of its own, on ${megabytes} MB of generated items of each shape.
${cores} cores (${processor}), ${Math.round(memoryBytes / 2 ** 30)} GiB, ${system}, Node ${node.slice(1)}; load average ${load[0].toFixed(1)} when it began and ${load[1].toFixed(1)}
when it ended. **Trust ratios inside one table more than absolute figures**: they are of rounds run side by side, on files in the page cache.`;
}

function bulk(
  results: Results,
  group: ContenderEntry['group'],
  heading: string,
  text: string,
  references: readonly Reference[],
): readonly string[] {
  const isMeasured = results.bulk.some(({ contender }) => entryOf(contender).group === group);
  return isMeasured ? [`## ${heading}`, text, bulkTables(results, group, references)] : [];
}

function streaming({ streaming: results }: Results): readonly string[] {
  if (results.length === 0) return [];
  const tables = [streamingTable(results, 'duckdb'), streamingTable(results, 'postgres')];
  return ['## Following the stream', STREAMING, ...tables];
}

function latency({ latency: results }: Results): readonly string[] {
  return results.length === 0 ? [] : ['## From a write until it is visible', LATENCY, latencyTable(results)];
}

/** The section alone; empty when it was not measured. */
export function shards({ shards: results }: Pick<Results, 'shards'>): readonly string[] {
  return results.length === 0 ? [] : [SHARDS_HEADING, SHARDS, shardsTable(results)];
}

function missing(all: readonly Missing[]): readonly string[] {
  if (all.length === 0) return [];
  const lines = all.map(({ contender, shape, why }) => {
    const what = CONTENDERS[contender].title.replaceAll('**', '');
    return `- ${what}${shape === undefined ? '' : `, ${shape}`}: ${why}`;
  });
  return [`Not measured:\n\n${lines.join('\n')}`];
}

/** A row for each destination and rate of writes. */
function latencyTable(results: readonly LatencyResult[]): string {
  const rows = results.map((result) => [
    ENGINES[result.engine],
    thousands(result.writesPerSecond),
    thousands(Math.round(result.writtenPerSecond)),
    String(Math.round(result.p50Ms)),
    String(Math.round(result.p99Ms)),
    thousands(result.counted),
    String(Math.round(result.peakBytes / 1e6)),
  ]);
  const head = ['writes/s wanted', 'written/s', 'p50, ms', 'p99, ms', 'counted', 'peak RSS, MB'];
  return markdownTable(['into', ...head], rows);
}
