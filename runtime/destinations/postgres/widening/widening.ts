import type { Column } from '../../../item/column';
import { readColumns } from '../../relational/bookkeeping';
import { columnsToRecord } from '../../relational/columns';
import { quote } from '../../relational/sql';
import { type PostgresPipelineRow, writeColumns } from '../bookkeeping';
import type { Transaction } from '../connection/transaction';
import { lockOutReaders } from '../locks';
import type { PostgresTables } from '../tables';
import {
  addReplacements,
  convertPages,
  convertRest,
  pagesOf,
  isReplacementName,
  refuseWhatIsBuiltOn,
  type Replacement,
  takePlaces,
} from './replacement';

/** A table of up to this size is rewritten in well under a second, during which nobody can read it. */
export const SMALL_TABLE_BYTES = 16 * 1024 * 1024;
/** Pages converted per transaction: 8 MiB. */
const PAGES_AT_A_TIME = 1_024;
const VACUUMS = 8;
/** Columns converted in one pass. During the pass a row holds both values of each, and has to fit into a page. */
const COLUMNS_AT_A_TIME = 8;

/** The writer of a pipeline, as far as widening needs it. */
export interface WideningWriter {
  readonly tables: PostgresTables;
  readonly smallTableBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Runs a transaction in which this process is the writer of the pipeline (rule C2). */
  write<T>(work: (transaction: Transaction, state: PostgresPipelineRow) => Promise<T>): Promise<T>;
  /** Runs a statement that cannot be in a transaction. Nothing depends on it, so its failure is ignored. */
  maintain(sql: string): Promise<void>;
}

/**
 * Changes every table of the pipeline to hold the columns, and records them. A new column is an entry in the catalog.
 * A column that becomes jsonb is converted: at once if the table is small or nobody reads it. Otherwise a second
 * column is filled page by page while others read the table, and then replaces the first one in a moment. An
 * interrupted conversion is discarded, since changes may have been applied after it.
 */
export async function widenTables(writer: WideningWriter, columns: readonly Column[]): Promise<void> {
  for (;;) {
    const replacements = await writer.write((transaction, state) =>
      begin(writer, transaction, state, columns),
    );
    if (replacements.length === 0) return;
    await convertAll(writer, replacements);
    await writer.write((transaction, state) => finish(writer, transaction, state, columns, replacements));
  }
}

/** Vacuums several times, so that later pages can reuse the space of earlier row versions. */
async function convertAll(writer: WideningWriter, replacements: readonly Replacement[]): Promise<void> {
  const { tables, signal } = writer;
  const pages = await writer.write((transaction) => pagesOf(transaction, tables));
  const pagesBetweenVacuums = Math.max(pages / VACUUMS, PAGES_AT_A_TIME);
  let vacuumed = 0;
  for (let page = 0; page < pages; page += PAGES_AT_A_TIME) {
    signal?.throwIfAborted();
    await writer.write((transaction) =>
      convertPages(transaction, tables, replacements, page, page + PAGES_AT_A_TIME),
    );
    if (page - vacuumed < pagesBetweenVacuums) continue;
    vacuumed = page;
    await writer.maintain(`VACUUM (TRUNCATE false) ${tables.sql('visible')}`);
  }
}

/** Does everything that can be done at once. Returns the columns that have to be replaced page by page. */
async function begin(
  { tables, smallTableBytes, signal }: WideningWriter,
  transaction: Transaction,
  state: PostgresPipelineRow,
  columns: readonly Column[],
): Promise<readonly Replacement[]> {
  const recorded = await readColumns(transaction, tables.ownRows);
  const wanted = columnsToRecord(recorded, columns);
  if (wanted === undefined) return [];
  for (const table of tables.existing(state)) await tables.requireMade(transaction, table, recorded);
  if (state.published) await dropUnfinished(transaction, tables, recorded, signal);
  const converted = state.published ? tables.change('visible', recorded, wanted).converted : [];
  if (converted.length > 0) {
    await refuseWhatIsBuiltOn(transaction, tables, converted);
    const [size] = await transaction.rows(`SELECT pg_table_size($1::regclass) AS bytes`, [
      tables.sql('visible'),
    ]);
    if (Number(size?.['bytes']) > smallTableBytes) {
      return addReplacements(transaction, tables, converted.slice(0, COLUMNS_AT_A_TIME), signal);
    }
  }
  await alterTables(transaction, tables, state, { recorded, wanted }, signal);
  return [];
}

async function finish(
  { tables, signal }: WideningWriter,
  transaction: Transaction,
  state: PostgresPipelineRow,
  columns: readonly Column[],
  replacements: readonly Replacement[],
): Promise<void> {
  const recorded = await readColumns(transaction, tables.ownRows);
  const names = new Set(replacements.map(({ name }) => name));
  const wanted = new Map(columns.map((column) => [column.name, column]));
  const next = recorded.map((column) =>
    names.has(column.name) ? (wanted.get(column.name) as Column) : column,
  );
  await alterTables(transaction, tables, { ...state, published: false }, { recorded, wanted: next }, signal);
  await convertRest(transaction, tables, replacements);
  await takePlaces(transaction, tables, replacements, signal);
}

/** The visible table comes last: from then on nobody can read it until the transaction ends. */
async function alterTables(
  transaction: Transaction,
  tables: PostgresTables,
  state: PostgresPipelineRow,
  { recorded, wanted }: { readonly recorded: readonly Column[]; readonly wanted: readonly Column[] },
  signal: AbortSignal | undefined,
): Promise<void> {
  await writeColumns(transaction, tables.number, wanted);
  for (const table of tables.existing(state)) {
    const change = tables.change(table, recorded, wanted);
    if (change.added.length + change.converted.length === 0) continue;
    if (table === 'visible') await lockOutReaders(transaction, tables.name(table), signal);
    await tables.alter(transaction, table, change);
  }
}

/** Drops the columns that an interrupted widening left in the visible table. */
export async function dropUnfinished(
  transaction: Transaction,
  tables: PostgresTables,
  recorded: readonly Column[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const known = new Set(recorded.map(({ name }) => name));
  const rows = await transaction.rows(
    `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [tables.sql('visible')],
  );
  const left = rows
    .map(({ attname }) => String(attname))
    .filter((name) => isReplacementName(name) && !known.has(name));
  if (left.length === 0) return;
  await lockOutReaders(transaction, tables.name('visible'), signal);
  const drops = left.map((name) => `DROP COLUMN ${quote(name)}`);
  await transaction.run(`ALTER TABLE ${tables.sql('visible')} ${drops.join(', ')}`);
}
