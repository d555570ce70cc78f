import type { Column } from '../../item/column';
import type { ChangeBatch, LedgerEntry, LoadedRole, StoredCheckpoint } from '../destination';
import { LeaseLost, StaleGeneration } from '../errors';
import { recordedColumn } from './recorded';
import { isTrue, type SqlRow, type SqlTransaction } from './transaction';

/** A pipeline's row. */
export interface PipelineRow {
  readonly epoch: number;
  readonly number: number;
  readonly generation: number;
  /** Its shadow and changes tables exist. */
  readonly loading: boolean;
  /** Its lines and changes tables exist: it closes a gap in the visible table. */
  readonly healing: boolean;
  /** Its visible table exists. */
  readonly published: boolean;
  /** Its verify table exists, and the keys that change are recorded. */
  readonly verifying: boolean;
}

export const STATE_COLUMNS = 'epoch, number, generation, loading, healing, published, verifying';

/** @param row with `STATE_COLUMNS` */
export function pipelineRow(row: SqlRow): PipelineRow {
  return {
    epoch: Number(row['epoch']),
    number: Number(row['number']),
    generation: Number(row['generation']),
    loading: isTrue(row['loading']),
    healing: isTrue(row['healing']),
    published: isTrue(row['published']),
    verifying: isTrue(row['verifying']),
  };
}

/** @throws LeaseLost when the epoch has grown (rule C2) */
export function ownState<State extends PipelineRow>(
  state: State | undefined,
  pipeline: string,
  epoch: number,
): State {
  if (state?.epoch !== epoch) throw new LeaseLost(pipeline, epoch);
  return state;
}

/** The table that full exports are loaded into: that of a generation, or that of a verify. */
export type LoadRole = Exclude<LoadedRole, 'lines'>;

/** The table that a load fills. */
export interface LoadedTable {
  readonly role: LoadRole;
  readonly generation: number;
  readonly columns: readonly Column[];
}

/** What goes into the lines of a heal in one transaction. */
export interface StagedFile {
  readonly generation: number;
  readonly batches: AsyncIterable<ChangeBatch>;
  /** `undefined`: the changes are from no file. */
  readonly entry: LedgerEntry | undefined;
}

const OPEN = { shadow: 'loading', lines: 'healing', verify: 'verifying' } as const;

/** @throws StaleGeneration when loads into the table have ended, or it belongs to another generation */
export function requireCurrent(state: PipelineRow, role: LoadedRole, generation: number): void {
  if (!state[OPEN[role]] || state.generation !== generation)
    throw new StaleGeneration(generation, state.generation);
}

/** The rows of one pipeline in the bookkeeping tables, as SQL. */
export interface OwnRows {
  /** The schema of these tables. */
  readonly schema: string;
  /** A condition that selects the rows. Its parameters are `$1` and on. */
  readonly condition: string;
  readonly values: string[] | undefined;
}

/** Sets columns of the pipeline's row. Their names are those of the state. */
export async function updateState(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
  change: Readonly<Record<string, number | boolean>>,
): Promise<void> {
  const assignments = Object.entries(change).map(([name, value]) => `${columnOf(name)} = ${String(value)}`);
  await transaction.run(
    `UPDATE ${schema}.pipelines SET ${assignments.join(', ')} WHERE ${condition}`,
    values,
  );
}

/** `longKeys` → `long_keys` */
function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The row of a pipeline. @param columns the columns to read, as SQL */
export async function readPipeline(
  transaction: SqlTransaction,
  schema: string,
  pipeline: string,
  columns: string,
): Promise<SqlRow | undefined> {
  const [row] = await transaction.rows(
    `SELECT ${columns} FROM ${schema}.pipelines __r_pipeline WHERE pipeline = $1`,
    [pipeline],
  );
  return row;
}

/** Pipelines in the order of their registration. */
export async function readPipelines(transaction: SqlTransaction, schema: string): Promise<readonly string[]> {
  const rows = await transaction.rows(`SELECT pipeline FROM ${schema}.pipelines ORDER BY number`);
  return rows.map(({ pipeline }) => String(pipeline));
}

export async function readShards(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
): Promise<StoredCheckpoint['shards']> {
  const rows = await transaction.rows(`SELECT shard, state FROM ${schema}.shards WHERE ${condition}`, values);
  return new Map(rows.map(({ shard, state }) => [String(shard), String(state)]));
}

/** The recorded columns. None if somebody deleted or changed one of them: then none can be trusted. */
export async function readColumns(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
): Promise<readonly Column[]> {
  const rows = await transaction.rows(
    `SELECT position, definition FROM ${schema}.columns WHERE ${condition} ORDER BY position`,
    values,
  );
  if (rows.some(({ position }, i) => Number(position) !== i + 1)) return [];
  const columns = rows.map(({ definition }) => recordedColumn(String(definition)));
  return columns.some((column) => column === undefined) ? [] : (columns as readonly Column[]);
}

export async function readLedger(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
  role: LoadedRole,
): Promise<readonly LedgerEntry[]> {
  const rows = await transaction.rows(
    `SELECT file, items FROM ${schema}.ledger WHERE ${condition} AND stage = '${role}' ORDER BY file`,
    values,
  );
  return rows.map(({ file, items }) => ({ file: String(file), items: Number(items) }));
}

export async function clearLedger(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
  ...roles: readonly LoadedRole[]
): Promise<void> {
  const list = roles.map((role) => `'${role}'`).join(', ');
  await transaction.run(`DELETE FROM ${schema}.ledger WHERE ${condition} AND stage IN (${list})`, values);
}

/** The states of the shards that remain after a commit. */
export function keptShards(
  shards: ReadonlyMap<string, string | null>,
): readonly (readonly [shard: string, state: string])[] {
  return [...shards].flatMap(([shard, state]) => (state === null ? [] : [[shard, state] as const]));
}
