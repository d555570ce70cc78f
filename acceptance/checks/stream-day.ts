import type { Answer, Lab, LabTable } from '../check';
import { isNoAnswer, isRefusal } from '../refusals';
import { until } from '../until';
import { answered, checksOf, type Experiment, notAsked, supported, unanswered } from './experiment';
import { Failures } from './failures';
import {
  interrupted,
  lengthOf,
  lifeOfText,
  listed,
  type ShardLife,
  textOfLife,
  unobserved,
} from './shard-lives';
import { isGreater, iteratorAt, type Listing, listShards, readPage, readShard } from './shards';
import { refusal, sleepUntil } from './waiting';
import { putAll } from './writes';

/** A stream over 26 hours: each shard's life, and what became of its oldest records. */
export interface StreamDay {
  readonly lives: ReadonlyMap<string, ShardLife>;
  /** Whether each listing was in the order of ids. */
  readonly areListingsSorted: boolean;
  /** What a reader got that continued after a trimmed record; undefined: nothing was trimmed. */
  readonly atTrimmed: string | undefined;
  /** Listings and rounds of writes that failed, after all tries of the SDK. */
  readonly failedListings: number;
  readonly failedWrites: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY_MS = 24 * HOUR;
const LISTING_MS = 20_000;
/** A shard is listed for sure this long after it was opened, and is omitted for less. */
const LISTED_MS = MINUTE;
/** Each shard gets a record in each tick. */
const TICK_MS = 10 * MINUTE;
const END_MS = 26 * HOUR;
/** From when on the oldest records are read again at each tick. */
const HORIZON_FROM_MS = 20 * HOUR;
/** Half an hour of listings, and an hour of writes. */
const MOST_FAILED_LISTINGS = 90;
const MOST_FAILED_TICKS = 6;
const KEYS = Array.from({ length: 16 }, (_, index) => `key${index}`);

const streamDay: Experiment<StreamDay> = {
  name: 'stream-day',
  spends: { streamReads: 20_000 },
  observe: async (lab) => {
    const table = await lab.table('day', { stream: 'NEW_IMAGE' });
    const arn = table.streamArn ?? '';
    const state = await begin(lab);
    const { lives } = state;
    let before: Listing | undefined;
    let hasFailed = false;
    while (lab.clock.now() < state.startedAt + END_MS) {
      const turnAt = lab.clock.now();
      const listing = await state.listings.survive(lab, () => listShards(lab, arn));
      if (listing !== undefined) {
        if (hasFailed && before !== undefined && listing.startedAt - before.endedAt >= LISTED_MS)
          unobserved(lives);
        note(state, listing, before);
        before = listing;
      }
      hasFailed = listing === undefined;
      if (lab.clock.now() >= state.nextTickAt) await tick(lab, table, arn, state);
      await sleepUntil(lab, turnAt + LISTING_MS);
    }
    return {
      lives,
      areListingsSorted: state.areListingsSorted,
      atTrimmed: await continueAtTrimmed(lab, arn, lives),
      failedListings: state.listings.count,
      failedWrites: state.writes.count,
    };
  },
};

interface DayState {
  readonly startedAt: number;
  nextTickAt: number;
  ticks: number;
  areListingsSorted: boolean;
  readonly lives: Map<string, ShardLife>;
  readonly listings: Failures;
  readonly writes: Failures;
  readonly memory: Failures;
}

function note(state: DayState, listing: Listing, before: Listing | undefined): void {
  const ids = listing.shards.map(({ id }) => id);
  state.areListingsSorted &&= ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''));
  if (ids.length > 0) listed(state.lives, listing, before);
}

const REMEMBERED = 'stream-day';

async function begin(lab: Lab): Promise<DayState> {
  const earlier = await lab.recall(REMEMBERED);
  const lives = new Map<string, ShardLife>();
  for (const text of (earlier?.['lives'] ?? []) as readonly string[]) {
    const life = lifeOfText(text);
    lives.set(life.id, life);
  }
  interrupted(lives);
  const now = lab.clock.now();
  return {
    startedAt: Number(earlier?.['startedAt'] ?? now),
    nextTickAt: Number(earlier?.['nextTickAt'] ?? now),
    ticks: Number(earlier?.['ticks'] ?? 0),
    areListingsSorted: earlier?.['areListingsSorted'] !== false,
    lives,
    listings: new Failures(MOST_FAILED_LISTINGS, Number(earlier?.['failedListings'] ?? 0)),
    writes: new Failures(MOST_FAILED_TICKS, Number(earlier?.['failedWrites'] ?? 0)),
    memory: new Failures(MOST_FAILED_TICKS),
  };
}

