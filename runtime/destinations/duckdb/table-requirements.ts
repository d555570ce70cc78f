import type { CheckedTable, DestinationName, DestinationRequirement } from '../destination';
import { readColumns } from '../relational/bookkeeping';
import { writerOf } from '../relational/registry';
import { changedTable, isChanged, tableProblem } from '../relational/table-problem';
import type { TableName } from '../relational/sql';
import { RENAME } from '../relational/target';
import { kindOfName, ownRows } from './bookkeeping';
import { findObjects } from './objects/find-objects';
import { nameProblem, REGISTRY } from './registration';
import type { Transaction } from './session';
import { DEFAULT_SCHEMA } from './tables';

/** Empty if the name is good. */
export function nameRequirement({
  schema = DEFAULT_SCHEMA,
  table,
}: DestinationName): readonly DestinationRequirement[] {
  const problem = nameProblem({ schema, table });
  return problem === undefined ? [] : [notWritable({ schema, table }, problem, RENAME)];
}

/** Why a table cannot be written, and what others added to it that may refuse rows. */
export async function tableRequirements(
  transaction: Transaction,
  { schema = DEFAULT_SCHEMA, table: name, keySchema }: CheckedTable,
  hasBookkeeping: boolean,
): Promise<readonly DestinationRequirement[]> {
  const table = { schema, table: name };
  const problem = hasBookkeeping ? await tableProblem(transaction, table, REGISTRY, keySchema) : undefined;
  if (isChanged(problem)) return [changedTable(table, problem)];
  const kind = await kindOfName(transaction, table.schema, table.table);
  if (kind === undefined) return [];
  const owner =
    hasBookkeeping && problem === undefined ? await writerOf(transaction, table, REGISTRY) : undefined;
  if (owner === undefined) {
    const found =
      kind === 'table'
        ? 'it already exists, and the replicator has no record of it'
        : `a ${kind} already has the name, and the replicator has no record of it`;
    const fix = `Choose another name with --destination-table, or drop or rename that ${kind}.`;
    return [notWritable(table, found, fix)];
  }
  return objectsOf(transaction, table, owner);
}

function notWritable({ schema, table }: TableName, found: string, fix: string): DestinationRequirement {
  return { requirement: `table ${schema}.${table} writable`, met: false, found, fix };
}

/** A line for each object that may refuse rows or a change of type. Not met if it refuses every row. */
async function objectsOf(
  transaction: Transaction,
  table: TableName,
  pipeline: string,
): Promise<readonly DestinationRequirement[]> {
  const objects = await findObjects(transaction, table, await readColumns(transaction, ownRows(pipeline)));
  return objects.flatMap(({ label, reasons: [reason] }) => {
    if (reason === undefined) return [];
    const met = reason.everyRow !== true;
    const found = `${met ? 'note: ' : ''}${reason.because}`;
    return [{ requirement: `table ${table.schema}.${table.table}: ${label}`, met, found, fix: reason.fix }];
  });
}
