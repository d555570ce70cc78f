import { LedgerIncomplete } from '../errors';
import type { PipelineRow } from './bookkeeping';
import type { PipelineTables } from './tables';
import { OWN_SCHEMA } from './target';
import { isTrue, type SqlTransaction } from './transaction';

/**
 * Verifies that the ledger accounts for everything that the shadow table has.
 * @throws LedgerIncomplete when it does not, so that files would be loaded twice (rule P1)
 * @throws DestinationTableMissing when somebody dropped or renamed the shadow table
 */
export async function requireLedger<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  state: PipelineRow | undefined,
): Promise<void> {
  if (!state?.loading) return;
  if (!(await tables.exists(transaction, 'shadow'))) throw tables.missing('shadow');
  const { schema, condition, values } = tables.ownRows;
  const own = (select: string, table: string) =>
    `(SELECT ${select} FROM ${schema}.${table} WHERE ${condition} AND stage = 'shadow')`;
  const [row] = await transaction.rows(
    `SELECT (SELECT count(*) FROM ${tables.sql('shadow')}) + ${own('count(*)', 'dead_letters')} >
       ${own('coalesce(sum(items), 0)', 'ledger')} AS has_more`,
    values,
  );
  if (isTrue(row?.['has_more'])) throw new LedgerIncomplete(`${OWN_SCHEMA}.ledger`, tables.source);
}
