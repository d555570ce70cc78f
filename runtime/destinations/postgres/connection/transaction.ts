import type { Clock } from '../../../clock';
import { hasSqlState } from '../faults';
import type { Connection, SqlRow } from './connection';
import { CopyIn } from './copy-in';
import type { Activity } from './fault-rule';
import { type Statement, StatementFailed } from './round-trip';
import type { Patience, PostgresServer } from './server';
import type { ServerFacts } from './server-facts';

/** Seams for tests. */
export interface PostgresHooks {
  /**
   * Called before every statement of a transaction, including its BEGIN and COMMIT. What it throws is treated as an
   * error of PostgreSQL.
   */
  beforeStatement?(statement: string): void | Promise<void>;
}

/** The guard of a round trip has refused. Nothing was done. */
export class GuardRefused extends Error {
  constructor(readonly guard: NonNullable<Statement['guard']>) {
    super(`a guard refused: ${guard}`);
  }
}

/** A guard refuses by an invalid cast. */
export const GUARD_REFUSAL = '22P02';

/** A transaction on one connection. Its methods throw what `PostgresServer.ask` does. */
export class Transaction {
  private copying: CopyIn | undefined;

  constructor(
    private readonly server: PostgresServer,
    private readonly connection: Connection,
    private readonly hooks: PostgresHooks,
  ) {}

  get facts(): ServerFacts {
    return this.connection.facts;
  }

  get clock(): Clock {
    return this.server.clock;
  }

  get patience(): Patience {
    return this.server.patience;
  }

  /** Returns the number of affected rows. */
  async run(sql: string, values?: Statement['values']): Promise<number> {
    const { rowCount } = await this.execute(sql, 'statement', () => this.connection.query(sql, values));
    return rowCount ?? 0;
  }

  /** @param withinMs the query is abandoned after this long; without it there is no limit */
  async rows(sql: string, values?: Statement['values'], withinMs?: number): Promise<readonly SqlRow[]> {
    const { rows } = await this.execute(sql, 'statement', () => this.connection.query(sql, values, withinMs));
    return rows;
  }

  /** Rows of a query of the user: columns of any names, several of which may be equal. */
  async read(sql: string) {
    return this.execute(sql, 'statement', () => this.connection.queryRows(sql));
  }

  /** Begins a `COPY … FROM STDIN`. Nothing else may run before `endCopy`. */
  async beginCopy(sql: string): Promise<void> {
    this.copying = await this.execute(sql, 'statement', async () => new CopyIn(this.connection.copy(sql)));
  }

  /** Sends whole or partial lines. Afterwards the buffer may be reused. */
  async copy(bytes: Buffer): Promise<void> {
    await this.server.ask(this.connection, 'statement', async () => this.copying?.write(bytes));
  }

  async endCopy(): Promise<void> {
    const { copying } = this;
    await this.execute('COPY ends', 'statement', async () => copying?.end());
    this.copying = undefined;
  }

  /** Runs work in a savepoint. If it fails, it throws, and the transaction can continue. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    await this.run('SAVEPOINT attempt');
    try {
      const result = await work();
      await this.run('RELEASE SAVEPOINT attempt');
      return result;
    } catch (error) {
      if (!this.connection.isBroken) await this.run('ROLLBACK TO SAVEPOINT attempt');
      throw error;
    }
  }

  /** @throws CommitOutcomeUnknown when the commit may have happened */
  async commit(): Promise<void> {
    try {
      await this.execute('COMMIT', 'commit', () => this.connection.query('COMMIT'));
      this.connection.servedBy(undefined);
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  async rollback(): Promise<void> {
    const { connection, copying } = this;
    this.copying = undefined;
    if (connection.isBroken) return;
    try {
      await this.server.answer(connection, async () => {
        await copying?.abandon();
        await connection.query('ROLLBACK');
      });
      connection.servedBy(undefined);
    } catch (error) {
      // The server rolls back what its client does not commit.
      connection.destroy(error as Error);
    }
  }

  /**
   * Sends all statements at once, including BEGIN and COMMIT.
   * @throws GuardRefused
   */
  async roundTrip(statements: readonly Statement[]): Promise<void> {
    let refused: Statement['guard'];
    try {
      await this.server.ask(this.connection, 'commit', async () => {
        await this.hooks.beforeStatement?.(statements.map(({ sql }) => sql).join(';\n'));
        try {
          await this.connection.roundTrip(statements);
        } catch (error) {
          if (!(error instanceof StatementFailed)) throw error;
          if (hasSqlState(error.cause, GUARD_REFUSAL)) refused = statements[error.index]?.guard;
          throw error.cause;
        }
      });
      this.connection.servedBy(undefined);
    } catch (error) {
      await this.rollback();
      throw refused === undefined ? error : new GuardRefused(refused);
    }
  }

  private execute<T>(statement: string, activity: Activity, call: () => Promise<T>): Promise<T> {
    return this.server.ask(this.connection, activity, async () => {
      await this.hooks.beforeStatement?.(statement);
      return call();
    });
  }
}
