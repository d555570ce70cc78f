import { unlessAborted } from '../../abort';
import type { Clock } from '../../clock';
import { Mutex } from '../../mutex';
import type {
  ControlPlace,
  CheckedTable,
  DestinationRequirement,
  LeaseOptions,
  OperableDestination,
  PipelineRecord,
  QueryResult,
  TableTarget,
} from '../destination';
import { readColumns, readPipelines } from '../relational/bookkeeping';
import { countDeadLetters } from '../relational/dead-letters';
import { readFormat } from '../relational/format';
import { tableProblem } from '../relational/table-problem';
import { BOOKKEEPING, bookkeepingExists, ownRows, type PostgresPipelineRow, readState } from './bookkeeping';
import type { PostgresSettings } from './config';
import { LostSessions } from './connection/lost-sessions';
import { type Patience, PostgresServer } from './connection/server';
import { Session, type TransactionKind } from './connection/session';
import type { PostgresHooks, Transaction } from './connection/transaction';
import { postgresDialect } from './dialect';
import { createBookkeeping, migrate } from './format';
import { inspectFormat1, numberInFormat1 } from './format-1';
import { readHead, withShards } from './head';
import { HELD_LONG_MS, heldHorizon } from './held-horizon';
import { endingWriters, requireFree } from './holder';
import { PostgresStore } from './store';
import { PostgresMailbox } from './mailbox/mailbox';
import { requireWritable } from './objects/require-writable';
import { registered, REGISTRY } from './registration';
import { checkRequirements, requireUsable } from './requirements';
import { requirePrivileges } from './table-requirements';
import type { PostgresTables } from './tables';
import { endVerify } from './verify-tables';
import { dropUnfinished, SMALL_TABLE_BYTES } from './widening/widening';
import { PipelineWriter } from './writer';
import { WriterLocks } from './writer-locks';

export interface PostgresContext {
  /** Returns the text of an AWS Secrets Manager secret. @throws ReplicatorError */
  readonly readSecret: (arn: string) => Promise<string>;
}

/** Seams for tests. */
export interface PostgresOptions extends PostgresHooks {
  readonly patience?: Partial<Patience>;
  /** For pauses. Default: the machine's clock, which other sessions of the database go by too. */
  readonly clock?: Clock;
  readonly smallTableBytes?: number;
  readonly heldLongMs?: number;
}

/** Replicates into tables of one PostgreSQL database. */
export class PostgresDestination implements OperableDestination {
  readonly dialect = postgresDialect;
  readonly control: ControlPlace;
  private readonly server: PostgresServer;
  /** One connection, used in turn for everything that belongs to no pipeline. */
  private readonly adminSession: Session;
  private readonly mutex = new Mutex();
  private readonly locks: WriterLocks;
  /** By pipeline: a failed attempt at a lease may have left a session that holds what the next attempt needs. */
  private readonly lostOfLeases = new Map<string, LostSessions>();

  constructor(
    settings: PostgresSettings,
    { readSecret }: PostgresContext,
    private readonly options: PostgresOptions = {},
  ) {
    this.server = new PostgresServer(settings, readSecret, options.patience, options.clock);
    this.locks = new WriterLocks(this.server);
    const { silenceMs, presenceSilenceMs } = this.server.patience;
    this.adminSession = new Session(this.server, {
      hooks: options,
      silenceMs: Math.min(silenceMs, presenceSilenceMs),
    });
    const mailbox = new PostgresMailbox((work) => this.inAdminSession(work));
    this.control = { kind: 'mailbox', mailbox };
  }

  get location(): string {
    return this.server.location;
  }

  get mostLoads(): number {
    return this.server.pool.mostLoads;
  }

  async lease(target: TableTarget, signal?: AbortSignal, leasing?: LeaseOptions): Promise<PostgresStore> {
    const { pipeline } = target;
    const { server, options } = this;
    const lost = this.lostOfLeases.get(pipeline) ?? new LostSessions();
    this.lostOfLeases.set(pipeline, lost);
    let known: PostgresTables | undefined;
    const session = new Session(server, {
      hooks: options,
      lost,
      stop: signal,
      beforeUse: () => this.locks.keep(),
    });
    try {
      const present = async (transaction: Transaction) =>
        (await createBookkeeping(transaction)) === 1 ? undefined : registered(transaction, target, leasing);
      const tables =
        (await session.transaction(present, 'write', signal)) ??
        (await this.migrated(session, target, signal, leasing));
      known = tables;
      const { number } = tables;
      await requireFree(this.locks, session, pipeline, number, signal);
      const { epoch, commits } = await session.transaction(
        async (transaction) => {
          await endingWriters(transaction, number);
          const grown = await growEpoch(transaction, pipeline);
          const columns = await readColumns(transaction, tables.ownRows);
          if (grown.published) {
            if (leasing?.recreate) await requirePrivileges(transaction, tables.name('visible'));
            await requireWritable(transaction, tables.name('visible'), columns);
            await dropUnfinished(transaction, tables, columns, signal);
          }
          await endVerify(transaction, tables);
          return grown;
        },
        'write',
        signal,
      );
      server.worked();
      const writer = new PipelineWriter(session, tables, epoch, commits);
      const smallTableBytes = options.smallTableBytes ?? SMALL_TABLE_BYTES;
      const context = {
        server,
        hooks: options,
        tables,
        epoch,
        lost: { shadow: new LostSessions(), lines: new LostSessions(), verify: new LostSessions() },
        stop: signal,
        smallTableBytes,
      };
      return new PostgresStore(context, writer, () => this.locks.release(number));
    } catch (error) {
      await session.close();
      if (known !== undefined) await this.locks.release(known.number).catch(() => undefined);
      throw error;
    }
  }

