import { healFrom } from './windows';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Heals of one table begin at least this far apart, and so do its full exports that nobody has agreed to. */
const APART_MS = 6 * HOUR;
/** Instead, after a heal whose first export failed. Doubled for each further one in a row. */
const AFTER_FAILED_MS = 10 * MINUTE;
const MOST_IN_A_ROW = 3;
/** A heal or load after this much following without a gap is not in a row with the ones before it. */
const WITHOUT_GAP_MS = 24 * HOUR;

/** The heals in a row whose first export failed. */
export interface FailedHeals {
  readonly times: number;
  /** When the last of them began. Epoch ms. */
  readonly at: number;
}

/** What closed the last gaps of a table, without being asked, and counts for its next gap. */
export interface GapHistory {
  /** When those heals began whose first export did not fail. */
  readonly healsBegun?: readonly number[] | undefined;
  readonly healsFailed?: FailedHeals | undefined;
  /** When the loads began that a gap led to. */
  readonly loadsBegun?: readonly number[] | undefined;
}

/** Why nothing closes a gap now: other heals or loads have just begun. `until` in epoch ms. */
export type Repeated =
  | {
      readonly what: 'too soon';
      readonly until: number;
      readonly after: 'a heal' | 'a load' | 'a failed export';
    }
  | { readonly what: 'too often'; readonly times: number };

/** What decides whether a gap may be healed now. Times are epoch ms on the service's clock. */
export interface HealFacts {
  readonly now: number;
  /** L, the watermark of the visible table. */
  readonly since: number;
  /** The earliest time that recovery reaches; `undefined`: recovery is off. */
  readonly recoveryFrom: number | undefined;
  /** When the last heals in a row began. */
  readonly begun: readonly number[];
  readonly failed: FailedHeals | undefined;
  readonly priceUsd: number;
  readonly maxUsd: number;
}

/** Why a gap is not healed now. */
export type HealObstacle =
  | { readonly what: 'recovery is off' }
  | { readonly what: 'recovery begins too late'; readonly recoveryFrom: number; readonly needed: number }
  | Repeated
  | { readonly what: 'too expensive'; readonly priceUsd: number; readonly maxUsd: number };

/** Rule G3. @returns `undefined`: it may be healed */
export function healObstacle(facts: HealFacts): HealObstacle | undefined {
  const { now, since, recoveryFrom, begun, failed, priceUsd, maxUsd } = facts;
  if (recoveryFrom === undefined) return { what: 'recovery is off' };
  const needed = healFrom(since);
  if (recoveryFrom > needed) return { what: 'recovery begins too late', recoveryFrom, needed };
  const repeated = repeatedAt(now, begun, 'a heal', failed);
  if (repeated !== undefined) return repeated;
  if (priceUsd > maxUsd) return { what: 'too expensive', priceUsd, maxUsd };
  return undefined;
}

/**
 * Rule G3, for a full export that closes a gap without being asked: its price has no limit of its own.
 * @param begun when the last ones in a row began
 * @returns `undefined`: it may be requested
 */
export function loadObstacle(now: number, begun: readonly number[]): Repeated | undefined {
  return repeatedAt(now, begun, 'a load');
}

function repeatedAt(
  now: number,
  begun: readonly number[],
  what: 'a heal' | 'a load',
  failed?: FailedHeals,
): Repeated | undefined {
  if (begun.length >= MOST_IN_A_ROW) return { what: 'too often', times: begun.length };
  const until = nextHealAt(begun, failed);
  if (now >= until) return undefined;
  const isFailed = failed !== undefined && until === afterFailed(failed);
  return { what: 'too soon', until, after: isFailed ? 'a failed export' : what };
}

/** When the next heal may begin, epoch ms. */
export function nextHealAt(begun: readonly number[], failed: FailedHeals | undefined): number {
  return Math.max(
    (begun.at(-1) ?? -Infinity) + APART_MS,
    failed === undefined ? -Infinity : afterFailed(failed),
  );
}

function afterFailed({ times, at }: FailedHeals): number {
  return at + Math.min(AFTER_FAILED_MS * 2 ** (times - 1), APART_MS);
}

/** The history once the first export of the last heal has failed. */
export function withFailed({ healsBegun = [], healsFailed }: GapHistory): GapHistory {
  const at = healsBegun.at(-1);
  if (at === undefined) return { healsBegun, healsFailed };
  return { healsBegun: healsBegun.slice(0, -1), healsFailed: { times: (healsFailed?.times ?? 0) + 1, at } };
}

/** Times are epoch ms. */
export interface GapTimes {
  readonly now: number;
  /** When a generation was last published. */
  readonly publishedAt: number | undefined;
  /** L, the watermark of the visible table. */
  readonly since: number;
}

/** The history with which a generation begins. @param closes how it closes a gap; `undefined`: somebody has requested it */
export function historyWith(
  { healsBegun = [], healsFailed, loadsBegun = [] }: GapHistory,
  closes: 'heal' | 'load' | undefined,
  { now, publishedAt, since }: GapTimes,
): GapHistory {
  const after = (begun: readonly number[]) => [...inARow(begun, publishedAt, since), now];
  return {
    healsBegun: closes === 'heal' ? after(healsBegun) : healsBegun,
    healsFailed,
    loadsBegun: closes === 'load' ? after(loadsBegun) : loadsBegun,
  };
}

/** The history once a generation is published. What somebody has requested ends every row. @param closed as `closes` of `historyWith` */
export function historyAfter(
  { healsBegun, loadsBegun }: GapHistory,
  closed: 'heal' | 'load' | undefined,
): GapHistory {
  return {
    healsBegun: closed === 'heal' ? healsBegun : undefined,
    healsFailed: undefined,
    loadsBegun: closed === undefined ? undefined : loadsBegun,
  };
}

/**
 * The heals, or the loads, that one which begins now would be in a row with.
 * @param begun when the last ones began
 * @param publishedAt when a generation was last published
 */
export function inARow(
  begun: readonly number[],
  publishedAt: number | undefined,
  since: number,
): readonly number[] {
  const last = begun.at(-1);
  if (last === undefined || publishedAt === undefined || publishedAt < last) return begun;
  return since - publishedAt >= WITHOUT_GAP_MS ? [] : begun;
}
