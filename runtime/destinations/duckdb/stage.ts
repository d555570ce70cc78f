import { onAbort } from '../../abort';
import type { Column } from '../../item/column';
import { LeaseLost, StaleGeneration } from '../errors';
import type { StagedFile } from '../relational/bookkeeping';
import { applyToChanges } from './apply';
import { writeLedger } from './bookkeeping';
import { checkCurrent, requireMade, requireNew, type WriterContext } from './load';
import { explained } from './objects/explain';
import { Session, type Transaction } from './session';

/** Stages changes into lines, on a connection of its own, so that changes of the stream are applied meanwhile. */
export async function stageLines(
  context: WriterContext,
  columns: readonly Column[],
  staged: StagedFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { file, hooks } = context;
  signal?.throwIfAborted();
  const session = new Session(file, hooks);
  const stopListening = onAbort(signal, () => session.interrupt());
  let began = false;
  try {
    await checkCurrent(context, 'lines', staged.generation);
    await requireMade(context, 'lines');
    const transaction = await session.begin(signal);
    began = true;
    await file.beginLoad(columns.length);
    try {
      await stageBatches(context, transaction, columns, staged, signal);
    } catch (error) {
      await transaction.rollback();
      throw signal?.aborted ? signal.reason : await explainedStage(error, context, staged.generation);
    }
  } finally {
    stopListening();
    session.close();
    if (began) await file.endLoad(columns.length);
  }
}

async function stageBatches(
  context: WriterContext,
  transaction: Transaction,
  columns: readonly Column[],
  { generation, batches, entry }: StagedFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { file, tables } = context;
  const { pipeline } = tables.target;
  for await (const batch of batches) {
    signal?.throwIfAborted();
    if (batch.changes.length > 0) await applyToChanges(transaction, tables, columns, batch, 'lines');
  }
  const entries = entry === undefined ? [] : [entry];
  await file.exclusively(pipeline, async () => {
    // The snapshot of this transaction is as old as its start, so another one reads the current state.
    await checkCurrent(context, 'lines', generation);
    await requireNew(context, 'lines', entries);
    await writeLedger(transaction, pipeline, 'lines', entries);
    await transaction.commit();
  });
}

/** If the table was dropped meanwhile, that shows as a conflict. What ended the heal is the better error. */
async function explainedStage(error: unknown, context: WriterContext, generation: number): Promise<unknown> {
  try {
    await checkCurrent(context, 'lines', generation);
  } catch (cause) {
    if (cause instanceof StaleGeneration || cause instanceof LeaseLost) return cause;
  }
  return explained(error, context);
}
