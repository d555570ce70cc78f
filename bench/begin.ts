import type { PipelineStore, OperableDestination } from '../runtime/destinations/destination';
import { destinationPlace, openDestination } from '../runtime/destinations/kinds';
import type { Column } from '../runtime/item/column';
import { KEY } from './shapes/shapes';

/** The one that everything is written for. */
export const PIPELINE = '111122223333/eu-west-1/bench';
export const TABLE = 'bench';

/** The settings' defaults. */
const DUCKDB = { memoryLimitBytes: 256 * 2 ** 20, threads: 2 };

/** A destination as `--to` names it, its first generation being loaded. */
export async function begin(
  to: string,
  columns: readonly Column[],
): Promise<{ readonly destination: OperableDestination; readonly store: PipelineStore }> {
  const destination = openAt(to);
  const store = await destination.lease({
    pipeline: PIPELINE,
    schema: undefined,
    table: TABLE,
    keySchema: KEY,
    deletes: 'hard',
  });
  await store.widen(columns);
  await store.startGeneration(1, { head: 'generation 1', shards: new Map() });
  return { destination, store };
}

export function openAt(to: string): OperableDestination {
  return openDestination(destinationPlace(to, { duckdb: DUCKDB, postgres: {} }), {
    readSecret: () => Promise.reject(new Error('there are no secrets')),
  });
}
