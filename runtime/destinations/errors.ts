import { ReplicatorError } from '../errors';

/** Another writer took the pipeline over (rule C2): this one must stop, it has written nothing since. */
export class LeaseLost extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly pipeline: string,
    readonly epoch: number,
  ) {
    super(
      `Another replicator has taken over pipeline ${pipeline}; this one stops. Nothing is lost: the other one goes on ` +
        `from the last commit. Run one replicator per destination table.`,
    );
  }
}

/** A load for a generation that has ended meanwhile; its rows were not committed. */
export class StaleGeneration extends ReplicatorError {
  readonly kind = 'retry';

  constructor(
    readonly generation: number,
    readonly current: number,
  ) {
    super(`Generation ${generation} has ended (now ${current}); its load was rolled back.`);
  }
}

/** The connection broke while a commit was under way: it may or may not have happened (rule C3). */
export class CommitOutcomeUnknown extends ReplicatorError {
  readonly kind = 'retry';

  /** @param options `because`: what the destination has said of itself, with what to do */
  constructor(options?: ErrorOptions & { readonly because?: string | undefined }) {
    const because = options?.because ?? 'The connection to the destination broke during a commit.';
    super(`${because} Whether the commit has happened is read back.`, options);
  }
}

/** The destination table is not this pipeline's to write. */
export class DestinationTableTaken extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param what has the name, where tables share their names with others: `enum type` */
  constructor(
    readonly table: string,
    readonly owner: string | undefined,
    what = 'table',
  ) {
    super(
      owner === undefined
        ? `${what === 'table' ? `Table ${table}` : `Something named ${table} (${what})`} exists in the destination already, and ` +
            `the replicator has no record of it; it is left as it is. Choose another name with --destination-table, or drop or rename that ${what}.`
        : `Table ${table} belongs to the pipeline of ${owner}. Choose another name with --destination-table.`,
    );
  }
}

/** People have changed a table that the replicator has made so that it cannot be written; nothing was written. */
export abstract class ChangedByHand extends ReplicatorError {
  readonly kind = 'fatal';

  /**
   * @param what has been found, in sentences
   * @param fix the statement or command that puts it right
   */
  constructor(
    readonly what: string,
    next: string,
    readonly fix: string,
  ) {
    super(`${what} ${next}`);
  }
}

/** A table that the replicator has made was dropped or renamed. */
export class DestinationTableMissing extends ChangedByHand {
  /** @param source name of the source table */
  constructor(
    readonly table: string,
    source: string,
  ) {
    const resync = `dynamodb-replicator resync --table ${source}`;
    super(
      `Table ${table} is missing from the destination: it was dropped or renamed by hand.`,
      `Rename it back, or load it again: ${resync}`,
      resync,
    );
  }
}

/** Rows were deleted from the replicator's own tables that nothing else can tell. */
export class RecordsMissing extends ChangedByHand {
  /**
   * @param records the table of ours
   * @param table of the destination, as SQL
   * @param source name of the source table
   */
  constructor(
    readonly records: string,
    readonly table: string,
    source: string,
  ) {
    const drop = `DROP TABLE ${table};`;
    super(
      `The rows of ${records} for source table ${source} were deleted, without which table ${table} cannot be written.`,
      `Drop the table, which loses nothing that the source does not have, and load it again: ${drop} Then: ` +
        `dynamodb-replicator resync --table ${source}`,
      drop,
    );
  }
}

/** A column of another type than the replicator gave it, which could round, cut or refuse values, or no column. */
export class ColumnTypeChanged extends ChangedByHand {
  /** The type that the replicator gave it. */
  readonly made: string;
  /** `undefined`: there is no such column. */
  readonly found: string | undefined;

  /** @param source name of the source table @param putBack the statement that does so */
  constructor(
    readonly table: string,
    readonly column: string,
    { made, found, putBack, source }: AlteredColumn,
  ) {
    super(
      found === undefined
        ? `Column ${column} (${made}) is missing from table ${table}: it was dropped or renamed by hand.`
        : `Column ${column} of table ${table} was altered by hand: its type is ${found} instead of ${made}, which could round, ` +
            `cut or refuse values.`,
      `Put it back: ${putBack} Then reload the rows that the change has touched: dynamodb-replicator resync --table ${source}`,
      putBack,
    );
    this.made = made;
    this.found = found;
  }
}

export interface AlteredColumn {
  readonly made: string;
  readonly found: string | undefined;
  readonly putBack: string;
  readonly source: string;
}

/** The destination cannot take the write for a reason that waiting may cure (full disk, server away, lock). */
export class DestinationUnavailable extends ReplicatorError {
  readonly kind = 'retry';
}

/** The destination cannot be used as configured. */
export class DestinationUnusable extends ReplicatorError {
  readonly kind = 'fatal';
}

/** Another process has the destination open, and it takes one at a time. */
export class DestinationLocked extends ReplicatorError {
  readonly kind = 'fatal';

  /**
   * @param pid process that holds it, where the engine tells
   * @param words what it is, and which programs open such a one: `a DuckDB file`, `a DuckDB shell, a notebook`
   */
  constructor(
    readonly location: string,
    readonly pid: number | undefined,
    { phrase, others, ...options }: ErrorOptions & { readonly phrase: string; readonly others: string },
  ) {
    super(
      `${location} is open in ${pid === undefined ? 'another process' : `process ${pid}`}, and ${phrase} takes one ` +
        `process at a time. Close that program (${others}` +
        `${pid === undefined ? '' : `; see: ps -p ${pid}`}), or choose another file with --to.`,
      options,
    );
  }
}

/** Another replicator that is plainly alive writes the pipeline. */
export class PipelineHeld extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly pipeline: string,
    readonly host: string,
    readonly pid: number,
  ) {
    super(
      `Pipeline ${pipeline} is replicated by process ${pid} on ${host} already. Stop that one first (there: kill ${pid}), or ` +
        `replicate into another database with --to.`,
    );
  }
}

/** What this process knows of a pipeline is not what the destination has: it begins again from the last commit there. */
export abstract class OutOfStep extends ReplicatorError {
  readonly kind = 'retry';
}

/** The server no longer has what it had confirmed. */
export class CommitsLost extends OutOfStep {
  constructor(readonly pipeline: string) {
    super(
      `The destination has lost commits of pipeline ${pipeline} that it had confirmed: a failover to a standby that lagged ` +
        `behind, or a restored backup. Rows and position went back together; it goes on from the last commit that is left.`,
    );
  }
}

/** The server has a commit that it did not confirm to anybody who runs. */
export class UnknownCommit extends OutOfStep {
  constructor(readonly pipeline: string) {
    super(
      `The destination has a commit of pipeline ${pipeline} that this process did not know of. Nothing is lost; it goes on ` +
        `from that commit.`,
    );
  }
}

/** A file of a load that was committed is in the ledger already: the load was undone. */
export class FileLoadedMeanwhile extends DestinationUnavailable {
  constructor() {
    super(
      `A file that was loaded is in the ledger already: its commit had happened after all. What was loaded of it a second ` +
        `time has been undone.`,
    );
  }
}