async function tick(lab: Lab, table: LabTable, arn: string, state: DayState): Promise<void> {
  const now = lab.clock.now();
  state.nextTickAt = now + TICK_MS;
  await state.writes.survive(lab, () => putAll(lab, table, KEYS, state.ticks++));
  const isLate = now >= state.startedAt + HORIZON_FROM_MS;
  for (const life of state.lives.values()) {
    if (!life.hasEnded) await ifPossible(lab, readOn(lab, arn, life));
    if (isLate && life.missing === undefined) await ifPossible(lab, readOldest(lab, arn, life));
  }
  const { startedAt, nextTickAt, ticks, areListingsSorted } = state;
  const lives = [...state.lives.values()].map(textOfLife);
  await state.memory.survive(lab, () =>
    lab.remember(REMEMBERED, {
      startedAt,
      nextTickAt,
      ticks,
      areListingsSorted,
      lives,
      failedListings: state.listings.count,
      failedWrites: state.writes.count,
    }),
  );
  if (state.ticks % 6 === 0)
    lab.log(`hour ${((now - startedAt) / HOUR).toFixed(1)}: ${state.lives.size} shards so far`);
}

/**
 * What cannot be read any more is missing from listings, too, and judged by that; what is throttled is read at the next tick.
 * @throws what says that no read is possible
 */
async function ifPossible({ signal }: Lab, reading: Promise<void>): Promise<void> {
  try {
    await reading;
  } catch (error) {
    if (signal.aborted || isRefusal(error)) throw error;
  }
}

async function readOn(lab: Lab, arn: string, life: ShardLife): Promise<void> {
  const { records, hasEnded } = await readShard(lab, arn, life.id, life.last);
  for (const { pk, sequence, createdAt } of records) {
    life.first ??= sequence;
    life.last = sequence;
    life.times.push(createdAt);
    life.keys.add(pk);
  }
  life.hasEnded = hasEnded;
}

/** Finds the oldest record that is left, and so the youngest that is not. */
async function readOldest(lab: Lab, arn: string, life: ShardLife): Promise<void> {
  const EMPTY_ANSWERS = 10;
  let next: string | undefined = await iteratorAt(lab, arn, life.id, 'TRIM_HORIZON');
  for (let empty = 0; next !== undefined && empty < EMPTY_ANSWERS; empty++) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(lab, next, 1);
    const [oldest] = page.records;
    if (oldest !== undefined) {
      life.readAgeMs = Math.max(life.readAgeMs, page.requestedAt - oldest.createdAt);
      noteLoss(life, (time) => time < oldest.createdAt, page.requestedAt);
      return;
    }
    next = page.next;
  }
  noteLoss(life, () => true, lab.clock.now());
}

function noteLoss(life: ShardLife, isLost: (time: number) => boolean, now: number): void {
  const youngest = Math.max(...life.times.filter(isLost));
  if (Number.isFinite(youngest)) life.lostAgeMs = Math.min(life.lostAgeMs, now - youngest);
}

async function continueAtTrimmed(
  lab: Lab,
  arn: string,
  lives: ReadonlyMap<string, ShardLife>,
): Promise<string | undefined> {
  const life = [...lives.values()].find(
    ({ lostAgeMs, missing, first }) => lostAgeMs < Infinity && missing === undefined && first !== undefined,
  );
  if (life?.first === undefined) return undefined;
  const { id, first } = life;
  const failures = new Failures(Infinity);
  let outcome: string | undefined;
  await until(lab, { everyMs: MINUTE, atMostMs: 10 * MINUTE }, async () => {
    outcome = await failures.survive(
      lab,
      async () => (await refusal(readShard(lab, arn, id, first))) ?? CONTINUED,
    );
    return outcome === undefined || isNoAnswer(outcome) ? undefined : outcome;
  });
  return outcome ?? UNREAD;
}

const UNREAD = 'it could not be read';
const CONTINUED = 'it continued without an error';

const MARGIN_MS = MINUTE;
const LOOKS_OPEN_MS = MINUTE;
const LONGEST_LIFE_MS = 6 * HOUR;

/** Hours with two decimals. */
const hours = (ms: number): number | string =>
  Number.isFinite(ms) ? Math.round((ms / HOUR) * 100) / 100 : 'never';

