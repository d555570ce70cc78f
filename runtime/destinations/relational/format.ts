import { DestinationUnusable } from '../errors';
import { OWN_SCHEMA } from './target';

/** The form of a destination's tables of our own. It grows when they change; 0.1.0 wrote 1. */
export const FORMAT = 2;

/** @throws DestinationUnusable when a later version of the replicator has written there */
export function requireKnown(format: number): 1 | typeof FORMAT {
  if (format === 1 || format === FORMAT) return format;
  throw new DestinationUnusable(
    `The replicator's tables in schema ${OWN_SCHEMA} are of format ${format}, and this version knows ${FORMAT}: ` +
      `use the newer version of the replicator.`,
  );
}
