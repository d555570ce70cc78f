import { finalMessage, ReplicatorError } from '../../errors';
import type { CheckedTable, DestinationRequirement } from '../destination';
import { DestinationUnavailable } from '../errors';
import { readColumns } from '../relational/bookkeeping';
import { quote, type TableName } from '../relational/sql';
import { changedTable, isChanged, tableProblem } from '../relational/table-problem';
import { RENAME } from '../relational/target';
import { BOOKKEEPING, ownRows, schemaExists, tableExists } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { findObjects } from './objects/find-objects';
import { holderOfName, withArticle } from './objects/name-holder';
import { explainRefusal, refusalIn } from './objects/refusal';
import { nameProblem, REGISTRY } from './registration';
import { DEFAULT_SCHEMA } from './tables';

export function requirement(name: string, met: boolean, found: string, fix: string): DestinationRequirement {
  return { requirement: name, met, found, fix: met ? undefined : fix };
}

/** Whether a table can be created or written, and what others added to it that may refuse rows. */
export async function tableRequirements(
  transaction: Transaction,
  target: CheckedTable,
): Promise<readonly DestinationRequirement[]> {
  const { schema = DEFAULT_SCHEMA, table, keySchema } = target;
  const name = `table ${schema}.${table} writable`;
  const problem = nameProblem({ schema, table });
  if (problem !== undefined) return [requirement(name, false, problem, RENAME)];
  const hasBookkeeping = await tableExists(transaction, BOOKKEEPING, 'pipelines');
  const changed = hasBookkeeping
    ? await tableProblem(transaction, { schema, table }, REGISTRY, keySchema)
    : undefined;
  if (isChanged(changed)) return [changedTable({ schema, table }, changed)];
  if (!(await schemaExists(transaction, schema)))
    return [requirement(name, true, 'the first run creates it', '')];
  const holder = await holderOfName(transaction, { schema, table });
  if (holder === undefined) return [await creatable(transaction, name, { schema, table })];
  const number =
    hasBookkeeping && changed === undefined ? await ownNumber(transaction, { schema, table }) : undefined;
  if (number === undefined) {
    return [
      requirement(
        name,
        false,
        holder === 'table'
          ? 'it already exists, and the replicator has no record of it'
          : `${withArticle(holder)} already has the name, and the replicator has no record of it`,
        `Choose another name with --destination-table, or drop or rename that ${holder}.`,
      ),
    ];
  }
  return [
    await ownTables(transaction, name, { schema, table }),
    ...(await objectsOf(transaction, { schema, table }, number)),
  ];
}

async function creatable(
  transaction: Transaction,
  name: string,
  { schema, table }: TableName,
): Promise<DestinationRequirement> {
  try {
    await transaction.attempt(() =>
      transaction.run(`CREATE TABLE ${quote(schema)}.${quote(table)} (probe jsonb)`),
    );
    return requirement(name, true, 'can be created', '');
  } catch (error) {
    if (!(error instanceof ReplicatorError)) throw error;
    const refusal = refusalIn(error);
    const explained =
      refusal === undefined
        ? error
        : explainRefusal(refusal, { schema, table }, await findObjects(transaction, { schema, table }, []));
    return { requirement: name, met: false, found: finalMessage(explained), fix: undefined };
  }
}

/** The number of the pipeline that writes the table. */
async function ownNumber(
  transaction: Transaction,
  { schema, table }: TableName,
): Promise<number | undefined> {
  const [row] = await transaction.rows(
    `SELECT number FROM ${BOOKKEEPING}.pipelines WHERE schema_name = $1 AND table_name = $2`,
    [schema, table],
  );
  return row === undefined ? undefined : Number(row['number']);
}

/** A line for each object that may refuse a row, and for each that may drop one. Not met if it certainly refuses some. */
async function objectsOf(
  transaction: Transaction,
  table: TableName,
  number: number,
): Promise<readonly DestinationRequirement[]> {
  const columns = await readColumns(transaction, ownRows(number));
  const objects = await findObjects(transaction, table, columns);
  return objects.flatMap(({ label, reasons }) => {
    const refusing = reasons.find(({ inCheck }) => inCheck === 'refuses' || inCheck === 'may refuse');
    const dropping = reasons.find(({ inCheck }) => inCheck === 'may drop');
    return [refusing, dropping].flatMap((reason) => {
      if (reason === undefined) return [];
      const met = reason.inCheck !== 'refuses';
      const found = `${met ? 'note: ' : ''}${reason.because}`;
      return { requirement: `table ${table.schema}.${table.table}: ${label}`, met, found, fix: reason.fix };
    });
  });
}

/**
 * For a table that is about to be reloaded, before its export is paid for.
 * @throws DestinationUnavailable when the role may not write it, with the statements of `check`
 */
export async function requirePrivileges(
  transaction: Transaction,
  { schema, table }: TableName,
): Promise<void> {
  const { met, found, fix } = await ownTables(transaction, table, { schema, table });
  if (met) return;
  throw new DestinationUnavailable(
    `Table ${schema}.${table} cannot be reloaded: ${found}. Retrying; as a role that may, run: ${fix?.replaceAll('\n', ' ')}`,
  );
}

/** Only the owner can alter a table, and an owner may also have lost privileges. */
async function ownTables(
  transaction: Transaction,
  name: string,
  { schema, table }: { readonly schema: string; readonly table: string },
): Promise<DestinationRequirement> {
  const role = quote(transaction.facts.user);
  const rows = await transaction.rows(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_has_role(c.relowner, 'USAGE') AS is_owner,
         array_to_string(ARRAY(SELECT p FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) p
           WHERE NOT has_table_privilege(c.oid, p)), ', ') AS lacks
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND ((n.nspname = $1 AND c.relname = $2) OR n.nspname = '${BOOKKEEPING}') ORDER BY 1`,
    [schema, table],
  );
  const problems = rows.flatMap((row) => {
    if (row['is_owner'] !== 't') {
      return [
        {
          found: `${row['name']} belongs to another role`,
          fix: `ALTER TABLE ${row['name']} OWNER TO ${role};`,
        },
      ];
    }
    if (row['lacks'] === '') return [];
    return [
      {
        found: `${row['lacks']} on ${row['name']}`,
        fix: `GRANT ${row['lacks']} ON ${row['name']} TO ${role};`,
      },
    ];
  });
  if (problems.length === 0) return requirement(name, true, 'it belongs to the replicator', '');
  return {
    requirement: name,
    met: false,
    found: `the role lacks: ${problems.map(({ found }) => found).join('; ')}`,
    fix: problems.map(({ fix }) => fix).join('\n'),
  };
}
