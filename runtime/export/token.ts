import { createHash } from 'node:crypto';

/** What an export belongs to. */
export interface ExportIdentity {
  readonly pipeline: string;
  /** Undefined on emulators that do not have it. */
  readonly tableId: string | undefined;
  readonly generation: number;
  /** Tells the exports of one generation apart: the next number after one that failed, or what else it is for. */
  readonly attempt: number | string;
}

/**
 * The ClientToken of an export (rule A3): the same after a crash, so that a repeated request finds the export it had started
 * instead of starting a second one, and another one for another table, generation or attempt.
 * Source: API reference, "ExportTableToPointInTime", ClientToken: idempotent for 8 hours, pattern `^[^$]+$`.
 */
export function exportToken({ pipeline, tableId, generation, attempt }: ExportIdentity): string {
  const parts = JSON.stringify([pipeline, tableId ?? null, generation, attempt]);
  const digest = createHash('sha256').update(parts).digest('hex').slice(0, 32);
  return `dynamodb-replicator-${digest}`;
}
