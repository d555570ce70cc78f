import type { Connection, Submittable } from 'pg';
import type { PreparedStatements } from './prepared-statements';

/** One statement of a round trip. A Buffer is a value in PostgreSQL's binary form. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly (string | Buffer | null)[];
  /** Begins or ends a transaction. It is not prepared. */
  readonly isControl?: true;
  /** Refuses to continue by an invalid cast (`GuardRefused`): the state is another one, or rows were not written. */
  readonly guard?: 'state' | 'rows';
}

/** A statement failed. Those before it were rolled back, those after it were not executed. */
export class StatementFailed extends Error {
  /** @param index its position in the round trip */
  constructor(
    readonly index: number,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}

const UNNAMED = { name: '', isNew: true };

/** The protocol messages of the driver, as its own queries send them. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  close(message: { readonly type: 'S'; readonly name: string }): void;
  parse(message: { readonly name: string; readonly text: string }): void;
  bind(message: { readonly statement: string; readonly values: Statement['values'] }): void;
  execute(message: object): void;
  sync(): void;
}

/**
 * Sends statements one after another without waiting for their answers, as libpq's pipeline mode does.
 * Source: PostgreSQL manual, "Frontend/Backend Protocol", "Pipelining".
 */
export class RoundTrip implements Submittable {
  readonly done: Promise<void>;
  private completed = 0;
  private resolve!: () => void;
  private reject!: (error: Error) => void;

  /** @param prepared `undefined`: there is a pooler in between, whose next session would not have them */
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

  /** An error of the server, or of a broken connection. */
  handleError(error: Error): void {
    this.prepared?.forget();
    this.reject(new StatementFailed(this.completed, error));
  }

  handleRowDescription(): void {
    // The results of statements are not needed.
  }

  handleDataRow(): void {
    // As above.
  }

  handlePortalSuspended(): void {
    throw new Error('a portal was suspended, although no statement has a row limit');
  }
}
