import { reload, ReplicatorError } from '../errors';

/** A time that has not been set; equals 0. As a double like other times: otherwise V8 converts every shard when its first time is set. */
export const NEVER = -0;

/** The reading position in one shard. All times are epoch ms on the service's clock. */
export interface ShardState {
  readonly id: string;
  readonly parentId: string | undefined;
  /** Steps from a root of this generation: 0 for a root, its parent's + 1 for a child (rule S6). Never recomputed. */
  readonly depth: number;
  /** `open`: not read to its end; `ended`: read to its end and applied (rule S2); `succeeded`: ended, and a child is known. */
  readonly stage: 'open' | 'ended' | 'succeeded';
  /** Sequence number of the last record applied or skipped (rule S5). */
  readonly position: string | undefined;
  /** Everything written to this shard's keys before this time has been applied (rule W1). */
  readonly watermark: number;
  /** Whether a record of this lineage was kept: from then on none is skipped (rule A2). */
  readonly prefixPassed: boolean;
  /** Start of the last complete listing that showed it open; 0: none has. */
  readonly openSeenAt: number;
  /** End of the first of the listings in a row, up to the last one, that lacked it; unset again when a read finds it. */
  readonly missingSince: number | undefined;
  /** While only an answer about its parent's children has shown it: the time of that answer. Listings begun before may lack it. */
  readonly knownSince: number | undefined;
  /** Empty pages have proven that nothing written before this time is left to read; 0: nothing proven. Not stored. */
  readonly idleUntil: number;
}

/** Rule W1: whether W no longer waits for it. If nothing of an ended shard was kept, its children may have left before it. */
export function hasSucceeded({ stage, prefixPassed }: ShardState): boolean {
  return stage === 'succeeded' || (stage === 'ended' && !prefixPassed);
}

/** The checkpoint's row of a shard is not in the format of this version. */
export class ShardStateUnreadable extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly shardId: string,
    readonly row: string,
  ) {
    super(
      `The checkpoint's row of shard ${shardId} cannot be read: ${row.slice(0, 200)}. It was written by another version of the ` +
        `replicator or changed by hand. Use the version that wrote it, or reload the table: ${reload()}`,
    );
  }
}

/**
 * A shard's row in the checkpoint. An open shard in the last listing has that listing's time, which is in the checkpoint's
 * head: so a listing that changes nothing rewrites no row.
 */
export function serializeShard(shard: ShardState, listedAt: number): string {
  return JSON.stringify({
    parent: shard.parentId,
    depth: shard.depth,
    stage: shard.stage,
    position: shard.position,
    watermark: shard.watermark,
    prefixPassed: shard.prefixPassed,
    openSeenAt: shard.openSeenAt === listedAt ? undefined : shard.openSeenAt,
    missingSince: shard.missingSince,
    knownSince: shard.knownSince,
  });
}

/** Whether `serializeShard` returns the same text for both. */
export function isSameText(
  one: ShardState,
  oneListedAt: number,
  other: ShardState,
  otherListedAt: number,
): boolean {
  const oneSeen = one.openSeenAt === oneListedAt ? undefined : one.openSeenAt;
  const otherSeen = other.openSeenAt === otherListedAt ? undefined : other.openSeenAt;
  if (oneSeen !== otherSeen) return false;
  return (
    one === other ||
    (one.parentId === other.parentId &&
      one.depth === other.depth &&
      one.stage === other.stage &&
      one.position === other.position &&
      one.watermark === other.watermark &&
      one.prefixPassed === other.prefixPassed &&
      one.missingSince === other.missingSince &&
      one.knownSince === other.knownSince)
  );
}

/** @throws ShardStateUnreadable */
export function deserializeShard(id: string, row: string, listedAt: number): ShardState {
  const stored = parseObject(row);
  const { parent, depth, stage, position, watermark, prefixPassed } = stored ?? {};
  const { openSeenAt, missingSince, knownSince } = stored ?? {};
  const readable =
    (parent === undefined || typeof parent === 'string') &&
    Number.isSafeInteger(depth) &&
    (stage === 'open' || stage === 'ended' || stage === 'succeeded') &&
    (position === undefined || (typeof position === 'string' && /^\d+$/.test(position))) &&
    Number.isFinite(watermark) &&
    typeof prefixPassed === 'boolean' &&
    [openSeenAt, missingSince, knownSince].every((time) => time === undefined || Number.isFinite(time));
  if (!readable) throw new ShardStateUnreadable(id, row);
  return {
    id,
    parentId: parent,
    depth: depth as number,
    stage,
    position,
    watermark: watermark as number,
    prefixPassed,
    openSeenAt: (openSeenAt as number | undefined) ?? listedAt,
    missingSince: missingSince as number | undefined,
    knownSince: knownSince as number | undefined,
    idleUntil: NEVER,
  };
}

function parseObject(row: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
