import type { ListedShard } from '../aws/services';
import type { Listing } from './arrivals';
import { adoptDescendants, handDown, orphansIn, withAdopted, withoutParents } from './lineage';
import { afterListing, endedStage, isConfirmed, mayBeForgotten } from './shard-changes';
import { ShardDraft } from './shard-draft';
import type { ShardState } from './shard-state';
import type { ShardTable } from './shard-table';

/** The known shards and their lineage. */
export interface KnownLineage {
  readonly shards: ShardTable;
  /** Listed shards without a known parent → end of the first listing that showed them without it. */
  readonly orphans: ReadonlyMap<string, number>;
  /** Parent id → ids of its known children. */
  readonly children: ReadonlyMap<string, readonly string[]>;
}

/**
 * The lineage after a complete listing (rules A2, S3, W1). A single pass over all shards: there may be tens of thousands, and the
 * process does nothing else meanwhile. `mayHaveLeft`: rule A2 (a).
 */
export function takeListing(
  { shards, orphans: orphansBefore, children: childrenBefore }: KnownLineage,
  listing: Listing,
  leastWatermark: number,
  mayHaveLeft: (shard: ShardState) => boolean,
): KnownLineage {
  const draft = new ShardDraft(shards);
  const { shown, unknown, adopted } = place(listing, draft, leastWatermark);
  const children = withAdopted(childrenBefore, adopted);
  // By index: `handDown` changes entries further on.
  for (let at = 0; at < draft.states.length; at++) {
    const shard = draft.states[at] as ShardState;
    const hasChildren = shard.stage === 'ended' && children.has(shard.id);
    const seen = afterListing(shard, shown[at], listing, hasChildren);
    const hasLeft = isConfirmed(seen.missingSince, listing) && mayHaveLeft(seen);
    const next = hasLeft ? { ...seen, stage: endedStage(children.has(seen.id)) } : seen;
    if (next === shard) continue;
    draft.states[at] = next;
    if (next.watermark > shard.watermark) handDown(next, draft, children);
  }
  const orphans = new Map<string, number>();
  for (const id of orphansIn(unknown, draft.states)) {
    orphans.set(id, orphansBefore.get(id) ?? listing.completedAt);
  }
  const forgotten = forgottenIn(draft, listing.startedAt);
  return { shards: draft.finish(forgotten), orphans, children: withoutParents(children, forgotten) };
}

/** Adds new children to the draft. Returns the listed shards by their index there, and those still unknown. */
function place({ shards }: Listing, draft: ShardDraft, leastWatermark: number) {
  const shown = new Array<ListedShard | undefined>(draft.states.length).fill(undefined);
  const isNew: ListedShard[] = [];
  for (const shard of shards) {
    const at = draft.indexOf(shard.id);
    if (at === undefined) isNew.push(shard);
    else shown[at] = shard;
  }
  const adopted = adoptDescendants(isNew, draft, leastWatermark);
  const unknown: ListedShard[] = [];
  for (const shard of isNew) {
    const at = draft.indexOf(shard.id);
    if (at === undefined) unknown.push(shard);
    else shown[at] = shard;
  }
  return { shown, unknown, adopted };
}

/** Parents first: if a listing showed a forgotten shard again, it would look like a new child of a known parent. */
function forgottenIn(draft: ShardDraft, now: number): ReadonlySet<string> {
  const forgotten = new Set<string>();
  for (const shard of draft.states) {
    if (!mayBeForgotten(shard, now)) continue;
    const { id, parentId } = shard;
    const parentStays =
      parentId !== undefined && !forgotten.has(parentId) && draft.indexOf(parentId) !== undefined;
    if (!parentStays) forgotten.add(id);
  }
  return forgotten;
}
