import { onAbort } from '../../abort';

/** A row as its driver returns it. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** A transaction of either database, for statements that both understand. */
export interface SqlTransaction {
  /** Returns the number of rows written. */
  run(sql: string, values?: string[]): Promise<number>;
  rows(sql: string, values?: string[]): Promise<readonly SqlRow[]>;
}

/** The value of a boolean column. One driver returns a boolean, the other returns what PostgreSQL prints. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 't';
}

interface Transaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface Ending {
  readonly signal: AbortSignal | undefined;
  /** Ends the running statement when the signal aborts. */
  readonly interrupt: () => void;
  /** How a successful transaction ends. */
  readonly by: 'commit' | 'rollback';
}

/**
 * Runs `work` in a transaction and ends it. Any error rolls back.
 * @throws the signal's reason when it aborts before the end
 */
export async function inTransaction<Begun extends Transaction, T>(
  begin: () => Promise<Begun>,
  work: (transaction: Begun) => Promise<T>,
  { signal, interrupt, by }: Ending,
): Promise<T> {
  signal?.throwIfAborted();
  const transaction = await begin();
  const stopListening = onAbort(signal, interrupt);
  let result: T;
  try {
    result = await work(transaction);
    signal?.throwIfAborted();
  } catch (error) {
    stopListening();
    await transaction.rollback();
    throw signal?.aborted ? signal.reason : error;
  }
  stopListening();
  await transaction[by]();
  return result;
}
