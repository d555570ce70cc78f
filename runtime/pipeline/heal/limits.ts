import { healFrom } from './windows';

const HOUR = 3_600_000;

/** Heals of one table begin at least this far apart. */
const APART_MS = 6 * HOUR;
const MOST_IN_A_ROW = 3;
/** A heal after this much following without a gap is not in a row with the ones before it. */
const WITHOUT_GAP_MS = 24 * HOUR;

/** What decides whether a gap may be healed now. Times are epoch ms on the service's clock. */
export interface HealFacts {
  readonly now: number;
  /** L, the watermark of the visible table. */
  readonly since: number;
  /** The earliest time that recovery reaches; `undefined`: recovery is off. */
  readonly recoveryFrom: number | undefined;
  /** When the last heals in a row began. */
  readonly begun: readonly number[];
  readonly priceUsd: number;
  readonly maxUsd: number;
}

/** Why a gap is not healed now. */
export type HealObstacle =
  | { readonly what: 'recovery is off' }
  | { readonly what: 'recovery begins too late'; readonly recoveryFrom: number; readonly needed: number }
  | { readonly what: 'too soon'; readonly until: number }
  | { readonly what: 'too often'; readonly times: number }
  | { readonly what: 'too expensive'; readonly priceUsd: number; readonly maxUsd: number };

/** Rule G3. @returns `undefined`: it may be healed */
export function healObstacle(facts: HealFacts): HealObstacle | undefined {
  const { now, since, recoveryFrom, begun, priceUsd, maxUsd } = facts;
  if (recoveryFrom === undefined) return { what: 'recovery is off' };
  const needed = healFrom(since);
  if (recoveryFrom > needed) return { what: 'recovery begins too late', recoveryFrom, needed };
  if (begun.length >= MOST_IN_A_ROW) return { what: 'too often', times: begun.length };
  const until = (begun.at(-1) ?? -Infinity) + APART_MS;
  if (now < until) return { what: 'too soon', until };
  if (priceUsd > maxUsd) return { what: 'too expensive', priceUsd, maxUsd };
  return undefined;
}

/**
 * The heals that one which begins now would be in a row with.
 * @param begun when the last ones began
 * @param publishedAt when a generation was last published
 */
export function healsInARow(
  begun: readonly number[],
  publishedAt: number | undefined,
  since: number,
): readonly number[] {
  const last = begun.at(-1);
  if (last === undefined || publishedAt === undefined || publishedAt < last) return begun;
  return since - publishedAt >= WITHOUT_GAP_MS ? [] : begun;
}
