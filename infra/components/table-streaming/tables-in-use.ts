import type { StreamingInputs } from '../../plan/table-streaming/lifecycle';

/** For Pulumi: keep these functions as text, not the path to this file, which the package does not export. @public */
export const deploymentOnlyModule = true;

/**
 * The tables that resources of this run of Pulumi need. Pulumi deletes the resource of a renamed or replaced component after it
 * has created its successor, and both run in one process: the old one can see here that the new one has adopted its stream.
 * The functions of an old state are another copy of this text, so what they share is global.
 */
function tablesInUse(): Set<string> {
  const shared = globalThis as { dynamodbReplicatorTablesInUse?: Set<string> };
  return (shared.dynamodbReplicatorTablesInUse ??= new Set());
}

type Table = Pick<StreamingInputs, 'table' | 'region'> & { readonly account: string | undefined };

export function useTable({ account, region, table }: Table): void {
  tablesInUse().add(`${account}/${region}/${table}`);
}

export function isInUse({ account, region, table }: Table): boolean {
  return tablesInUse().has(`${account}/${region}/${table}`);
}
