import type { Column } from '../../item/column';
import type { CheckpointWrite, PublishResult, PublishView, StoredCheckpoint } from '../destination';
import { DestinationTableTaken } from '../errors';
import { type PipelineRow, readLedger, updateState } from './bookkeeping';
import { keyNames } from './columns';
import { countDeadLetters, deleteDeadLetters } from './dead-letters';
import { quote } from './sql';
import { applyToShadow, datedTombstones, keyOnlyTombstones, liveRows, type RowWrite } from './statements';
import type { PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/**
 * The checkpoint to publish with (rules P2 and G4).
 * @param role the table that the generation's exports were loaded into
 * @throws what `decide` throws
 */
export async function decidedCheckpoint<Transaction extends SqlTransaction>(
  transaction: Transaction,
  { ownRows }: PipelineTables<Transaction>,
  { state, role }: { readonly state: PipelineRow; readonly role: 'shadow' | 'lines' },
  checkpoint: StoredCheckpoint | undefined,
  decide: (view: PublishView) => CheckpointWrite,
): Promise<CheckpointWrite> {
  const isOpen = role === 'shadow' ? state.loading : state.healing;
  if (!isOpen || checkpoint === undefined)
    throw new Error(`no ${role === 'shadow' ? 'load' : 'heal'} is running`);
  const ledger = await readLedger(transaction, ownRows, role);
  return decide({ checkpoint, ledger });
}

/** Applies the changes to the shadow table. Idempotent. */
export async function applyChangesToShadow<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
  { published }: PipelineRow,
): Promise<void> {
  const [shadow, changes] = [tables.sql('shadow'), tables.sql('changes')];
  const overlay = { shadow, changes, columns, soft: tables.soft, published };
  for (const statement of applyToShadow(overlay)) await transaction.run(statement);
}

export type Write = (rows: RowWrite) => Promise<number>;

/** The steps that each database does in its own way. */
export interface PublishSteps {
  /** Prepares the shadow table to become the visible one. */
  readonly beforeFirst?: () => Promise<void>;
  /** Writes the differences from the shadow table into the visible table. Returns the number of rows written. */
  readonly merge: () => Promise<number>;
  /** Writes into the visible table. Returns the number of rows written. @throws when some were dropped without an error */
  readonly write: Write;
}

/** Makes the shadow table, with the changes applied, the visible table (rule P2). */
export async function publishShadow<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
  state: PipelineRow,
  { beforeFirst, merge, write }: PublishSteps,
): Promise<PublishResult> {
  const { ownRows } = tables;
  let written = 0;
  if (state.published) {
    written = await merge();
    if (tables.soft) written += await carryTombstones(tables, columns, write);
    await tables.drop(transaction, 'shadow');
  } else {
    const { table } = tables.name('visible');
    if (await tables.exists(transaction, 'visible')) throw new DestinationTableTaken(table, undefined);
    await beforeFirst?.();
    await transaction.run(`ALTER TABLE ${tables.sql('shadow')} RENAME TO ${quote(table)}`);
  }
  // Checked last: since the table is written in this transaction, nobody else can alter it until the end.
  await tables.requireMade(transaction, 'visible', columns);
  await publishDeadLetters(transaction, tables);
  await tables.drop(transaction, 'changes');
  await updateState(transaction, ownRows, { published: true, loading: false });
  const rows = await countRows(transaction, tables);
  return {
    rows,
    written: state.published ? written : rows,
    deadLetters: await countDeadLetters(transaction, ownRows, 'visible'),
  };
}

/** Rows of the visible table that are not soft-deleted. */
export async function countRows<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
): Promise<number> {
  const [row] = await transaction.rows(liveRows(tables.sql('visible'), tables.soft));
  return Number(row?.['__r_live']);
}

/**
 * Deletes that were seen while loading, of rows that the export does not have: marked in the visible table, or added
 * to it.
 */
async function carryTombstones<Transaction extends SqlTransaction>(
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
  write: Write,
): Promise<number> {
  const [visible, changes, keys] = [tables.sql('visible'), tables.sql('changes'), keyNames(columns)];
  await write(datedTombstones(visible, changes, keys));
  return write(keyOnlyTombstones(visible, changes, columns));
}

async function publishDeadLetters<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
): Promise<void> {
  const { ownRows, keyName } = tables;
  const { schema, condition, values } = ownRows;
  await deleteDeadLetters(transaction, ownRows, 'visible');
  await transaction.run(
    `UPDATE ${schema}.dead_letters __r_dead_letter SET stage = 'visible' WHERE ${condition} AND (stage = 'changes' OR
       (stage = 'shadow' AND NOT EXISTS (SELECT 1 FROM ${tables.sql('changes')} __r_changes
         WHERE __r_changes.${keyName.column} = __r_dead_letter.${keyName.ofDeadLetters})))`,
    values,
  );
  await deleteDeadLetters(transaction, ownRows, 'shadow', 'changes');
}
