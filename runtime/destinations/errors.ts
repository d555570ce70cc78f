import { reload, ReplicatorError } from '../errors';

/** Another writer has taken over the pipeline (rule C2). This one must stop. It has written nothing since. */
export class LeaseLost extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly pipeline: string,
    readonly epoch: number,
  ) {
    super(
      `Another replicator has taken over pipeline ${pipeline}, so this one stops. Nothing is lost: the other one ` +
        `continues from the last commit. Run one replicator per destination table.`,
    );
  }
}

/** The generation of a load has ended. Its rows were not committed. */
export class StaleGeneration extends ReplicatorError {
  readonly kind = 'retry';

  constructor(
    readonly generation: number,
    readonly current: number,
  ) {
    super(`Generation ${generation} has ended (current: ${current}). Its load was rolled back.`);
  }
}

/** The connection broke during a commit, which may or may not have happened (rule C3). */
export class CommitOutcomeUnknown extends ReplicatorError {
  readonly kind = 'retry';

  /** @param options `because`: what the destination reported, with what to do */
  constructor(options?: ErrorOptions & { readonly because?: string | undefined }) {
    const because = options?.because ?? 'The connection to the destination broke during a commit.';
    super(`${because} The replicator reads back whether the commit happened.`, options);
  }
}

/** The destination table is not one that this pipeline may write. */
export class DestinationTableTaken extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param what the kind of object that has the name, such as `enum type` */
  constructor(
    readonly table: string,
    readonly owner: string | undefined,
    what = 'table',
  ) {
    super(
      owner === undefined
        ? `${what === 'table' ? `Table ${table}` : `An object named ${table} (${what})`} already exists in the destination, and ` +
            `the replicator has no record of it. Nothing was changed. Choose another name with --destination-table, or drop or rename that ${what}.`
        : `Table ${table} belongs to pipeline ${owner}. Choose another name with --destination-table.`,
    );
  }
}

/** Somebody has changed a table of the replicator so that it cannot be written. Nothing was written. */
export abstract class ChangedByHand extends ReplicatorError {
  readonly kind = 'fatal';

  /**
   * @param what the problem, in sentences
   * @param fix the statement or command that fixes it
   */
  constructor(
    readonly what: string,
    next: string,
    readonly fix: string,
  ) {
    super(`${what} ${next}`);
  }
}

/** Somebody has dropped or renamed a table of the replicator. */
export class DestinationTableMissing extends ChangedByHand {
  /** @param source name of the source table */
  constructor(
    readonly table: string,
    source: string,
  ) {
    const resync = reload(source);
    super(
      `Table ${table} is missing from the destination: it was dropped or renamed by hand.`,
      `Rename it back, or reload it: ${resync}`,
      resync,
    );
  }
}

/** Somebody has dropped or renamed a table of the replicator, and given its name to another object. */
export class DestinationTableReplaced extends ChangedByHand {
  /** @param holder the kind of that object, with its article, such as `a view` */
  constructor(
    readonly table: string,
    holder: string,
  ) {
    super(
      `Table ${table} was dropped or renamed by hand, and ${holder} has its name.`,
      'Drop or rename that object and rename the table back, or load into another database with --to.',
      'Drop or rename that object, and rename the table back.',
    );
  }
}

/** The pipeline's row names a table that does not exist, and another table has its columns. */
export class DestinationTableMisnamed extends ChangedByHand {
  /**
   * @param recorded the table that the row names @param table the one with its columns
   * @param source name of the source table
   * @param record the statement that records the present name
   */
  constructor(
    readonly recorded: string,
    readonly table: string,
    source: string,
    record: string,
  ) {
    super(
      `The row of _replicator.pipelines for source table ${source} names table ${recorded}, which does not exist. Table ${table} ` +
        `has its columns: it was renamed, or the row was changed by hand.`,
      `Record the present name: ${record}`,
      record,
    );
  }
}

/** A table has no unique index over its key, without which its rows cannot be updated. */
export class KeyMissing extends ChangedByHand {
  /** @param add the statement that adds the index @param source name of the source table */
  constructor(
    readonly table: string,
    add: string,
    source: string,
  ) {
    super(
      `Table ${table} has no unique index over its key: it was dropped, or the table was replaced by a copy.`,
      `Add it: ${add} then reload the rows that were affected: ${reload(source)}`,
      add,
    );
  }
}

