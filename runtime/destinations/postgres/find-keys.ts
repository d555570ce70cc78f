import { onAbort } from '../../abort';
import type { Column } from '../../item/column';
import { MOST_FOUND_KEYS, type RereadRule } from '../destination';
import { DestinationUnavailable } from '../errors';
import { ownState, requireCurrent } from '../relational/bookkeeping';
import { foundKeyText, rereadQuery, type RereadWords } from '../relational/reread';
import { integer, own } from '../relational/sql';
import { inTransaction } from '../relational/transaction';
import { markWriting, readState } from './bookkeeping';
import { keyText } from './compare';
import type { Connection } from './connection/connection';
import { END_WITH_CLIENT, type Session } from './connection/session';
import type { Transaction } from './connection/transaction';
import type { HealSession } from './heal-sessions';
import type { WriterContext } from './load';

const WORDS: RereadWords = { time: (ms) => `to_timestamp(${integer(ms)} / 1000.0)`, cell: keyText };

const CURSOR = own('found');
/** For a transaction that stays open while a piece is taken: that may take hours at one read unit a second. */
const PATIENT = `SET LOCAL idle_in_transaction_session_timeout = '1d'`;

/**
 * Finds the keys that a heal has to read again (rule G3). The server keeps what it has found for this session, so that no
 * table is locked while keys are read. A pooler has no sessions: behind one, a transaction stays open instead.
 */
export async function findKeys(
  context: WriterContext,
  generation: number,
  { session, signal }: HealSession,
  { columns, rule }: { readonly columns: readonly Column[]; readonly rule: RereadRule },
  take: (keyTexts: readonly string[]) => Promise<void>,
): Promise<void> {
  const declare = async (transaction: Transaction, hold: '' | 'WITH HOLD') => {
    // A new writer ends the sessions that read these tables.
    await transaction.run(markWriting(context.tables.number).sql);
    await transaction.run(END_WITH_CLIENT);
    await requireHealing(context, generation, transaction);
    const query = rereadQuery(context.tables, columns, rule, WORDS);
    await transaction.run(`DECLARE ${CURSOR} NO SCROLL CURSOR ${hold} FOR ${query}`);
  };
  const fetch = async (transaction: Transaction) =>
    (await transaction.rows(`FETCH ${MOST_FOUND_KEYS} FROM ${CURSOR}`)).map((row) =>
      foundKeyText(row, columns),
    );
  const connection = await session.connect(signal);
  // Also while the server collects the keys, which it does when it commits.
  const stopListening = onAbort(signal, () => connection.destroy(signal.reason as Error));
  try {
    if (connection.facts.pooled) {
      const pieces = async (transaction: Transaction) => {
        await transaction.run(PATIENT);
        await declare(transaction, '');
        await takeAll(() => fetch(transaction), take);
      };
      await session.transaction(pieces, 'snapshot', signal);
    } else {
      const inTurn = <T>(work: (transaction: Transaction) => Promise<T>) =>
        inTransaction(() => beginOn(connection, session, signal), work, {
          signal,
          interrupt: () => undefined,
          by: 'commit',
        });
      await inTurn((transaction) => declare(transaction, 'WITH HOLD'));
      const next = async (transaction: Transaction) => {
        await requireHealing(context, generation, transaction);
        return fetch(transaction);
      };
      await takeAll(() => inTurn(next), take);
    }
    signal.throwIfAborted();
  } finally {
    stopListening();
  }
}

async function takeAll(
  next: () => Promise<readonly string[]>,
  take: (keyTexts: readonly string[]) => Promise<void>,
): Promise<void> {
  for (;;) {
    const keys = await next();
    if (keys.length > 0) await take(keys);
    if (keys.length < MOST_FOUND_KEYS) return;
  }
}

/** The keys that were found end with their connection. */
async function beginOn(connection: Connection, session: Session, signal: AbortSignal): Promise<Transaction> {
  if ((await session.connect(signal)) !== connection)
    throw new DestinationUnavailable(
      `The connection to ${session.server.location} was lost while keys were read from it. Retrying.`,
    );
  return session.begin('snapshot', signal);
}

/** @throws LeaseLost, StaleGeneration */
async function requireHealing(
  { tables, epoch }: WriterContext,
  generation: number,
  transaction: Transaction,
): Promise<void> {
  const { pipeline } = tables.target;
  requireCurrent(ownState(await readState(transaction, pipeline), pipeline, epoch), 'lines', generation);
}
