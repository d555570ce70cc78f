import type { Settings } from '../config';
import { announceStart, unlessStarting } from '../control/starting';
import type { DestinationCopy, OperableDestination } from '../destinations/destination';
import { ReplicatorError } from '../errors';
import { tableOf } from '../observe/figures';
import { type Checkpoint, readState } from '../pipeline/checkpoint';
import { LoadNeeded } from '../pipeline/load-needed';
import { agreeToPrice } from './ask-price';
import { printObstacles } from './reload-obstacles';
import { Session } from './session';
import type { Terminal } from './terminal';
import { whileRunning } from './while-running';
import type { TableResult, Work } from './work';

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

/**
 * Works on tables in a replicator of this process. Returns `undefined` when the price was not accepted.
 * @throws NothingLoaded, LoadNeeded, ReplicatorStarting, CutShort, or what stopped a pipeline
 */
export async function workHere<Result>(
  destination: OperableDestination,
  settings: Settings,
  terminal: Terminal,
  work: Work<Result>,
): Promise<readonly TableResult<Result>[] | undefined> {
  if (!work.readsOnly || destination.copy === undefined)
    return announced(destination, () => inSession(destination, settings, terminal, work));
  return unlessStarting(destination.control, () => inSession(destination, settings, terminal, work));
}

/** Announces that this process is about to hold the destination. A copy of it is announced when the replicator starts. */
async function announced<T>({ control }: OperableDestination, work: () => Promise<T>): Promise<T> {
  const withdraw = await announceStart(control);
  try {
    return await unlessStarting(control, work);
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
  if (work.readsOnly) await requirePublished(destination, settings);
  else await printObstacles(settings, terminal);
  // A gap must end the work: somebody waits for its result.
  const once = { ...settings, onGap: 'exit', verify: { ...settings.verify, every: undefined } } as const;
  const session = await Session.open(once, terminal, terminal.errors);
  let copy: DestinationCopy | undefined;
  try {
    const estimates = await session.estimates(undefined, terminal.interrupted);
    if (!(await agreeToPrice(estimates, { yes: settings.yes, terminal }))) return undefined;
    if (work.readsOnly) copy = await copyOf(destination, terminal);
    if (copy !== undefined) await session.moveTo(copy.destination);
    return await whileRunning(session, terminal.interrupted, work.verb, () =>
      Promise.all(
        settings.tables.map(async ({ name }) => ({ table: name, result: await work.here(session, name) })),
      ),
    );
  } finally {
    await session.close().finally(() => copy?.remove());
  }
}

/** `undefined`: it cannot be copied. Afterwards other processes can open the destination again. */
async function copyOf(
  destination: OperableDestination,
  terminal: Terminal,
): Promise<DestinationCopy | undefined> {
  if (destination.copy === undefined) return undefined;
  terminal.errors.write(
    `No replicator is running for ${destination.location}. Following the stream in a copy, which is removed at the end; ` +
      `the file stays unchanged.\n`,
  );
  const copy = await destination.copy(terminal.interrupted);
  await destination.close();
  return copy;
}

/** Creates nothing in the destination. @throws NothingLoaded, LoadNeeded, CheckpointUnreadable, ShardsMissing */
async function requirePublished(destination: OperableDestination, { tables }: Settings): Promise<void> {
  const pipelines = await destination.pipelines();
  for (const { name } of tables) {
    const heads = await Promise.all(
      pipelines.filter((pipeline) => tableOf(pipeline) === name).map((one) => headOf(destination, one)),
    );
    const loaded = heads.filter((head) => head?.published !== undefined);
    if (loaded.length === 0) throw new NothingLoaded(name, destination.location);
    // Where it is not copied, the replicator completes a load that was cut short.
    const isFollowing = loaded.some((head) => head?.phase === 'stream');
    if (destination.copy !== undefined && !isFollowing) throw new LoadNeeded(name);
  }
}

async function headOf(destination: OperableDestination, pipeline: string): Promise<Checkpoint | undefined> {
  const record = await destination.inspect(pipeline);
  return record?.checkpoint && readState(pipeline, record.checkpoint).checkpoint;
}
