import type { OperableDestination } from './destination';
import type * as DuckDB from './duckdb/destination';
import type { DestinationPlace } from './place';
import type * as Postgres from './postgres/destination';

/** What destinations need from outside. */
export interface DestinationContext {
  /** The text of an AWS Secrets Manager secret. @throws ReplicatorError */
  readonly readSecret: (arn: string) => Promise<string>;
}

/** The destination at a place; nothing is reached before it is asked for something. */
export function openDestination(place: DestinationPlace, context: DestinationContext): OperableDestination {
  // Each is loaded when it is wanted: a replicator into PostgreSQL need not hold DuckDB, an engine of 70 MB.
  /* oxlint-disable typescript/no-require-imports */
  switch (place.kind) {
    case 'duckdb': {
      const { DuckDBDestination } = require('./duckdb/destination') as typeof DuckDB;
      return new DuckDBDestination(place.duckdb);
    }
    case 'postgres': {
      const { PostgresDestination } = require('./postgres/destination') as typeof Postgres;
      return new PostgresDestination(place.postgres, context);
    }
  }
  /* oxlint-enable typescript/no-require-imports */
}
