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
import { unlessStarting } from '../control/starting';
import type { OperableDestination } from '../destinations/destination';
import { tableOf } from '../observe/figures';
import type { RunningReplicator } from '../control/protocol';
import { ReplicatorError } from '../errors';
import { agreeToPrice } from './ask-price';
import { openPlace } from '../open';
import { printObstacles } from './reload-obstacles';
import { EXIT, WrongUse } from './exit-codes';
import type { ExportEstimate } from './session';
import type { Terminal } from './terminal';
import type { TableResult, Work } from './work';
import { workHere } from './work-here';

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
      return await workHere(destination, readSettings(sources), terminal, work);
    }
    const taken = shares.flatMap(({ tables }) => tables);
    const left = named?.filter((table) => !taken.includes(table)) ?? [];
    // The process that holds a file has all its tables.
    if (left.length > 0 && destination.control.kind === 'file') throw new NotReplicated(left, running);
    // This comes first: if a name is mistyped, no export has been paid for yet.
    const rest =
      left.length === 0 ? [] : await workHere(destination, ofRest(sources, left, running), terminal, work);
    if (rest === undefined || shares.length === 0) return rest;
    if (!work.readsOnly && destination.control.kind === 'mailbox') await printObstacles(settings, terminal);
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
  { verb, sample }: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  const askAll = async <Answer>(what: typeof verb | 'estimate'): Promise<readonly Answer[]> => {
    const asked = shares.flatMap(({ replicator, tables }) =>
      tables.map(
        (table) =>
          replicator.ask(what, table, printTo(terminal), terminal.interrupted, sample) as Promise<
            readonly Answer[]
          >,
      ),
    );
    return (await Promise.all(asked)).flat();
  };
  if (!(await agreeToPrice(await askAll<ExportEstimate>('estimate'), { yes, terminal }))) return undefined;
  return askAll<TableResult<Result>>(verb);
}

/** Prints the other process's progress, without repeating a line. */
function printTo(terminal: Terminal): (progress: string) => void {
  let last: string | undefined;
  return (progress) => {
    if (progress !== last) terminal.errors.write(`${progress}\n`);
    last = progress;
  };
}
