import { SdkServices } from '../aws/sdk';
import type { AwsServices } from '../aws/services';
import { check, type CheckedRequirement } from '../check';
import { LocalClock } from '../clock';
import { type DestinationSettings, readSettings, type Settings } from '../config';
import { findRunning } from '../control/control';
import { ReplicatorStarting, unlessStarting } from '../control/starting';
import type { RunningReplicator } from '../control/protocol';
import type { DestinationRequirement, OperableDestination } from '../destinations/destination';
import { ReplicatorError, withResync } from '../errors';
import type { KeySchema } from '../item/attribute-value';
import { Events } from '../observe/events';
import { resyncCommand } from '../pipeline/resync-command';
import { EXIT } from './exit-codes';
import { addSettingFlags, CONNECTION, EXISTING, flagValues, SOURCE } from './flags';
import { awsOf, openPlace } from '../open';
import { healableGaps } from './healable-gaps';
import { neededResyncs } from './needed-resyncs';
import { collectReports } from './reports';
import { answering } from './session';
import type { Verb } from './verb';

/** `dynamodb-replicator check`: lists what a run needs, each with a tick or a cross. */
export const checkCommand: Verb = {
  name: 'check',
  summary: 'list what a run needs and what is missing, with the command that fixes it',
  example: 'dynamodb-replicator check --table orders --bucket my-exports --to shop.duckdb',
  define: (command) =>
    void addSettingFlags(command, { settings: [...SOURCE, ...CONNECTION], words: EXISTING }).option(
      '--json',
      'print one JSON array instead of text',
    ),
  async run(command, terminal) {
    const settings = readSettings({ flags: flagValues(command), environment: terminal.environment });
    terminal.endWithin(settings.timeouts.stopMs, EXIT.cutShort);
    const json = command.opts<{ json?: true }>().json === true;
    const clock = new LocalClock(settings.clockRate);
    const aws = await SdkServices.open(awsOf(settings), clock);
    const lines: CheckedRequirement[] = [];
    try {
      const answers = answering(aws, clock, new Events());
      const met = await check(
        {
          settings,
          aws: answers,
          routes: () => aws.routes,
          destination: (keys) => destination(settings, answers, keys, terminal.interrupted),
        },
        (line) => {
          lines.push(line);
          if (!json) terminal.output.write(text(line));
        },
        terminal.interrupted,
      );
      if (json) terminal.output.write(`${JSON.stringify(lines, null, 2)}\n`);
      return met ? EXIT.fine : EXIT.failed;
    } finally {
      aws.close();
    }
  },
};

async function destination(
  settings: Settings,
  aws: AwsServices,
  keys: ReadonlyMap<string, KeySchema>,
  signal: AbortSignal,
): Promise<readonly DestinationRequirement[]> {
  const opened = await openPlace(settings);
  const names = settings.tables.map(({ name }) => name);
  const gaps = async (of: OperableDestination, holders: readonly RunningReplicator[]) => {
    try {
      const reports = await collectReports(of, holders, settings, signal);
      // A replicator that runs reports what keeps it from healing a gap.
      if (settings.onGap !== 'heal' || reports.some(({ running }) => running))
        return neededResyncs(reports, names, settings);
      const others = reports.filter(({ phase }) => phase !== 'gap');
      const healable = await healableGaps(of, aws, settings, signal);
      return [...neededResyncs(others, names, settings), ...healable];
    } catch (error) {
      // The other lines have the reason.
      if (error instanceof ReplicatorError && !signal.aborted) return [];
      throw error;
    }
  };
  try {
    const running = opened.control.kind === 'file' ? await findRunning(opened.control) : [];
    const starting = running.length > 0 ? undefined : await startingIn(opened);
    if (running[0] === undefined && starting === undefined) {
      const lines = await destinationRequirements(opened, settings, keys);
      // The first line is whether the destination can be reached.
      return lines[0]?.met === false ? lines : [...lines, ...(await gaps(opened, []))];
    }
    const found =
      running[0] === undefined
        ? `held by a replicator that is starting (process ${starting})`
        : `held by the running replicator (${running[0].name})`;
    const held = { requirement: 'destination reachable and writable', met: true, found, fix: undefined };
    return [held, ...(running.length === 0 ? [] : await gaps(opened, running))];
  } finally {
    await opened.close();
  }
}

/** What a run into these tables needs of the destination, with complete commands. @param keys by source table */
export async function destinationRequirements(
  destination: OperableDestination,
  settings: DestinationSettings,
  keys?: ReadonlyMap<string, KeySchema>,
): Promise<readonly DestinationRequirement[]> {
  const { tables = [] } = settings;
  const lines = await destination.check(
    tables.map((table) => ({
      schema: table.destinationSchema,
      table: table.destinationTable,
      keySchema: keys?.get(table.name),
    })),
  );
  const completed = (text: string) => withResync(text, (table) => resyncCommand(table, settings));
  return lines.map(({ requirement, met, found, fix }) => ({
    requirement,
    met,
    found: completed(found),
    fix: fix && completed(fix),
  }));
}

/** Process id of a starting replicator, which holds the file but does not answer yet. Other problems are left to the destination's check. */
async function startingIn(destination: OperableDestination): Promise<number | undefined> {
  const { control } = destination;
  if (control.kind !== 'file') return undefined;
  try {
    await unlessStarting(control, () => destination.probe());
  } catch (error) {
    if (error instanceof ReplicatorStarting) return error.pid;
  }
  return undefined;
}

const MARKS = { met: '✓', 'not met': '✗', 'not checked': '-' } as const;

/** For what is met, but has a fix: an object of a user that may refuse rows later. */
const NOTE = '!';

/** A requirement as text: its mark, what was found, and the fix below it. */
export function text({ requirement, outcome, found, fix }: CheckedRequirement): string {
  const mark = outcome === 'met' && fix !== undefined ? NOTE : MARKS[outcome];
  const first = `${mark} ${requirement}${outcome === 'not checked' ? ' (not checked)' : ''}${found === '' ? '' : `: ${found}`}\n`;
  return fix === undefined
    ? first
    : first +
        fix
          .split('\n')
          .map((line) => `    ${line}\n`)
          .join('');
}
