import type { Column } from '../../item/column';
import { MOST_FOUND_KEYS, type RereadRule } from '../destination';
import { DestinationUnavailable } from '../errors';
import { ownState, requireCurrent } from '../relational/bookkeeping';
import { foundKeyText, rereadQuery, type RereadWords } from '../relational/reread';
import { integer } from '../relational/sql';
import { readState } from './bookkeeping';
import { keyText } from './compare';
import type { WriterContext } from './load';
import { Session, temporary, type Transaction } from './session';

const WORDS: RereadWords = { time: (ms) => `epoch_ms(${integer(ms)})`, cell: keyText };

/** The keys that were found. A temporary table needs no memory: DuckDB moves it to disk. */
const FOUND = temporary('found');

/**
 * Finds the keys that a heal has to read again (rule G3). One transaction finds them all, and each piece is read in one of
 * its own: a long transaction would keep DuckDB from shortening its log.
 */
export async function findKeys(
  { file, hooks, tables, epoch }: WriterContext,
  columns: readonly Column[],
  rule: RereadRule,
  take: (keyTexts: readonly string[]) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const session = new Session(file, hooks);
  const { incarnation } = file;
  const { pipeline } = tables.target;
  let generation: number | undefined;
  const asWriter = <T>(work: (transaction: Transaction) => Promise<T>) =>
    session.transaction(async (transaction) => {
      const state = ownState(await readState(transaction, pipeline), pipeline, epoch);
      generation ??= state.generation;
      requireCurrent(state, 'lines', generation);
      return work(transaction);
    }, signal);
  try {
    await asWriter((transaction) =>
      transaction.run(
        `CREATE OR REPLACE TEMPORARY TABLE ${FOUND} AS ${rereadQuery(tables, columns, rule, WORDS)}`,
        tables.ownRows.values,
      ),
    );
    for (let start = 0; ; start += MOST_FOUND_KEYS) {
      // The temporary table ends with its connection.
      if (file.incarnation !== incarnation)
        throw new DestinationUnavailable(
          `${file.location} was reopened while keys were read from it. Retrying.`,
        );
      const rows = await asWriter((transaction) =>
        transaction.rows(
          `SELECT * FROM ${FOUND} WHERE rowid >= ${integer(start)} AND rowid < ${integer(start + MOST_FOUND_KEYS)}`,
        ),
      );
      if (rows.length > 0) await take(rows.map((row) => foundKeyText(row, columns)));
      if (rows.length < MOST_FOUND_KEYS) break;
    }
    // The heal may have ended while the last piece was taken.
    await asWriter(async () => undefined);
  } finally {
    session.close();
  }
}