  async probe(signal?: AbortSignal): Promise<void> {
    await this.inAdminSession(requireUsable, 'write', signal);
  }

  async check(targets: readonly CheckedTable[]): Promise<readonly DestinationRequirement[]> {
    return checkRequirements(this.server, targets);
  }

  inspect(pipeline: string, signal?: AbortSignal): Promise<PipelineRecord | undefined> {
    const read = async (transaction: Transaction) => {
      if (!(await bookkeepingExists(transaction))) return undefined;
      if ((await readFormat(transaction, BOOKKEEPING)) === 1) return inspectFormat1(transaction, pipeline);
      const state = await readState(transaction, pipeline);
      if (state === undefined) return undefined;
      const { epoch, generation, number } = state;
      const head = await readHead(transaction, number);
      const { rows, deadLetters } = head;
      const checkpoint = await withShards(transaction, number, head);
      const columns = await readColumns(transaction, ownRows(number));
      const slowedBy = await heldHorizon(transaction, this.options.heldLongMs ?? HELD_LONG_MS);
      const problem = (await tableProblem(transaction, pipeline, REGISTRY))?.message;
      const storedDeadLetters = await countDeadLetters(transaction, ownRows(number), 'visible');
      const counts = { rows, deadLetters, storedDeadLetters };
      return { epoch, generation, checkpoint, columns, ...counts, problem, slowedBy };
    };
    return this.inAdminSession(read, 'snapshot', signal);
  }

  pipelines(): Promise<readonly string[]> {
    return this.inAdminSession(
      async (transaction) =>
        (await bookkeepingExists(transaction)) ? readPipelines(transaction, BOOKKEEPING) : [],
      'snapshot',
    );
  }

  /** Runs on its own connection, since it may take long. It cannot change anything. */
  async query(sql: string): Promise<QueryResult> {
    const session = new Session(this.server, { hooks: this.options });
    try {
      return await session.transaction(async (transaction) => {
        await transaction.run('SET LOCAL search_path TO DEFAULT');
        const { fields, rows } = await transaction.read(sql);
        return { columns: fields.map(({ name }) => name), rows };
      }, 'snapshot');
    } finally {
      await session.close();
    }
  }

  async close(): Promise<void> {
    await this.mutex.run(() => this.adminSession.close());
    await this.locks.close();
  }

  /** Migrates a database of 0.1.0 to the present format. Returns the tables of the pipeline. */
  private async migrated(
    session: Session,
    target: TableTarget,
    signal: AbortSignal | undefined,
    leasing: LeaseOptions | undefined,
  ): Promise<PostgresTables> {
    const { pipeline } = target;
    const number = await session.transaction(
      (transaction) => numberInFormat1(transaction, pipeline),
      'snapshot',
    );
    // A 0.1.0 that is still running has to be stopped by a person.
    if (number !== undefined) await requireFree(this.locks, session, pipeline, number, signal);
    return session.transaction(
      async (transaction) => {
        await migrate(transaction);
        return registered(transaction, target, leasing);
      },
      'write',
      signal,
    );
  }

  private inAdminSession<T>(
    work: (transaction: Transaction) => Promise<T>,
    kind: TransactionKind = 'write',
    signal?: AbortSignal,
  ): Promise<T> {
    return unlessAborted(signal, () =>
      this.mutex.run(() => this.adminSession.transaction(work, kind, signal)),
    );
  }
}

/** Fences every earlier writer (rule C2). */
async function growEpoch(transaction: Transaction, pipeline: string): Promise<PostgresPipelineRow> {
  await transaction.run(`UPDATE ${BOOKKEEPING}.pipelines SET epoch = epoch + 1 WHERE pipeline = $1`, [
    pipeline,
  ]);
  return (await readState(transaction, pipeline)) as PostgresPipelineRow;
}
