import type { ListedShard } from '../aws/services';
import type { ShardState } from './shard-state';

/** Ids of the shards whose parent is not among them: where reading a generation starts (rule A1). */
export function rootsOf(shards: readonly ListedShard[]): ReadonlySet<string> {
  const ids = new Set(shards.map((shard) => shard.id));
  const roots = shards.filter((shard) => shard.parentId === undefined || !ids.has(shard.parentId));
  return new Set(roots.map((shard) => shard.id));
}

/** A shard that nothing is known of but its place: it starts with what its parent, or S0, hands down. */
export function newShard(
  place: { readonly id: string; readonly parentId: string | undefined; readonly depth: number },
  handedDown: { readonly watermark: number; readonly prefixPassed: boolean },
  knownSince?: number,
): ShardState {
  return {
    // Named one by one: objects that were spread are many times slower to make and to read, and there are thousands.
    id: place.id,
    parentId: place.parentId,
    depth: place.depth,
    watermark: handedDown.watermark,
    prefixPassed: handedDown.prefixPassed,
    stage: 'open',
    position: undefined,
    openSeenAt: 0,
    missingSince: undefined,
    knownSince,
    idleUntil: 0,
  };
}

/**
 * Adds to `shards` every listed descendant of a known shard, whatever order they are listed in. A child has its
 * parent's watermark and prefix (rules W1, A2), or `leastWatermark` when its sibling has already carried W further:
 * a shard listed late was created after W (a listing lags by less than W's distance from it). A parent of a root is
 * not adopted: its child was not read after it (rule A1), so it stays an orphan. `knownSince`: for children that are not
 * known by a listing, see `ShardState`.
 */
export function adoptDescendants(
  listed: readonly ListedShard[],
  shards: Map<string, ShardState>,
  leastWatermark: number,
  knownSince?: number,
): void {
  const unknownByParent = new Map<string, ListedShard[]>();
  for (const shard of listed) {
    if (shards.has(shard.id) || shard.parentId === undefined) continue;
    const siblings = unknownByParent.get(shard.parentId);
    if (siblings) siblings.push(shard);
    else unknownByParent.set(shard.parentId, [shard]);
  }
  if (unknownByParent.size === 0) return;
  const passedOver = new Set<string>();
  for (const { depth, parentId } of shards.values()) {
    if (depth === 0 && parentId !== undefined) passedOver.add(parentId);
  }
  // A map's iteration also visits what is added on the way, so grandchildren follow their parents.
  for (const parent of shards.values()) {
    for (const { id } of unknownByParent.get(parent.id) ?? []) {
      if (passedOver.has(id)) continue;
      const place = { id, parentId: parent.id, depth: parent.depth + 1 };
      const watermark = Math.max(parent.watermark, leastWatermark);
      shards.set(id, newShard(place, { watermark, prefixPassed: parent.prefixPassed }, knownSince));
    }
  }
}

/** Parent id → ids of its known children. */
export function childrenOf(shards: Iterable<ShardState>): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const { id, parentId } of shards) {
    if (parentId === undefined) continue;
    const siblings = children.get(parentId);
    if (siblings) siblings.push(id);
    else children.set(parentId, [id]);
  }
  return children;
}

/**
 * Listed shards that cannot be placed: neither known nor a descendant of a known shard, and their parents are not listed
 * either (rule S3). An ancestor of a known child is not one of them: it was read, succeeded and was forgotten, and a
 * listing shows it once more.
 */
export function orphansIn(
  listed: readonly ListedShard[],
  shards: ReadonlyMap<string, ShardState>,
): ReadonlySet<string> {
  const orphans = new Map<string, ListedShard>();
  for (const shard of listed) if (!shards.has(shard.id)) orphans.set(shard.id, shard);
  if (orphans.size === 0) return new Set();
  for (const shard of shards.values()) {
    let ancestor = shard.depth > 0 && shard.parentId !== undefined ? orphans.get(shard.parentId) : undefined;
    while (ancestor) {
      orphans.delete(ancestor.id);
      ancestor = ancestor.parentId === undefined ? undefined : orphans.get(ancestor.parentId);
    }
  }
  const topmost = [...orphans.values()].filter(
    ({ parentId }) => parentId === undefined || !orphans.has(parentId),
  );
  return new Set(topmost.map(({ id }) => id));
}

/** Hands what is known of a shard down to descendants: their writes all come after those of their parent. */
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
