import { readColumns, requireCurrent, type StagedFile, updateState } from '../relational/bookkeeping';
import { applyToChanges, hasDeadLetter, hasLongKey } from './apply';
import { lockOwnState, writeLedger } from './bookkeeping';
import type { Statement } from './connection/round-trip';
import { GUARD_REFUSAL, type Transaction } from './connection/transaction';
import { hasDeadLetters } from './dead-letters';
import { hasSqlState } from './faults';
import type { HealSession } from './heal-sessions';
import { requireOpen, type WriterContext } from './load';
import { rowsDropped } from './objects/rows-dropped';
import { storageOf } from './storage';
import { SETTINGS } from './writer';
import { BatchParameters } from './rows/row-parameters';

/** A guard among the statements has refused: a trigger or rule has dropped rows. */
class RowsDropped extends Error {}

/** Stages changes into lines. */
export async function stageLines(
  context: WriterContext,
  { session, signal }: HealSession,
  staged: StagedFile,
): Promise<void> {
  try {
    await session.transaction((transaction) => stageBatches(context, transaction, staged), 'write', signal);
  } catch (error) {
    if (!(error instanceof RowsDropped)) throw error;
    const { tables } = context;
    throw await session.transaction(
      async (transaction) =>
        rowsDropped(transaction, [tables.name('lines')], await readColumns(transaction, tables.ownRows)),
      'snapshot',
    );
  }
}

async function stageBatches(
  context: WriterContext,
  transaction: Transaction,
  { generation, batches, entry }: StagedFile,
): Promise<void> {
  const { tables, epoch } = context;
  const { number, ownRows, target } = tables;
  await requireOpen(context, transaction, { role: 'lines', generation });
  await transaction.run(SETTINGS.sql);
  const columns = await readColumns(transaction, ownRows);
  const state = {
    hasDeadLetters: await hasDeadLetters(transaction, number, 'lines'),
    acted: (await storageOf(transaction, tables.name('lines')))?.acted === true,
  };
  let longKeys = false;
  for await (const batch of batches) {
    if (batch.changes.length === 0) continue;
    longKeys ||= hasLongKey(batch);
    const rows = new BatchParameters(batch.changes, batch.columns, columns);
    for (const statement of applyToChanges(tables, columns, rows, state, 'lines'))
      await run(transaction, statement);
    state.hasDeadLetters ||= hasDeadLetter(batch);
  }
  const current = await lockOwnState(
    transaction,
    target.pipeline,
    epoch,
    longKeys ? 'FOR NO KEY UPDATE' : 'FOR SHARE',
  );
  requireCurrent(current, 'lines', generation);
  if (longKeys) await updateState(transaction, ownRows, { longKeys: true });
  await writeLedger(transaction, number, 'lines', entry === undefined ? [] : [entry]);
}

async function run(transaction: Transaction, { sql, values, guard }: Statement): Promise<void> {
  try {
    await transaction.run(sql, values);
  } catch (error) {
    if (guard !== undefined && error instanceof Error && hasSqlState(error.cause, GUARD_REFUSAL))
      throw new RowsDropped();
    throw error;
  }
}
