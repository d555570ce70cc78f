import type { PipelineRecord } from '../destinations/destination';
import { reload } from '../errors';
import { counted, tableOf } from '../observe/figures';

/**
 * What somebody has deleted from the bookkeeping of a pipeline, if that shows in its record. The pipeline does not stop
 * for it, but only a reload repairs it.
 */
export function bookkeepingProblem(pipeline: string, record: PipelineRecord): string | undefined {
  const table = tableOf(pipeline);
  if (isCheckpointDeleted(record)) {
    return (
      `The checkpoint of ${pipeline} was deleted by hand. You need to do nothing: the next run reloads the table from a new ` +
      `export, and its rows stay until then. To reload it now: ${reload(table)}`
    );
  }
  const lost = record.deadLetters - record.storedDeadLetters;
  if (lost <= 0) return undefined;
  return (
    `${counted(lost, 'dead letter')} of table ${table} ${lost === 1 ? 'was' : 'were'} deleted by hand: the destination lacks ` +
    `those items. Reload the table: ${reload(table)}`
  );
}

export function isCheckpointDeleted({ checkpoint, generation }: PipelineRecord): boolean {
  return checkpoint === undefined && generation > 0;
}
