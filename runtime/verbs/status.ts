import { existsSync } from 'node:fs';
import { type ConnectionSettings, readDestinationSettings } from '../config';
import { findRunning } from '../control/control';
import { type PipelineReport, reportOf } from '../control/report';
import { unlessStarting } from '../control/starting';
import type { OperableDestination } from '../destinations/destination';
import { count, duration, instant, tableOf } from '../observe/figures';
import { resyncCommand } from '../pipeline/resync-command';
import { EXIT } from './exit-codes';
import { addSettingFlags, EXISTING, flagValues } from './flags';
import { openPlace } from '../open';
import type { Terminal } from './terminal';
import type { Verb } from './verb';

/** `dynamodb-replicator status`: shows the state of every pipeline of a destination. */
export const statusCommand: Verb = {
  name: 'status',
  summary: 'show the state of each table: phase, rows, lag, watermark, hours until stream data is lost',
  example: 'dynamodb-replicator status --to shop.duckdb',
  define: (command) =>
    void addSettingFlags(command, { settings: ['to'], words: EXISTING }).option(
      '--json',
      'print one JSON array instead of text',
    ),
  async run(command, terminal) {
    const settings = readDestinationSettings({
      flags: flagValues(command),
      environment: terminal.environment,
    });
    terminal.endWithin(settings.timeouts.stopMs, EXIT.cutShort);
    const destination = await openPlace(settings);
    try {
      const { running, reports } = await unlessStarting(destination.control, () =>
        collectReports(destination, settings, terminal),
      );
      if (command.opts<{ json?: true }>().json) {
        terminal.output.write(`${JSON.stringify(reports, null, 2)}\n`);
        return EXIT.fine;
      }
      const heading = running.map((name) => `A replicator is running (${name}).\n`).join('');
      terminal.output.write((heading || 'No replicator is running.\n') + reports.map(text).join(''));
      if (reports.length === 0) {
        const found = isMissing(destination) ? 'does not exist' : 'has no replicated tables';
        terminal.output.write(`${destination.location} ${found}.\n`);
      }
      return EXIT.fine;
    } finally {
      await destination.close();
    }
  },
};

/** Whether the destination is a file that nobody has created. */
function isMissing({ control }: OperableDestination): boolean {
  return control.kind === 'file' && !existsSync(control.destinationFile);
}

/** The reports of running replicators and, for other pipelines, those made from what is stored. */
async function collectReports(
  destination: OperableDestination,
  settings: ConnectionSettings,
  terminal: Terminal,
): Promise<{ readonly running: readonly string[]; readonly reports: readonly PipelineReport[] }> {
  const replicators = await findRunning(destination.control);
  const live = (
    await Promise.all(
      replicators.map(
        (replicator) =>
          replicator.ask('status', undefined, () => undefined, terminal.interrupted) as Promise<
            readonly PipelineReport[]
          >,
      ),
    )
  ).flat();
  const running = replicators.map(({ name }) => name);
  // The process that holds a file has all its pipelines.
  if (destination.control.kind === 'file' && running.length > 0) return { running, reports: live };
  const reports = [...live];
  for (const pipeline of await destination.pipelines()) {
    if (live.some((report) => report.pipeline === pipeline)) continue;
    const resync = resyncCommand(tableOf(pipeline), settings);
    reports.push(reportOf(pipeline, await destination.inspect(pipeline), undefined, Date.now(), resync));
  }
  return { running, reports };
}

/** @param at `undefined` when the running replicator is of a version that does not report it */
function timeOf(
  at: string | null | undefined,
  { watermarkAgeMs, listingEveryMs }: PipelineReport,
): string | undefined {
  if (at === null || at === undefined) return undefined;
  const age = watermarkAgeMs === null ? '' : `, ${duration(watermarkAgeMs)} old`;
  return `${instant(Date.parse(at))}${age}${listingEveryMs === null ? '' : `; shards listed every ${duration(listingEveryMs)}`}`;
}

/** Phases in the words of `run`. */
const PHASES: Readonly<Record<string, string>> = {
  start: 'starting',
  export: 'exporting',
  load: 'loading',
  publish: 'publishing',
  stream: 'following',
};

/** A report as text for people. */
export function text(report: PipelineReport): string {
  const lines = [
    ['phase', PHASES[report.phase] ?? report.phase],
    ['rows', count(report.rows)],
    ['lag', report.lagMs === null ? undefined : duration(report.lagMs)],
    ['watermark', timeOf(report.watermark, report)],
    ['changes stored up to', timeOf(report.recordedUntil, report)],
    [
      'stream data',
      // In a gap, some of it is already lost.
      report.hoursUntilLoss === null || report.phase === 'gap'
        ? undefined
        : report.hoursUntilLoss > 0
          ? `expires in ${report.hoursUntilLoss.toFixed(1)} h unless it is read`
          : 'may have expired unread',
    ],
    ['dead letters', report.deadLetters === 0 ? undefined : count(report.deadLetters)],
    ['waiting', report.waiting ?? undefined],
    ['slowed down by', report.slowedBy ?? undefined],
    ['error', report.error ?? undefined],
    ...Object.entries(report.renamed).map(([attribute, name]) => [
      'column',
      `${name} holds attribute ${attribute}`,
    ]),
  ];
  const shown = lines.filter((line): line is [string, string] => line[1] !== undefined);
  return `\n${report.table}\n${shown.map(([name, value]) => `  ${name.padEnd(20)} ${value}\n`).join('')}`;
}
