import {
  InvalidSettings,
  readDestinationSettings,
  readSettings,
  type Settings,
  type Sources,
} from '../config';
import { findRunning } from '../control/control';
import { announceStart, unlessStarting } from '../control/starting';
import type { OperableDestination } from '../destinations/destination';
import { tableOf } from '../observe/figures';
import { readHead } from '../pipeline/checkpoint';
import type { RunningReplicator } from '../control/protocol';
import { ReplicatorError } from '../errors';
import { agreeToPrice } from './ask-price';
import { openPlace } from '../open';
import { EXIT } from './exit-codes';
import { type ExportEstimate, Session } from './session';
import type { Terminal } from './terminal';
import { whileRunning } from './while-running';

/** What came of a request, per table. */
export interface TableResult<Result> {
  readonly table: string;
  readonly result: Result;
}

/** Work on tables that running replicators carry out, or, where none runs, one that is started for it. */
export interface Work<Result> {
  readonly verb: 'verify' | 'resync';
  /** `published`: tables that have been loaded before; without them it would load them, and be paid for, instead. */
  readonly needs?: 'published';
  /** In a replicator of this process, which is about to run. */
  here(session: Session, table: string): Promise<Result>;
}

/** There is no table yet that could be compared. */
export class NothingLoaded extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    readonly location: string,
  ) {
    super(
      `Table ${table} has not been loaded into ${location} yet, so there is nothing to verify. Check --to, or load it first: ` +
        `dynamodb-replicator run --table ${table} --bucket … --to …`,
    );
  }
}

/** The replicators that run have none of these tables. */
export class NotReplicated extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly tables: readonly string[],
    running: readonly RunningReplicator[],
    options?: ErrorOptions,
  ) {
    const others = running.map(({ name, tables: its }) => `${name} replicates ${its.join(', ')}`).join('; ');
    super(
      `No replicator that runs has ${tables.join(', ')}, so nothing was started: ${others}. Check --table, or add it to what ` +
        `one of them runs: dynamodb-replicator run ${tables.map((table) => `--table ${table}`).join(' ')} --table … --bucket … --to …`,
      options,
    );
  }
}

/** A replicator that runs, and those of its tables that the work is about. */
interface Share {
  readonly replicator: RunningReplicator;
  readonly tables: readonly string[];
}

/**
 * Carries out `verify` or `resync` for the tables of the settings, all of the running replicators' when none is named.
 * `undefined`: the price was not agreed to.
 * @throws InvalidSettings, NotReplicated, WrongUse, CutShort, or what stopped a pipeline
 */
export async function runWork<Result>(
  sources: Sources,
  terminal: Terminal,
  work: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  const settings = readDestinationSettings(sources);
  terminal.endWithin(settings.timeouts.stopMs, EXIT.cutShort);
  const destination = await openPlace(settings);
  try {
    const named = settings.tables?.map(({ name }) => name);
    const running = await findRunning(destination.control);
    const shares = running
      .map((replicator): Share => {
        const tables = replicator.tables.filter((table) => named?.includes(table) ?? true);
        return { replicator, tables };
      })
      .filter(({ tables }) => tables.length > 0);
    if (running.length === 0) return await here(destination, readSettings(sources), terminal, work);
    const taken = shares.flatMap(({ tables }) => tables);
    const left = named?.filter((table) => !taken.includes(table)) ?? [];
    // Who has a file has all that is in it.
    if (left.length > 0 && destination.control.kind === 'file') throw new NotReplicated(left, running);
    // First, as a name may be mistyped: then nothing has been paid for.
    const rest =
      left.length === 0 ? [] : await here(destination, ofRest(sources, left, running), terminal, work);
    if (rest === undefined || shares.length === 0) return rest;
    for (const { replicator } of shares)
      terminal.errors.write(`A replicator runs (${replicator.name}); it carries this out.\n`);
    const results = await there(shares, settings.yes, terminal, work);
    return results && [...results, ...rest];
  } finally {
    await destination.close();
  }
}

/** What a replicator of this process needs to know for tables that no running one has. @throws NotReplicated */
function ofRest(sources: Sources, left: readonly string[], running: readonly RunningReplicator[]): Settings {
  try {
    const all = readSettings(sources);
    return { ...all, tables: all.tables.filter(({ name }) => left.includes(name)) };
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    throw new NotReplicated(left, running, { cause: error });
  }
}

async function there<Result>(
  shares: readonly Share[],
  yes: boolean,
  terminal: Terminal,
  { verb }: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  const askAll = async <Answer>(what: typeof verb | 'estimate'): Promise<readonly Answer[]> => {
    const asked = shares.flatMap(({ replicator, tables }) =>
      tables.map(
        (table) =>
          replicator.ask(what, table, printTo(terminal), terminal.interrupted) as Promise<readonly Answer[]>,
      ),
    );
    return (await Promise.all(asked)).flat();
  };
  if (!(await agreeToPrice(await askAll<ExportEstimate>('estimate'), { yes, terminal }))) return undefined;
  return askAll<TableResult<Result>>(verb);
}

async function here<Result>(
  destination: OperableDestination,
  settings: Settings,
  terminal: Terminal,
  work: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  const takeBack = await announceStart(destination.control);
  try {
    return await unlessStarting(destination.control, () => inSession(destination, settings, terminal, work));
  } finally {
    await takeBack();
  }
}

async function inSession<Result>(
  destination: OperableDestination,
  settings: Settings,
  terminal: Terminal,
  work: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  if (work.needs === 'published') await requirePublished(destination, settings);
  // Whoever waits for a result is told of a gap.
  const session = await Session.open({ ...settings, onGap: 'exit' }, terminal, terminal.errors);
  try {
    const estimates = await session.estimates(undefined, terminal.interrupted);
    if (!(await agreeToPrice(estimates, { yes: settings.yes, terminal }))) return undefined;
    return await whileRunning(session, terminal.interrupted, work.verb, () =>
      Promise.all(
        settings.tables.map(async ({ name }) => ({ table: name, result: await work.here(session, name) })),
      ),
    );
  } finally {
    await session.close();
  }
}

/** @throws NothingLoaded, and makes nothing in a destination that is not there */
async function requirePublished(destination: OperableDestination, { tables }: Settings): Promise<void> {
  const pipelines = await destination.pipelines();
  for (const { name } of tables) {
    const loaded = await Promise.all(
      pipelines.filter((pipeline) => tableOf(pipeline) === name).map((one) => isPublished(destination, one)),
    );
    if (!loaded.includes(true)) throw new NothingLoaded(name, destination.location);
  }
}

async function isPublished(destination: OperableDestination, pipeline: string): Promise<boolean> {
  const record = await destination.inspect(pipeline);
  return record?.checkpoint !== undefined && readHead(record.checkpoint.head).published !== undefined;
}

/** Progress of the other process, each line once. */
function printTo(terminal: Terminal): (progress: string) => void {
  let last: string | undefined;
  return (progress) => {
    if (progress !== last) terminal.errors.write(`${progress}\n`);
    last = progress;
  };
}
