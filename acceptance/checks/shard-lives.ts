import type { ListedShard, Listing } from './shards';

/** A series of listings without a shard. */
interface Absence {
  readonly from: number;
  until: number;
  /** For some time in between nothing was listed, so the shard may have been. */
  wasUnobserved?: true;
}

/** What was seen of a shard from its first listing on. Times are epoch ms, of this machine unless said otherwise. */
export interface ShardLife {
  readonly id: string;
  readonly parent: string | undefined;
  /** AWS's, from the id. */
  readonly openedAt: number;
  /** Whether its stream began with it. */
  readonly isRoot: boolean;
  /** Its first number in the first listing and in the latest. */
  readonly starting: string;
  startingNow: string;
  ending: string | undefined;
  /** How long it had been open when the last listing without it began; at least 0. */
  readonly unlistedMs: number;
  /** Start of the latest listing that showed it open. */
  lastOpenAt: number;
  /** End of the first listing, and start of the latest, of an unbroken series without it. */
  missing: Absence | undefined;
  /** The longest such series before it was listed again. */
  hiddenMs: number;
  /** End of the first listing, and start of the latest, of an unbroken series that showed it without its parent. */
  orphan: { readonly from: number; until: number } | undefined;
  orphanMs: number;
  /** What was read of it: AWS's times of its records, the keys, the first and last number. */
  readonly times: number[];
  readonly keys: Set<string>;
  first: string | undefined;
  last: string | undefined;
  /** Read to its end. */
  hasEnded: boolean;
  /** Age of the youngest record that could no longer be read; Infinity while there is none. */
  lostAgeMs: number;
  /** Age of the oldest record that could be read. */
  readAgeMs: number;
}

/** The epoch ms in a shard's id. */
export const openedAt = (id: string): number => Number(/^shardId-(\d+)-/.exec(id)?.[1] ?? Number.NaN);

/** Applies a listing. `before`: the one before it in the same process. */
export function listed(lives: Map<string, ShardLife>, listing: Listing, before: Listing | undefined): void {
  const isFirst = lives.size === 0;
  for (const shard of listing.shards) {
    const life = lives.get(shard.id) ?? begun(shard, isFirst, before);
    lives.set(shard.id, life);
    life.startingNow = shard.starting;
    life.ending = shard.ending ?? life.ending;
    if (shard.ending === undefined) life.lastOpenAt = listing.startedAt;
    if (life.missing && !life.missing.wasUnobserved)
      life.hiddenMs = Math.max(life.hiddenMs, lengthOf(life.missing));
    life.missing = undefined;
  }
  const present = new Set(listing.shards.map(({ id }) => id));
  for (const life of lives.values()) {
    if (!present.has(life.id)) life.missing = extended(life.missing, listing);
    const isOrphan = present.has(life.id) && life.parent !== undefined && !lives.has(life.parent);
    life.orphan = isOrphan ? extended(life.orphan, listing) : undefined;
    if (life.orphan) life.orphanMs = Math.max(life.orphanMs, lengthOf(life.orphan));
  }
}

/** For as long as a shard may be omitted, nothing could be listed: who was missing may have been listed meanwhile. */
export function unobserved(lives: ReadonlyMap<string, ShardLife>): void {
  for (const life of lives.values()) {
    if (life.missing) life.missing.wasUnobserved = true;
    life.orphan = undefined;
  }
}

/** A series that an interruption of the run has broken begins again. */
export function interrupted(lives: ReadonlyMap<string, ShardLife>): void {
  for (const life of lives.values()) {
    life.missing = undefined;
    life.orphan = undefined;
  }
}

export const lengthOf = ({ from, until }: { readonly from: number; readonly until: number }): number =>
  Math.max(0, until - from);

const extended = (series: Absence | undefined, { startedAt, endedAt }: Listing): Absence => ({
  from: endedAt,
  ...series,
  until: startedAt,
});

function begun(shard: ListedShard, isRoot: boolean, before: Listing | undefined): ShardLife {
  const at = openedAt(shard.id);
  return {
    id: shard.id,
    parent: shard.parent,
    openedAt: at,
    isRoot,
    starting: shard.starting,
    startingNow: shard.starting,
    ending: undefined,
    unlistedMs: isRoot || before === undefined ? 0 : Math.max(0, before.startedAt - at),
    lastOpenAt: 0,
    missing: undefined,
    hiddenMs: 0,
    orphan: undefined,
    orphanMs: 0,
    times: [],
    keys: new Set(),
    first: undefined,
    last: undefined,
    hasEnded: false,
    lostAgeMs: Infinity,
    readAgeMs: 0,
  };
}

/** Small JSON, as a run remembers it: one text a shard. */
export const textOfLife = (life: ShardLife): string =>
  JSON.stringify({
    ...life,
    keys: [...life.keys],
    lostAgeMs: life.lostAgeMs === Infinity ? null : life.lostAgeMs,
  });

export function lifeOfText(text: string): ShardLife {
  const raw = JSON.parse(text) as Omit<ShardLife, 'keys' | 'lostAgeMs'> & {
    keys: string[];
    lostAgeMs: number | null;
  };
  return {
    ...raw,
    keys: new Set(raw.keys),
    lostAgeMs: raw.lostAgeMs ?? Infinity,
  };
}
