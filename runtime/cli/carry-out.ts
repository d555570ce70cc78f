import {
  type DestinationSettings,
  readDestinationSettings,
  readSettings,
  type Settings,
  type Sources,
} from '../config';
import type { RunningReplicator } from '../control/client';
import { tableOf } from '../observe/figures';
import { agreeToPrice } from './ask-price';
import { type ExportEstimate, Session } from './session';
import type { Terminal } from './terminal';
import { whileRunning } from './while-running';

/** What came of a request, per table. */
export interface TableResult<Result> {
  readonly table: string;
  readonly result: Result;
}

/** Work on tables that the running replicator carries out, or, when none runs, one that is started for it. */
export interface Work<Result> {
  readonly verb: 'verify' | 'resync';
  /** In a replicator of this process. */
  here(session: Session, table: string): Promise<Result>;
}

/**
 * Carries out `verify` or `resync` for the tables of the settings, all of the running replicator's when none is named.
 * `undefined`: the price was not agreed to.
 * @throws InvalidSettings, WrongUse, CutShort, or what stopped a pipeline
 */
export async function carryOut<Result>(
  sources: Sources,
  terminal: Terminal,
  work: Work<Result>,
  find: (settings: DestinationSettings) => Promise<RunningReplicator | undefined>,
): Promise<readonly TableResult<Result>[] | undefined> {
  const settings = readDestinationSettings(sources);
  const running = await find(settings);
  return running ? there(running, settings, terminal, work) : here(readSettings(sources), terminal, work);
}

async function there<Result>(
  running: RunningReplicator,
  settings: DestinationSettings,
  terminal: Terminal,
  { verb }: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  terminal.errors.write(`A replicator runs (process ${running.pid}); it carries this out.\n`);
  const ask = async <Answer>(
    what: typeof verb | 'estimate',
    table: string | undefined,
  ): Promise<readonly Answer[]> =>
    (await running.ask(what, table, tell(terminal), terminal.interrupted)) as readonly Answer[];
  const tables = settings.tables?.map(({ name }) => name) ?? [undefined];
  const estimates = (await Promise.all(tables.map((table) => ask<ExportEstimate>('estimate', table)))).flat();
  if (!(await agreeToPrice(estimates, { yes: settings.yes, terminal }))) return undefined;
  return (await Promise.all(tables.map((table) => ask<TableResult<Result>>(verb, table)))).flat();
}

async function here<Result>(
  settings: Settings,
  terminal: Terminal,
  work: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  const session = await Session.open(settings, terminal, terminal.errors);
  try {
    const estimates = await session.estimates(undefined, terminal.interrupted);
    if (!(await agreeToPrice(estimates, { yes: settings.yes, terminal }))) return undefined;
    const { verb } = work;
    return await whileRunning(session, terminal.interrupted, { name: verb, resync: verb === 'resync' }, () =>
      Promise.all(
        settings.tables.map(async ({ name }) => {
          await whenBegun(session, name);
          return { table: name, result: await work.here(session, name) };
        }),
      ),
    );
  } finally {
    await session.close();
  }
}

/** Resolves when the pipeline of a table has said its first phase: from then on it takes requests. */
function whenBegun(session: Session, table: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.events.on('pipeline.phase', ({ pipeline }) => {
      if (tableOf(pipeline) !== table) return;
      stop();
      resolve();
    });
  });
}

/** Progress of the other process, each line once. */
function tell(terminal: Terminal): (progress: string) => void {
  let last: string | undefined;
  return (progress) => {
    if (progress !== last) terminal.errors.write(`${progress}\n`);
    last = progress;
  };
}
