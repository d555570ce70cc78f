import { type ContenderEntry, CONTENDERS, entryOf } from '../contenders/contenders';
import type { Missing, Results } from '../results';
import { bulkTables, type Reference } from './bulk-tables';
import { commandOf } from './measured-by';
import { partSections } from './part-sections';
import { targetRows, TARGETS_HEADING, targetTable } from './targets';

/** The text of docs/PERFORMANCE.md. @param notes Markdown that explains the figures */
export function report(results: Results, notes: string): string {
  const sections = [
    '# Performance',
    introduction(results),
    TARGETS_HEADING,
    targetTable(targetRows(results)),
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
      { contender: 'copy-together', title: '× parallel `COPY`' },
    ]),
    ...missing(results.missing),
    ...partSections(results).map(({ text }) => text),
    notes.trim(),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const BEST = `In parentheses is the ratio of the best rounds, which other work on the machine disturbed least. A decoder has two threads,
JavaScript's and zlib's. With a core for each, the busier one sets its speed, and that one's CPU time hardly depends on other work.`;

const DECODING = `From the compressed file to the cells of each row, which are then dropped. MB are those of the uncompressed export. A × column
compares the speed with the contender in its title, round by round, since what disturbs a round disturbs both. Noise is half
the difference between the slowest and the fastest round. Each contender reads one file before it is measured, until its code is
compiled. Slow contenders read a quarter of the files.`;

const DUCKDB = `From the compressed files to a closed database file, with two threads. Both produce the same columns, whose types both know
beforehand. \`read_json\` may use 8 GB and rewrites documents to plain JSON with numbers as DOUBLE. Ours has default settings
(256 MiB), keeps all digits of documents, and checks the MD5 and the number of items of every file.`;

function postgresText({ machine: { postgres } }: Results): string {
  const server = postgres
    ? `PostgreSQL ${postgres.version}, ${postgres.lz4 ? 'with lz4 for large values' : 'without lz4'}, on the same machine, without fsync`
    : 'without a server';
  return `From the compressed files to the last commit, into a table without a key, as in a backfill (${server}).
The limit reads files with exactly the bytes that ours sends: one after the other over one connection, or in parallel over as
many connections as ours, which leaves no core for other work. CPU and memory are those of the loading process, without the server.`;
}

function introduction({ machine, rounds, megabytes, seconds, words, date, commit }: Results): string {
  const { cores, processor, memoryBytes, system, node, load } = machine;
  return `Written on ${date} at commit ${commit} by \`${commandOf(words)}\` (see [CONTRIBUTING.md](../CONTRIBUTING.md)) in ${Math.round(seconds / 60)} minutes: ${rounds} rounds. In
each round every contender ran once, one after the other, each in its own process, on ${megabytes} MB of generated items of each shape.
${cores} cores (${processor}), ${Math.round(memoryBytes / 2 ** 30)} GiB, ${system}, Node ${node.slice(1)}; load average ${load[0].toFixed(1)} at the start and ${load[1].toFixed(1)}
at the end. **Trust ratios within a table more than absolute figures**: they compare rounds run side by side, on files in the page cache.`;
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

function missing(all: readonly Missing[]): readonly string[] {
  if (all.length === 0) return [];
  const lines = all.map(({ contender, shape, why }) => {
    const what = CONTENDERS[contender].title.replaceAll('**', '');
    return `- ${what}${shape === undefined ? '' : `, ${shape}`}: ${why}`;
  });
  return [`Not measured:\n\n${lines.join('\n')}`];
}
