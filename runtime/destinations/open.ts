import type * as DuckDB from './duckdb/destination';
import type { OperableDestination } from './destination';
import { DestinationUnusable } from './errors';
import type { DestinationPlace } from './place';

/** What destinations need from outside. */
export interface DestinationContext {
  /** The text of an AWS Secrets Manager secret. @throws ReplicatorError */
  readonly readSecret: (arn: string) => Promise<string>;
}

/** The destination at a place; nothing is reached before it is asked for something. */
export function openDestination(place: DestinationPlace, _context: DestinationContext): OperableDestination {
  switch (place.kind) {
    case 'duckdb': {
      // Loaded when it is wanted: an engine of 70 MB that a replicator into PostgreSQL need not hold.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { DuckDBDestination } = require('./duckdb/destination') as typeof DuckDB;
      return new DuckDBDestination(place.duckdb);
    }
    case 'postgres':
      throw new DestinationUnusable('PostgreSQL is not built yet.');
  }
}
