import { readColumns } from '../../relational/bookkeeping';
import type { OwnTable } from '../../relational/tables';
import type { DatabaseFile } from '../database-file';
import { type DuckDBHooks, onOwnConnection } from '../session';
import type { DuckDBTables } from '../tables';
import { findObjects } from './find-objects';
import { explainRefusal, refusalIn } from './refusal';

/** The visible table first: others change that one. */
const TABLES: readonly OwnTable[] = ['visible', 'shadow', 'changes', 'lines', 'verify'];

/** The error of a failed transaction, with the objects on the tables that may be why rows were refused. */
export async function explained(
  error: unknown,
  at: { readonly file: DatabaseFile; readonly hooks: DuckDBHooks; readonly tables: DuckDBTables },
): Promise<unknown> {
  const refusal = refusalIn(error);
  if (refusal === undefined) return error;
  const { tables } = at;
  try {
    return await onOwnConnection(at, async (transaction) => {
      const columns = await readColumns(transaction, tables.ownRows);
      for (const table of TABLES) {
        const name = tables.name(table);
        const better = explainRefusal(refusal, name, await findObjects(transaction, name, columns));
        if (better !== refusal.error) return better;
      }
      return error;
    });
  } catch {
    return error;
  }
}
