import type { TableTarget } from './destination';
import { DestinationUnusable } from './errors';

/** What a destination's messages say. */
export interface TargetWords {
  readonly defaultSchema: string;
  /** Where else the pipeline may be loaded: `another file with --to`. */
  readonly elsewhere: string;
}

/** @throws DestinationUnusable when a pipeline would go on with another table, key or way of deleting */
export function requireSame(
  recorded: TableTarget,
  target: TableTarget,
  { defaultSchema, elsewhere }: TargetWords,
): void {
  const { pipeline } = target;
  const [before, now] = [recorded, target].map(
    ({ schema = defaultSchema, table }) => `${schema}.${table}`,
  ) as [string, string];
  if (before !== now) {
    throw new DestinationUnusable(
      `Pipeline ${pipeline} writes table ${before} already, not ${now}: set the schema and table back, or load into ` +
        `${elsewhere}.`,
    );
  }
  const keys = [recorded, target].map(({ keySchema }) => describeKey(keySchema));
  if (keys[0] !== keys[1]) {
    throw new DestinationUnusable(
      `The source table of pipeline ${pipeline} has another key now (${keys[1]}, it was ${keys[0]}), so it is another ` +
        `table than the one in ${recorded.table}: load it into ${elsewhere}.`,
    );
  }
  if (recorded.deletes !== target.deletes) {
    throw new DestinationUnusable(
      `Table ${recorded.table} was begun with deletes: ${recorded.deletes}. Set that back, or load into ${elsewhere}.`,
    );
  }
}

function describeKey({ partition, sort }: TableTarget['keySchema']): string {
  return [partition, ...(sort === undefined ? [] : [sort])]
    .map(({ name, type }) => `${name} ${type}`)
    .join(', ');
}