/** Somebody has deleted rows of the bookkeeping tables that cannot be derived from anything else. */
export class RecordsMissing extends ChangedByHand {
  /**
   * @param records the bookkeeping table
   * @param table the destination table, as SQL
   * @param source name of the source table
   */
  constructor(
    readonly records: string,
    readonly table: string,
    source: string,
  ) {
    const drop = `DROP TABLE ${table};`;
    super(
      `Rows of ${records} for source table ${source} were deleted or changed by hand. Table ${table} cannot be written without them.`,
      `Drop the table and reload it from the source, which has every row that is not soft-deleted: ${drop} then: ` +
        `${reload(source)}`,
      drop,
    );
  }
}

/** Somebody has deleted entries of the ledger while the export is loaded. */
export class LedgerIncomplete extends ChangedByHand {
  /** @param ledger the bookkeeping table @param source name of the source table */
  constructor(
    readonly ledger: string,
    source: string,
  ) {
    super(
      `Rows of ${ledger} for source table ${source} were deleted or changed by hand: files of its export would be loaded twice.`,
      `Reload the table: ${reload(source)}`,
      reload(source),
    );
  }
}

/** A column is missing, or has another type than the replicator gave it, which could round, cut or refuse values. */
export class ColumnTypeChanged extends ChangedByHand {
  /** The type that the replicator gave the column. */
  readonly made: string;
  /** `undefined`: the column is missing. */
  readonly found: string | undefined;

  /** @param source name of the source table @param putBack the statement that restores the column */
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
      `${found === undefined ? 'Rename it back, or add it' : 'Undo that'}: ${putBack} then reload the rows that were affected: ${reload(source)}`,
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

/** The destination cannot take the write now, and waiting may help: a full disk, an unreachable server, a lock. */
export class DestinationUnavailable extends ReplicatorError {
  readonly kind = 'retry';
}

/** The destination cannot be used as configured. */
export class DestinationUnusable extends ReplicatorError {
  readonly kind = 'fatal';
}

/** The source table has another key than its destination table, which was loaded before. Nothing was changed. */
export class KeyChanged extends DestinationUnusable {
  /** The problem, in sentences. */
  readonly what: string;

  /**
   * @param table the destination table
   * @param source name of the source table
   * @param makeRoom what to do with the destination table, in sentences
   * @param fix the statement that renames it
   */
  constructor(
    readonly table: string,
    { source, before, now }: { readonly source: string; readonly before: string; readonly now: string },
    makeRoom: string,
    readonly fix: string,
  ) {
    const what =
      `The key of source table ${source} is ${now} now, but table ${table} was loaded with key ${before}. Its rows stay ` +
      `until you rename or drop it.`;
    super(`${what} ${makeRoom}`);
    this.what = what;
  }
}

/** Another process has the destination open, and only one process can. */
export class DestinationLocked extends ReplicatorError {
  readonly kind = 'fatal';

  /**
   * @param pid the process that has it open, if the engine reports it
   * @param words the destination in a sentence (`a DuckDB file`), and programs that open one (`a DuckDB shell, a
   * notebook`)
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

/** Another replicator, which is clearly alive, writes the pipeline. */
export class PipelineHeld extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly pipeline: string,
    readonly host: string,
    readonly pid: number,
  ) {
    super(
      `Process ${pid} on ${host} already replicates pipeline ${pipeline}. Stop it first (on ${host}: kill ${pid}), or ` +
        `replicate into another database with --to.`,
    );
  }
}

/**
 * This process and the destination disagree about the last commit. The process starts over from the last commit
 * there.
 */
export abstract class OutOfStep extends ReplicatorError {
  readonly kind = 'retry';
}

/** The server has lost commits that it had confirmed. */
export class CommitsLost extends OutOfStep {
  constructor(readonly pipeline: string) {
    super(
      `The destination has lost commits of pipeline ${pipeline} that it had confirmed, after a failover to a lagging standby ` +
        `or a restore from a backup. Rows and position went back together. The replicator continues from the last commit that is left.`,
    );
  }
}

/** The server has a commit that this process did not make. */
export class UnknownCommit extends OutOfStep {
  constructor(readonly pipeline: string) {
    super(
      `The destination has a commit of pipeline ${pipeline} that this process did not know about. Nothing is lost: the ` +
        `replicator continues from that commit.`,
    );
  }
}

/** The ledger already has a file of the load. The load was rolled back. */
export class FileLoadedMeanwhile extends DestinationUnavailable {
  constructor() {
    super(
      `The ledger already has an export file that was being loaded: its earlier commit succeeded after all. The second ` +
        `load was rolled back.`,
    );
  }
}
