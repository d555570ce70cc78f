import { type DuckDBSettings, duckdbSettings } from './duckdb/config';
import {
  isPostgresLocation,
  type PostgresOptions,
  type PostgresSettings,
  postgresSettings,
} from './postgres/config';

/** Where rows go, of whatever kind. */
export type DestinationPlace =
  | { readonly kind: 'duckdb'; readonly duckdb: DuckDBSettings }
  | { readonly kind: 'postgres'; readonly postgres: PostgresSettings };

export interface PlaceOptions {
  readonly duckdb: { readonly memoryLimitBytes: number; readonly threads: number };
  readonly postgres: PostgresOptions;
}

/** The place that a `--to` value and the settings of its kind name. @throws RangeError when they name none */
export function destinationPlace(to: string, { duckdb, postgres }: PlaceOptions): DestinationPlace {
  if (!isPostgresLocation(to)) {
    const memoryLimitMB = Math.floor(duckdb.memoryLimitBytes / 1e6);
    return { kind: 'duckdb', duckdb: duckdbSettings(to, { memoryLimitMB, threads: duckdb.threads }) };
  }
  const read = postgresSettings(to, postgres);
  if ('settings' in read) return { kind: 'postgres', postgres: read.settings };
  throw new RangeError(read.problems.map(({ setting, problem }) => `${setting}: ${problem}`).join('; '));
}
