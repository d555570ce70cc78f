import { readDestinationSettings } from '../config';
import { RunningReplicator } from '../control/client';
import { type PipelineReport, reportOf } from '../control/report';
import { DuckDBDestination } from '../destinations/duckdb/destination';
import { count, duration } from '../observe/figures';
import { EXIT } from './exit-codes';
import { addSettingFlags, flagValues } from './flags';
import { duckdbOf } from './session';
import type { Verb } from './verb';

/** `dynamodb-replicator status`: where every pipeline of a destination stands. */
export const statusCommand: Verb = {
  name: 'status',
  summary: 'show where each table stands: phase, rows, lag, watermark, hours until stream data would be lost',
  example: 'dynamodb-replicator status --to shop.duckdb',
  define: (command) =>
    void addSettingFlags(command, { settings: ['to'] }).option(
      '--json',
      'print one JSON array instead of text',
    ),
  async carryOut(command, terminal) {
    const settings = readDestinationSettings({
      flags: flagValues(command),
      environment: terminal.environment,
    });
    const running = await RunningReplicator.find(settings.to);
    const reports = running
      ? ((await running.ask(
          'status',
          undefined,
          () => undefined,
          terminal.interrupted,
        )) as readonly PipelineReport[])
      : await stored(new DuckDBDestination(duckdbOf(settings)));
    if (command.opts<{ json?: true }>().json) terminal.output.write(`${JSON.stringify(reports, null, 2)}\n`);
    else {
      const heading = running ? `A replicator runs (process ${running.pid}).` : 'No replicator runs.';
      terminal.output.write(`${heading}\n${reports.map(text).join('')}`);
      if (reports.length === 0) terminal.output.write(`${settings.to} holds no replicated table.\n`);
    }
    return EXIT.fine;
  },
};

async function stored(destination: DuckDBDestination): Promise<readonly PipelineReport[]> {
  try {
    const reports: PipelineReport[] = [];
    for (const pipeline of await destination.pipelines()) {
      reports.push(reportOf(pipeline, await destination.inspect(pipeline), undefined, Date.now()));
    }
    return reports;
  } finally {
    await destination.close();
  }
}

/** A report as lines for people. */
export function text(report: PipelineReport): string {
  const lines = [
    ['phase', `${report.phase} (generation ${report.generation})`],
    ['rows', count(report.rows)],
    ['lag', report.lagMs === null ? undefined : duration(report.lagMs)],
    ['watermark', report.watermark ?? undefined],
    [
      'stream data lost in',
      report.hoursUntilLoss === null
        ? undefined
        : `${report.hoursUntilLoss.toFixed(1)} h if nothing more is read`,
    ],
    ['dead letters', report.deadLetters === 0 ? undefined : count(report.deadLetters)],
    ['waiting', report.waiting ?? undefined],
    ['error', report.error ?? undefined],
    ...Object.entries(report.renamed).map(([attribute, name]) => [
      'column',
      `${name} holds attribute ${attribute}`,
    ]),
  ];
  const shown = lines.filter((line): line is [string, string] => line[1] !== undefined);
  return `\n${report.table}\n${shown.map(([name, value]) => `  ${name.padEnd(20)} ${value}\n`).join('')}`;
}