/** E1: readable for at least 24 hours. What left with its shard is E5's. */
export function judgeRetention({ lives, failedWrites }: StreamDay): Answer {
  const all = [...lives.values()];
  const lostAgeMs = Math.min(...all.map((life) => life.lostAgeMs));
  const readAgeMs = Math.max(0, ...all.map((life) => life.readAgeMs));
  return supported(
    readAgeMs < DAY_MS - 2 * TICK_MS && `No record was read that was older than ${hours(readAgeMs)} hours.`,
    answered(
      {
        oldestReadHours: hours(readAgeMs),
        youngestTrimmedHours: hours(lostAgeMs),
        failedWrites,
      },
      lostAgeMs < DAY_MS - MARGIN_MS &&
        `A record could not be read ${hours(lostAgeMs)} hours after its write.`,
    ),
  );
}

/** E2: the oldest first; then an error, or silence. */
export function judgeTrimming({ lives, atTrimmed }: StreamDay): Answer {
  if (atTrimmed === undefined) return notAsked('Nothing was trimmed within 26 hours.');
  if (atTrimmed === UNREAD)
    return notAsked('Each read of a shard with a trimmed record failed for ten minutes.');
  const trimmed = [...lives.values()].filter(({ lostAgeMs }) => lostAgeMs < Infinity);
  return (
    unanswered(atTrimmed) ??
    answered(
      {
        shardsTrimmed: trimmed.length,
        readerAtTrimmedRecord: atTrimmed,
        hasStartingNumberMoved: trimmed.some(({ starting, startingNow }) => starting !== startingNow),
      },
      !['TrimmedDataAccessException', CONTINUED].includes(atTrimmed) &&
        `A reader of a trimmed record was refused with ${atTrimmed}.`,
    )
  );
}

const isGone = (life: ShardLife): boolean =>
  life.missing !== undefined && lengthOf(life.missing) >= LISTED_MS;

/** E3: a new shard is listed within a minute, and not omitted for as long again. */
export function judgeListing({ lives, areListingsSorted, failedListings }: StreamDay): Answer {
  const all = [...lives.values()];
  const children = all.filter(({ isRoot }) => !isRoot);
  if (children.length === 0) return notAsked('No shard was opened within 26 hours.');
  const unlistedMs = Math.max(...children.map((life) => life.unlistedMs));
  const hiddenMs = Math.max(...all.map((life) => life.hiddenMs));
  const orphanMs = Math.max(...all.map((life) => life.orphanMs));
  const unordered = children.filter(
    ({ parent, openedAt }) => openedAt < (lives.get(parent ?? '')?.openedAt ?? -Infinity),
  ).length;
  return answered(
    {
      shards: all.length,
      unlistedMs,
      hiddenMs,
      withoutParentMs: orphanMs,
      isListedInOrder: areListingsSorted,
      failedListings,
    },
    unlistedMs > LISTED_MS && `A new shard was not listed ${unlistedMs} ms after it was opened.`,
    hiddenMs >= LISTED_MS && `A listed shard was missing from listings for ${hiddenMs} ms.`,
    orphanMs >= LISTED_MS && `A shard was listed without its parent for ${orphanMs} ms.`,
    !areListingsSorted && 'A listing was not in the order of shard ids.',
    unordered > 0 && `${unordered} shards have an id with an earlier time than their parent's.`,
  );
}

function childrenOf(lives: ReadonlyMap<string, ShardLife>, id: string): ShardLife[] {
  return [...lives.values()].filter(({ parent }) => parent === id);
}

/** E4, at rollover: a closed shard looks open for at most a minute more. */
export function judgeRolloverClosing({ lives, failedListings }: StreamDay): Answer {
  const lags = [...lives.values()].flatMap((life) => {
    const closedAt = Math.min(...childrenOf(lives, life.id).map(({ openedAt }) => openedAt));
    return Number.isFinite(closedAt) ? [Math.max(0, life.lastOpenAt - closedAt)] : [];
  });
  if (lags.length === 0) return notAsked('No shard was continued within 26 hours.');
  const longestMs = Math.max(...lags);
  return answered(
    { continued: lags.length, looksOpenMs: longestMs, failedListings },
    longestMs > LOOKS_OPEN_MS && `A shard looked open ${longestMs} ms after its child was opened.`,
  );
}

