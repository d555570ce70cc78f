import type { ChangeBatch, Destination, PipelineStore } from '../../runtime/destinations/destination';
import { overriding } from '../overriding';
import { WRITTEN_AT } from './source-item';

/** Wraps a destination: after every visible commit of changes it reports when those changes were written. */
export function watched(
  destination: Destination,
  onVisible: (writtenAt: readonly number[]) => void,
): Destination {
  return overriding(destination, {
    lease: async (target) => {
      const store = await destination.lease(target);
      return overriding<PipelineStore>(store, {
        apply: async (role, batch, checkpoint) => {
          await store.apply(role, batch, checkpoint);
          if (role === 'visible') onVisible(writtenAt(batch));
        },
      });
    },
  });
}

function writtenAt({ columns, changes }: ChangeBatch): readonly number[] {
  const position = columns.findIndex(({ attribute }) => attribute === WRITTEN_AT);
  return changes.flatMap((change) => (change.action === 'upsert' ? [Number(change.cells[position])] : []));
}
