import { existsSync } from 'node:fs';
import { readDestinationSettings } from '../config';
import { findRunning } from '../control/control';
import type { PipelineReport } from '../control/report';
import { unlessStarting } from '../control/starting';
import type { OperableDestination } from '../destinations/destination';
import { count, counted, duration, instant } from '../observe/figures';
import { EXIT } from './exit-codes';
import { addSettingFlags, EXISTING, flagValues } from './flags';
import { openPlace } from '../open';
import { collectReports } from './reports';
import type { Verb } from './verb';

const WORDS = {
  ...EXISTING,
  tables: 'Tables to show; repeat the flag for each (default: all of the destination)',
};

/** `dynamodb-replicator status`: shows the state of every pipeline of a destination. */
export const statusCommand: Verb = {
  name: 'status',
  summary: 'show the state of each table: phase, rows, lag, watermark, hours until stream data is lost',
  example: 'dynamodb-replicator status --to shop.duckdb',
  define: (command) =>
    void addSettingFlags(command, { settings: ['tables', 'to'], words: WORDS }).option(
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
      const named = settings.tables?.map(({ name }) => name);
      const { running, all } = await unlessStarting(destination.control, async () => {
        const replicators = await findRunning(destination.control);
        return {
          running: replicators.map(({ name }) => name),
          all: await collectReports(destination, replicators, settings, terminal.interrupted),
        };
      });
      const reports = all.filter(({ table }) => named?.includes(table) ?? true);
      if (command.opts<{ json?: true }>().json) {
        terminal.output.write(`${JSON.stringify(reports, null, 2)}\n`);
        return EXIT.fine;
      }
      const heading = running.map((name) => `A replicator is running (${name}).\n`).join('');
      terminal.output.write((heading || 'No replicator is running.\n') + reports.map(text).join(''));
      if (all.length === 0) {
        const found = isMissing(destination) ? 'does not exist' : 'has no replicated tables';
        terminal.output.write(`${destination.location} ${found}.\n`);
        return EXIT.fine;
      }
      const absent = named?.filter((name) => !reports.some(({ table }) => table === name)) ?? [];
      for (const name of absent)
        terminal.output.write(`\n${name}\n  not replicated into ${destination.location}\n`);
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

/** @param at `undefined` when the running replicator is of a version that does not report it */
function timeOf(at: string | null | undefined): string | undefined {
  return at === null || at === undefined ? undefined : instant(Date.parse(at));
}

/** @param last as `at` of `timeOf` */
function verifyOf(last: PipelineReport['lastVerify'] | undefined): string | undefined {
  if (last === null || last === undefined) return undefined;
  const { at, differences, rowsCompared, keysSkipped, coverage } = last;
  const { items, itemsTotal } = coverage;
  const sample = items === itemsTotal ? '' : ` (a sample: ${count(items)} of ${counted(itemsTotal, 'item')})`;
  const skipped = keysSkipped === 0 ? '' : `, ${counted(keysSkipped, 'key')} skipped`;
  return `${timeOf(at)}: ${counted(differences, 'difference')} in ${counted(rowsCompared, 'row')}${skipped}${sample}`;
}

/** @param healing as `at` of `timeOf` */
function healingOf(healing: PipelineReport['healing'] | undefined): string | undefined {
  if (healing === null || healing === undefined) return undefined;
  return `the gap from ${timeOf(healing.from)} to ${timeOf(healing.to)}`;
}

/** @param failed as `at` of `timeOf` */
function failedOf(failed: PipelineReport['resyncFailed'] | undefined): string | undefined {
  return failed === null || failed === undefined ? undefined : `${timeOf(failed.at)}: ${failed.message}`;
}

/** AWS's clock and that of this machine differ, by which a stored watermark is measured. */
function ageOf(ms: number): string {
  return ms <= -1_000 ? `${duration(-ms)} ahead of this machine’s clock` : `${duration(Math.max(0, ms))} old`;
}

function watermarkOf(
  at: string | null | undefined,
  { watermarkAgeMs, listingEveryMs }: PipelineReport,
): string | undefined {
  const time = timeOf(at);
  if (time === undefined) return undefined;
  const age = watermarkAgeMs === null ? '' : `, ${ageOf(watermarkAgeMs)}`;
  return `${time}${age}${listingEveryMs === null ? '' : `; shards listed every ${duration(listingEveryMs)}`}`;
}

/** The steps of a load after its start. */
const STEPS: ReadonlySet<string> = new Set(['export', 'load', 'publish']);

/** Phases in the words of `run`. */
const PHASES: Readonly<Record<string, string>> = {
  start: 'starting',
  export: 'exporting',
  load: 'loading',
  publish: 'publishing',
  stream: 'following',
};

/** During a resync, the watermark is that of a table that follows its stream. */
function phaseOf({ healing, phase, watermark }: PipelineReport): string {
  const words = PHASES[phase] ?? phase;
  // A running replicator of an earlier version reports no step.
  const { step = null, keysReread = null } = healing ?? {};
  if (step !== null && phase in PHASES)
    return `healing: ${step}${keysReread === null || step !== 'reading keys again' ? '' : ` (${counted(keysReread, 'key')} so far)`}`;
  return watermark !== null && STEPS.has(phase) ? `following, and a resync: ${words}` : words;
}

/** A report as text for people. */
export function text(report: PipelineReport): string {
  const lines = [
    ['phase', phaseOf(report)],
    ['healing', healingOf(report.healing)],
    ['rows', report.rows === null ? undefined : count(report.rows)],
    ['lag', report.lagMs === null ? undefined : duration(report.lagMs)],
    ['watermark', watermarkOf(report.watermark, report)],
    ['changes stored up to', watermarkOf(report.recordedUntil, report)],
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
    ['last verify', verifyOf(report.lastVerify)],
    ['next verify', timeOf(report.nextVerify)],
    ['resync failed', failedOf(report.resyncFailed)],
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