/** E5: a closed shard is listed while its records can be read; for how long they can is E1's. */
export function judgeClosedShards({ lives, failedListings }: StreamDay): Answer {
  const all = [...lives.values()];
  const closed = all.filter(({ ending }) => ending !== undefined);
  if (closed.length === 0) return notAsked('No shard was closed within 26 hours.');
  const readableMs = Math.min(DAY_MS, ...all.map(({ lostAgeMs }) => lostAgeMs));
  const gone = all.filter(isGone);
  const youngestMs = Math.min(...gone.map(({ missing, times }) => (missing?.from ?? 0) - Math.max(...times)));
  return answered(
    { closed: closed.length, gone: gone.length, goneAfterHours: hours(youngestMs), failedListings },
    youngestMs < readableMs - MARGIN_MS &&
      `A shard was no longer listed ${hours(youngestMs)} hours after its last record.`,
  );
}

/** E6: shards are continued after about four hours or earlier, each key by one line. */
export function judgeRollover({ lives, failedWrites }: StreamDay): Answer {
  const all = [...lives.values()];
  // A child closes its parent. One that is not listed yet says nothing, so without it the last listing that shows the shard open counts.
  const ages = all.map((life) => {
    const closedAt = Math.min(...childrenOf(lives, life.id).map(({ openedAt }) => openedAt));
    return (Number.isFinite(closedAt) ? closedAt : life.lastOpenAt) - life.openedAt;
  });
  const children = all.map(({ id }) => childrenOf(lives, id).length).filter((count) => count > 0);
  const longestMs = Math.max(...ages);
  const { apart, unknown } = linesOfKeys(all);
  return supported(
    children.length === 0 || all.every(({ keys }) => keys.size === 0)
      ? 'No shard with records was continued within 26 hours.'
      : unknown > 0 && `Of ${unknown} keys a shard was never listed.`,
    answered(
      {
        shards: all.length,
        longestLifeHours: hours(longestMs),
        mostChildren: Math.max(0, ...children),
        keysWithTwoLines: apart,
        failedWrites,
      },
      longestMs > LONGEST_LIFE_MS && `A shard was open for ${hours(longestMs)} hours.`,
      apart > 0 && `${apart} keys have records in shards that do not continue each other.`,
    ),
  );
}

/** How many keys have records in shards that do not continue each other, and how many in shards of which that is not known. */
function linesOfKeys(lives: readonly ShardLife[]): { readonly apart: number; readonly unknown: number } {
  const byId = new Map(lives.map((each) => [each.id, each]));
  const lines = KEYS.map((key) => {
    const line = lives.filter(({ keys }) => keys.has(key)).sort((a, b) => a.openedAt - b.openedAt);
    return line.slice(1).map((life, index) => continues(byId, life, line[index]?.id ?? ''));
  });
  const apart = lines.filter((steps) => steps.includes(false)).length;
  const unknown = lines.filter((steps) => !steps.includes(false) && steps.includes(undefined)).length;
  return { apart, unknown };
}

/** Whether a shard descends from another: between them may be shards without records. Undefined: one was never listed. */
function continues(
  lives: ReadonlyMap<string, ShardLife>,
  life: ShardLife,
  ancestor: string,
): boolean | undefined {
  for (let at = life; at.parent !== undefined; ) {
    if (at.parent === ancestor) return true;
    const parent = lives.get(at.parent);
    if (parent === undefined) return undefined;
    at = parent;
  }
  return false;
}

/** E7, across shards: whether a child's numbers are above its parent's. No rule needs it. */
export function judgeComparability({ lives }: StreamDay): Answer {
  const pairs = [...lives.values()].flatMap((life) => {
    const ending = lives.get(life.parent ?? '')?.ending;
    return ending === undefined ? [] : [isGreater(life.starting, ending)];
  });
  const above = pairs.filter((isAbove) => isAbove).length;
  if (pairs.length === 0) return notAsked('No shard was continued within 26 hours.');
  return answered({ children: pairs.length, areAboveTheirParent: above === pairs.length });
}

const ASKS = 'Writes to every shard of a stream and lists it for 26 hours:';

export const streamDayChecks = checksOf(
  streamDay,
  (
    [
      ['E1', 'finds the age at which records can no longer be read.', judgeRetention],
      ['E2', 'continues after a record that was trimmed.', judgeTrimming],
      ['E3', 'measures when new shards are listed, and for how long they are omitted.', judgeListing],
      ['E4', 'measures how long a shard looks open after its child was opened.', judgeRolloverClosing],
      ['E5', 'finds when closed shards are no longer listed.', judgeClosedShards],
      ['E6', 'measures how long shards are open, and follows each key from shard to shard.', judgeRollover],
      ['E7', 'compares the numbers of each shard with those of its parent.', judgeComparability],
    ] as const
  ).map(([id, what, judge]) => ({ id, mode: 'long' as const, asks: `${ASKS} ${what}`, judge })),
);
