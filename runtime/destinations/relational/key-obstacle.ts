import type { KeySchema } from '../../item/attribute-value';
import type { Column } from '../../item/column';
import type { TableTarget } from '../destination';
import type { KeyChanged, RecordsMissing } from '../errors';
import { freeName } from './free-name';
import { keyOfColumns } from './recorded';
import type { Registry } from './registry';
import type { PipelineTables } from './tables';
import { isSameKey, keyChanged, type RecordedTarget } from './target';
import type { SqlTransaction } from './transaction';

/** Whether a pipeline was registered for this key, or its columns have it: somebody may have changed either. */
export function isKeyRecorded(recorded: RecordedTarget, columns: readonly Column[], key: KeySchema): boolean {
  return keysOf(recorded, columns).some((one) => isSameKey(one, key));
}

/** The error when the visible table exists and has another key than its source table. */
export async function keyObstacle<
  Transaction extends SqlTransaction,
  State,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  {
    tables,
    recorded,
    columns,
  }: { readonly tables: Tables; readonly recorded: RecordedTarget; readonly columns: readonly Column[] },
  target: TableTarget,
  registry: Registry<Transaction, State, Tables>,
): Promise<KeyChanged | RecordsMissing | undefined> {
  if (isKeyRecorded(recorded, columns, target.keySchema)) return undefined;
  if (!(await tables.exists(transaction, 'visible'))) return undefined;
  const [before] = keysOf(recorded, columns);
  if (before === undefined) return tables.recordsMissing('pipelines');
  const free = await nameBefore(transaction, tables, registry);
  return keyChanged(tables.source, before, target, free, registry);
}

function keysOf({ keySchema }: RecordedTarget, columns: readonly Column[]): readonly KeySchema[] {
  return [keySchema, keyOfColumns(columns)].filter((key) => key !== undefined);
}

/** A free name for a table that has to make room. */
function nameBefore<Transaction extends SqlTransaction, State, Tables extends PipelineTables<Transaction>>(
  transaction: Transaction,
  tables: Tables,
  { dialect, isNameTaken }: Registry<Transaction, State, Tables>,
): Promise<string> {
  const { schema, table } = tables.name('visible');
  return freeName(table, '_before', dialect.identifiers.maxBytes, (name) =>
    isNameTaken(transaction, { schema, table: name }),
  );
}
