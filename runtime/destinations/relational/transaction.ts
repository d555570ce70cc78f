import { onAbort } from '../../abort';

/** A row as its driver returns it. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** A transaction of any of the databases, for statements that all of them understand. */
export interface SqlTransaction {
  /** Returns how many rows the statement has written. */
  run(sql: string, values?: string[]): Promise<number>;
  rows(sql: string, values?: string[]): Promise<readonly SqlRow[]>;
}

/** A boolean column, which one driver returns as such and the other as PostgreSQL prints it. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 't';
}

interface Transaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface Ending {
  readonly signal: AbortSignal | undefined;
  /** Ends the statement that is running when the signal aborts. */
  readonly interrupt: () => void;
  /** How a transaction ends whose work has succeeded. */
  readonly by: 'commit' | 'rollback';
}

/** Runs `work` in a transaction and ends it; any error rolls back. @throws the signal's reason when it aborts before the end */
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
