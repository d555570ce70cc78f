import { ReplicatorError } from '../errors';

/** A table has to be loaded first, in a place where nobody would keep what is loaded. */
export class LoadNeeded extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly table: string) {
    super(
      `Table ${table} has to be loaded before it can be verified: its last load or resync is not complete, or the source table ` +
        `was replaced. Load it, then run verify again: dynamodb-replicator run --table ${table} --bucket … --to …`,
    );
  }
}
