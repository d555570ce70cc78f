import type { Connection, Submittable } from 'pg';
import type { PreparedStatements } from './prepared-statements';

/** One statement of a round trip. A Buffer is a value in PostgreSQL's binary form. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly (string | Buffer | null)[];
  /** Begins or ends a transaction: there is nothing to prepare. */
  readonly isControl?: true;
  /** Refuses to go on by an invalid cast (`GuardRefused`). */
  readonly isGuard?: true;
}

/** A statement failed; those before it have been undone with it, those behind it were not executed. */
export class StatementFailed extends Error {
  /** @param index which of the round trip's */
  constructor(
    readonly index: number,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}

const UNNAMED = { name: '', isNew: true };

/** The driver's messages, as far as its own queries send them. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  close(message: { readonly type: 'S'; readonly name: string }): void;
  parse(message: { readonly name: string; readonly text: string }): void;
  bind(message: { readonly statement: string; readonly values: Statement['values'] }): void;
  execute(message: object): void;
  sync(): void;
}

/**
 * Sends statements one behind the other without waiting for their answers, as libpq's pipeline mode does.
 * Source: PostgreSQL manual, "Frontend/Backend Protocol", "Pipelining".
 */
export class RoundTrip implements Submittable {
  readonly done: Promise<void>;
  private completed = 0;
  private resolve!: () => void;
  private reject!: (error: Error) => void;

  /** @param prepared `undefined`: a pooler stands between, whose next session would not know them */
  constructor(
    private readonly statements: readonly Statement[],
    private readonly prepared: PreparedStatements | undefined,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    wire.stream.cork();
    for (const { sql, values = [], isControl } of this.statements) {
      const { name, isNew } = (isControl ? undefined : this.prepared?.next(sql)) ?? UNNAMED;
      if (isNew) {
        if (name !== '') wire.close({ type: 'S', name });
        wire.parse({ name, text: sql });
      }
      wire.bind({ statement: name, values });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
  }

  handleCommandComplete(): void {
    this.completed += 1;
  }

  handleEmptyQuery(): void {
    this.completed += 1;
  }

  handleReadyForQuery(): void {
    this.resolve();
  }

  /** From the server, or from the connection that broke. */
  handleError(error: Error): void {
    this.prepared?.forget();
    this.reject(new StatementFailed(this.completed, error));
  }

  handleRowDescription(): void {
    // What statements return is not asked for.
  }

  handleDataRow(): void {
    // As above.
  }

  handlePortalSuspended(): void {
    throw new Error('no statement was limited in rows');
  }
}
