import type { ListedShard } from '../aws/services';
import type { ShardDraft } from './shard-draft';
import { NEVER, type ShardState } from './shard-state';

/** The shards whose parent is not among them: a generation starts reading there (rule A1). */
export function rootsOf(shards: readonly ListedShard[]): readonly ListedShard[] {
  const ids = new Set<string>();
  for (const { id } of shards) ids.add(id);
  return shards.filter(({ parentId }) => parentId === undefined || !ids.has(parentId));
}

/** A shard known only by its lineage: it starts with the watermark and prefix handed down by its parent, or by S0. */
export function newShard(
  place: { readonly id: string; readonly parentId: string | undefined; readonly depth: number },
  handedDown: { readonly watermark: number; readonly prefixPassed: boolean },
  knownSince?: number,
): ShardState {
  return {
    // No spread: spread objects are many times slower to create and to read, and there are thousands.
    id: place.id,
    parentId: place.parentId,
    depth: place.depth,
    watermark: handedDown.watermark,
    prefixPassed: handedDown.prefixPassed,
    stage: 'open',
    position: undefined,
    openSeenAt: NEVER,
    missingSince: undefined,
    knownSince,
    idleUntil: NEVER,
  };
}

/**
 * Adds those of the unknown `listed` shards that descend from a known one, in whatever order they are listed. Returns the
 * ids of the children added to each parent. A child gets its parent's watermark and prefix (rules W1, A2), or
 * `leastWatermark` if a sibling has already advanced W further: a shard listed late was created after W, as a listing lags
 * by less than W's distance from it. The parent of a root is not adopted: its child was not read after it (rule A1), so it
 * stays an orphan.
 * @param knownSince for children not known from a listing; see `ShardState`
 */
export function adoptDescendants(
  listed: readonly ListedShard[],
  shards: ShardDraft,
  leastWatermark: number,
  knownSince?: number,
): ReadonlyMap<string, readonly string[]> {
  const unknownByParent = byParent(listed);
  if (unknownByParent.size === 0) return unknownByParent;
  const passedOver = new Set<string>();
  for (const { depth, parentId } of shards.states) {
    if (depth === 0 && parentId !== undefined) passedOver.add(parentId);
  }
  const parents: ShardState[] = [];
  for (const parentId of unknownByParent.keys()) {
    const parent = shards.get(parentId);
    if (parent) parents.push(parent);
  }
  const isPassedOver = (id: string) => passedOver.has(id);
  // Includes grandchildren: `parents` grows while it is visited.
  for (const parent of parents) {
    let children = unknownByParent.get(parent.id) ?? [];
    if (children.some(isPassedOver)) {
      children = children.filter((id) => !isPassedOver(id));
      unknownByParent.set(parent.id, children);
    }
    const { depth } = parent;
    const handedDown = {
      watermark: Math.max(parent.watermark, leastWatermark),
      prefixPassed: parent.prefixPassed,
    };
    for (const id of children) {
      const child = newShard({ id, parentId: parent.id, depth: depth + 1 }, handedDown, knownSince);
      if (shards.add(child) && unknownByParent.has(id)) parents.push(child);
    }
  }
  // What is left has been adopted.
  for (const [parentId, children] of unknownByParent) {
    if (children.length === 0 || shards.indexOf(parentId) === undefined) unknownByParent.delete(parentId);
  }
  return unknownByParent;
}

/** Parent id → ids of its children among `shards`. */
export function byParent(
  shards: Iterable<{ readonly id: string; readonly parentId: string | undefined }>,
): Map<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const { id, parentId } of shards) {
    if (parentId === undefined) continue;
    const siblings = children.get(parentId);
    if (siblings) siblings.push(id);
    else children.set(parentId, [id]);
  }
  return children;
}

/** `children` with the adopted ones added. */
export function withAdopted(
  children: ReadonlyMap<string, readonly string[]>,
  adopted: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  if (adopted.size === 0) return children;
  if (children.size === 0) return adopted;
  const all = new Map(children);
  for (const [parentId, ids] of adopted) all.set(parentId, [...(all.get(parentId) ?? []), ...ids]);
  return all;
}

/** `children` without the forgotten parents. */
export function withoutParents(
  children: ReadonlyMap<string, readonly string[]>,
  forgotten: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  if (forgotten.size === 0) return children;
  const left = new Map(children);
  for (const id of forgotten) left.delete(id);
  return left;
}

/**
 * The unknown listed shards that do not descend from a known shard and whose parent is not listed either (rule S3). An
 * ancestor of a known child is not among them: it was read, succeeded and was forgotten, and a listing shows it again.
 */
export function orphansIn(unknown: readonly ListedShard[], shards: readonly ShardState[]): readonly string[] {
  if (unknown.length === 0) return [];
  const orphans = new Map(unknown.map((shard) => [shard.id, shard]));
  for (const { depth, parentId } of shards) {
    let ancestor = depth > 0 && parentId !== undefined ? orphans.get(parentId) : undefined;
    while (ancestor) {
      orphans.delete(ancestor.id);
      ancestor = ancestor.parentId === undefined ? undefined : orphans.get(ancestor.parentId);
    }
  }
  const topmost = [...orphans.values()].filter(
    ({ parentId }) => parentId === undefined || !orphans.has(parentId),
  );
  return topmost.map(({ id }) => id);
}

/** Hands a shard's watermark and prefix down to its descendants, whose writes all come after its own. */
export function handDown(
  parent: ShardState,
  shards: { get(id: string): ShardState | undefined; set(id: string, shard: ShardState): void },
  children: ReadonlyMap<string, readonly string[]>,
): void {
  for (const id of children.get(parent.id) ?? []) {
    const child = shards.get(id);
    if (!child) continue;
    const watermark = Math.max(child.watermark, parent.watermark);
    const prefixPassed = child.prefixPassed || parent.prefixPassed;
    if (watermark === child.watermark && prefixPassed === child.prefixPassed) continue;
    const next = { ...child, watermark, prefixPassed };
    shards.set(id, next);
    handDown(next, shards, children);
  }
}
