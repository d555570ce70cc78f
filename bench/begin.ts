import type { PipelineStore, OperableDestination } from '../runtime/destinations/destination';
import { destinationPlace, openDestination } from '../runtime/destinations/kinds';
import type { Column } from '../runtime/item/column';
import { KEY } from './shapes/shapes';

/** All bench data belongs to this pipeline. */
export const PIPELINE = '111122223333/eu-west-1/bench';
export const TABLE = 'bench';

/** Defaults of the settings. */
const DUCKDB = { memoryLimitBytes: 256 * 2 ** 20, threads: 2 };

/** Opens the destination `to` (as in `--to`) and starts loading its first generation. */
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
    readSecret: () => Promise.reject(new Error('The benchmark uses no secrets.')),
  });
}
