import type { Session } from './session';

/** The result of a request for one table. */
export interface TableResult<Result> {
  readonly table: string;
  readonly result: Result;
}

/** Work on tables. Running replicators do it; if none is running, one is started for it. */
export interface Work<Result> {
  readonly verb: 'verify' | 'resync';
  /**
   * It only compares tables that have been loaded before; loading them would cost another export. If the destination
   * can be copied, the replicator that is started for it works on a copy.
   */
  readonly readsOnly?: true;
  /** For a verify: the share of the export's files to compare. */
  readonly sample?: number | undefined;
  /** Requests the work from a replicator of this process, which is about to run. */
  here(session: Session, table: string): Promise<Result>;
}
