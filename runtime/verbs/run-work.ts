import {
  type DestinationSettings,
  InvalidSettings,
  readDestinationSettings,
  readSettings,
  type Settings,
  type Sources,
} from '../config';
import { quoted } from '../aws/cli-command';
import { findRunning } from '../control/control';
import { announceStart, unlessStarting } from '../control/starting';
import type { OperableDestination } from '../destinations/destination';
import { tableOf } from '../observe/figures';
import { readHead } from '../pipeline/checkpoint';
import type { RunningReplicator } from '../control/protocol';
import { ReplicatorError } from '../errors';
import { agreeToPrice } from './ask-price';
import { openPlace } from '../open';
import { EXIT, WrongUse } from './exit-codes';
import { type ExportEstimate, Session } from './session';
import type { Terminal } from './terminal';
import { whileRunning } from './while-running';

/** The result of a request for one table. */
export interface TableResult<Result> {
  readonly table: string;
  readonly result: Result;
}

/** Work on tables. Running replicators do it; if none is running, one is started for it. */
export interface Work<Result> {
  readonly verb: 'verify' | 'resync';
  /** `published`: only for tables that have been loaded before. Without this, a verify would load them and cost an export. */
  readonly needs?: 'published';
  /** Requests the work from a replicator of this process, which is about to run. */
  here(session: Session, table: string): Promise<Result>;
}

/** The destination has no published table to verify. */
export class NothingLoaded extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    readonly location: string,
  ) {
    super(
      `Table ${table} has not been loaded into ${location}, so there is nothing to verify. Check --to, or load it first: ` +
        `dynamodb-replicator run --table ${table} --bucket … --to …`,
    );
  }
}

/** No replicator is running for the destination, and the settings are not enough to start one. */
export class NoneRunning extends WrongUse {
  constructor(
    verb: string,
    location: string,
    words: { readonly tables: readonly string[]; readonly to: string },
  ) {
    const flags = `${words.tables.map((table) => `--table ${table}`).join(' ')} --bucket … --to ${words.to}`;
    super(
      `No replicator is running for ${location}. Either start one:\n` +
        `  dynamodb-replicator run ${flags}\n` +
        `Or name the table and the bucket for exports, so that ${verb} can start its own:\n` +
        `  dynamodb-replicator ${verb} ${flags}`,
    );
  }
}

/** No running replicator has these tables. */
export class NotReplicated extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly tables: readonly string[],
    running: readonly RunningReplicator[],
    options?: ErrorOptions,
  ) {
    const others = running.map(({ name, tables: its }) => `${name} replicates ${its.join(', ')}`).join('; ');
    super(
      `No running replicator replicates ${tables.join(', ')} (${others}). Check --table, or add the table ` +
        `to one of them: dynamodb-replicator run ${tables.map((table) => `--table ${table}`).join(' ')} --table … --bucket … --to …`,
      options,
    );
  }
}

/** A running replicator, and which of its tables the work concerns. */
interface Share {
  readonly replicator: RunningReplicator;
  readonly tables: readonly string[];
}

/**
 * Runs `verify` or `resync` for the tables of the settings, or for all tables of the running replicators if none is named.
 * Returns `undefined` when the price was not accepted.
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
    if (running.length === 0) {
      await requireSource(settings, destination, work);
      return await here(destination, readSettings(sources), terminal, work);
    }
    const taken = shares.flatMap(({ tables }) => tables);
    const left = named?.filter((table) => !taken.includes(table)) ?? [];
    // The process that holds a file has all its tables.
    if (left.length > 0 && destination.control.kind === 'file') throw new NotReplicated(left, running);
    // This comes first: if a name is mistyped, no export has been paid for yet.
    const rest =
      left.length === 0 ? [] : await here(destination, ofRest(sources, left, running), terminal, work);
    if (rest === undefined || shares.length === 0) return rest;
    for (const { replicator } of shares)
      terminal.errors.write(`The running replicator (${replicator.name}) will run this.\n`);
    const results = await there(shares, settings.yes, terminal, work);
    return results && [...results, ...rest];
  } finally {
    await destination.close();
  }
}

/** @throws NoneRunning, ReplicatorStarting */
async function requireSource(
  { tables, bucket, to }: DestinationSettings,
  destination: OperableDestination,
  { verb }: Work<unknown>,
): Promise<void> {
  if (tables !== undefined && bucket !== undefined) return;
  const loaded = await unlessStarting(destination.control, () => destination.pipelines());
  const names = tables?.map(({ name }) => name) ?? loaded.map(tableOf);
  throw new NoneRunning(verb, destination.location, {
    tables: names.length === 0 ? ['…'] : names,
    to: to === undefined ? '…' : quoted(to),
  });
}

/** The settings of a replicator of this process for the tables that no running one has. @throws NotReplicated */
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
  const withdraw = await announceStart(destination.control);
  try {
    return await unlessStarting(destination.control, () => inSession(destination, settings, terminal, work));
  } finally {
    await withdraw();
  }
}

async function inSession<Result>(
  destination: OperableDestination,
  settings: Settings,
  terminal: Terminal,
  work: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  if (work.needs === 'published') await requirePublished(destination, settings);
  // A gap must end the work: somebody waits for its result.
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

/** Creates nothing in the destination. @throws NothingLoaded */
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

/** Prints the other process's progress, without repeating a line. */
function printTo(terminal: Terminal): (progress: string) => void {
  let last: string | undefined;
  return (progress) => {
    if (progress !== last) terminal.errors.write(`${progress}\n`);
    last = progress;
  };
}
