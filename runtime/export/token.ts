import { createHash } from 'node:crypto';

/** What identifies an export. */
export interface ExportIdentity {
  readonly pipeline: string;
  /** `undefined` on emulators without table ids. */
  readonly tableId: string | undefined;
  readonly generation: number;
  /** Distinguishes the exports of one generation. */
  readonly attempt: number | string;
}

/**
 * The ClientToken of an export (rule A3). It is the same after a crash, so that a repeated request finds the first export instead
 * of starting a second one. Another table, generation or attempt has another token.
 * Source: API reference, "ExportTableToPointInTime", ClientToken: idempotent for 8 hours, pattern `^[^$]+$`.
 */
export function exportToken({ pipeline, tableId, generation, attempt }: ExportIdentity): string {
  const parts = JSON.stringify([pipeline, tableId ?? null, generation, attempt]);
  const digest = createHash('sha256').update(parts).digest('hex').slice(0, 32);
  return `dynamodb-replicator-${digest}`;
}
