import { DataFileCorrupt } from '../export/errors';
import type { Repeating } from '../export/file-attempts';
import type { GenerationRun } from './generation-run';

/**
 * How a generation repeats attempts to store data files, and reports them.
 * @param messageOf what the failure was, and what happens if it stays
 */
export function fileRetries(
  { context, signal }: Pick<GenerationRun, 'context' | 'signal'>,
  bucket: string,
  messageOf: (error: Error) => string,
): Repeating {
  const { clock, events, pipeline, table } = context;
  return {
    bucket,
    clock,
    signal,
    onRetry: (attempt, waitMs, error) => {
      const message = messageOf(error);
      if (error instanceof DataFileCorrupt) {
        const { what: code } = error;
        events.emit('aws.retry', {
          table: table.name,
          operation: 'GetObject',
          code,
          attempt,
          waitMs,
          message,
        });
      } else events.emit('destination.retry', { pipeline, attempt, waitMs, message });
    },
  };
}
