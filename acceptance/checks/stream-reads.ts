import type { Answer, Lab, LabTable } from '../check';
import { answered, checksOf, type Experiment, notAsked, supported } from './experiment';
import { freshTable } from './fresh-table';
import { isGreater, iteratorAt, rootShards, readPage, type ReadRecord } from './shards';
import { sleepUntil } from './waiting';
import { put, type Write } from './writes';

/** A write of an item, by its number. */
export interface NumberedWrite extends Write {
  readonly pk: string;
  readonly n: number;
  /** AWS's time of the answer, in whole seconds as epoch ms. */
  readonly date: number | undefined;
}

/** One answer of GetRecords to a reader of a shard. */
export interface ReadAnswer {
  readonly shard: string;
  readonly requestedAt: number;
  readonly records: readonly Pick<ReadRecord, 'pk' | 'n' | 'sequence' | 'createdAt'>[];
}

/** What a writer wrote, and what a reader of each shard got meanwhile. */
export interface StreamReads {
  readonly writes: readonly NumberedWrite[];
  /** Each shard's in the order in which they came. */
  readonly answers: readonly ReadAnswer[];
  /** The shards' first numbers. */
  readonly starting: readonly string[];
  /** Lengths of the series of empty answers that readers got before records that were a minute old. */
  readonly oldEmpties: { readonly atStart: readonly number[]; readonly between: readonly number[] };
}

const KEYS = ['a', 'b', 'c', 'd', 'e'];
const WRITING_MS = 60_000;
const READ_AFTER_MS = 15_000;
const PAUSE_MS = 250;
const OLD_MS = 60_000;
/** Of a reader of old records: less than a shard's, so that it stops in between. */
const SHORT_PAGE = 5;
const MOST_EMPTY = 20;

export const streamReads: Experiment<StreamReads> = {
  name: 'stream-reads',
  spends: { streamReads: 3_000 },
  observe: async (lab) => {
    const table = await freshTable(lab, 'reads', { stream: 'NEW_AND_OLD_IMAGES' });
    const arn = table.streamArn ?? '';
    const shards = await rootShards(lab, arn);
    const readUntil = lab.clock.now() + WRITING_MS + READ_AFTER_MS;
    const [writes, ...answers] = await Promise.all([
      write(lab, table),
      ...shards.map(({ id }) => follow(lab, arn, id, readUntil)),
    ]);
    lab.log(`${writes.length} writes made, and read as they came`);
    await lab.clock.sleep(OLD_MS);
    const atStart: number[] = [];
    const between: number[] = [];
    for (const [index, { id }] of shards.entries()) {
      const expected = (answers[index] ?? []).reduce((sum, { records }) => sum + records.length, 0);
      if (expected > 0) await rereadOld(lab, arn, id, expected, { atStart, between });
    }
    return {
      writes,
      answers: answers.flat(),
      starting: shards.map(({ starting }) => starting),
      oldEmpties: { atStart, between },
    };
  },
};

/** Writes each second twice to one key and once to the others. */
async function write(lab: Lab, table: LabTable): Promise<NumberedWrite[]> {
  const writes: NumberedWrite[] = [];
  const begunAt = lab.clock.now();
  for (let second = 0; second * 1_000 < WRITING_MS; second++) {
    await sleepUntil(lab, begunAt + second * 1_000);
    for (const pk of [...KEYS, KEYS[second % KEYS.length] ?? 'a']) {
      const n = writes.length;
      writes.push({ pk, n, ...(await put(lab, table, pk, n)) });
    }
  }
  return writes;
}

async function follow(lab: Lab, arn: string, shard: string, end: number): Promise<ReadAnswer[]> {
  const answers: ReadAnswer[] = [];
  let next: string | undefined = await iteratorAt(lab, arn, shard, 'TRIM_HORIZON');
  while (next !== undefined && lab.clock.now() < end) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(lab, next);
    answers.push({ shard, requestedAt: page.requestedAt, records: page.records });
    next = page.next;
    await lab.clock.sleep(PAUSE_MS);
  }
  return answers;
}

async function rereadOld(
  lab: Lab,
  arn: string,
  shard: string,
  expected: number,
  empties: { atStart: number[]; between: number[] },
): Promise<void> {
  const FRESH_READERS = 3;
  for (let reader = 0; reader < FRESH_READERS; reader++) {
    let next: string | undefined = await iteratorAt(lab, arn, shard, 'TRIM_HORIZON');
    for (let empty = 0, read = 0; next !== undefined && read < expected && empty < MOST_EMPTY; ) {
      const page: Awaited<ReturnType<typeof readPage>> = await readPage(lab, next, SHORT_PAGE);
      next = page.next;
      if (page.records.length === 0) empty++;
      if (page.records.length > 0 || empty === MOST_EMPTY) {
        (read === 0 ? empties.atStart : empties.between).push(empty);
        if (page.records.length > 0) empty = 0;
      }
      read += page.records.length;
      await lab.clock.sleep(PAUSE_MS);
      // Only one of the readers goes on behind the first page.
      if (reader > 0 && read > 0) break;
    }
  }
}

const NO_RECORD = 'No record was read.';

const idOf = ({ pk, n }: { readonly pk: string; readonly n: number }): string => `${pk} ${n}`;

/** E6: all writes of a key come from one shard, each once, in the order in which they were made. */
export function judgeOrder({ writes, answers }: StreamReads): Answer {
  const shardOf = new Map<string, string>();
  const lastOf = new Map<string, number>();
  const read = new Set<string>();
  let [moved, disordered] = [0, 0];
  for (const { shard, records } of answers) {
    for (const record of records) {
      if ((shardOf.get(record.pk) ?? shard) !== shard) moved++;
      shardOf.set(record.pk, shard);
      if (record.n <= (lastOf.get(record.pk) ?? -1)) disordered++;
      lastOf.set(record.pk, record.n);
      read.add(idOf(record));
    }
  }
  if (writes.length === 0 || answers.length === 0)
    return notAsked('Nothing was written, or nothing was read.');
  const missing = writes.filter((each) => !read.has(idOf(each))).length;
  return answered(
    { writes: writes.length, shardsWithRecords: new Set(shardOf.values()).size, missing, disordered, moved },
    missing > 0 && `${missing} of ${writes.length} writes were not read.`,
    disordered > 0 && `${disordered} records came after a later one of their key, or twice.`,
    moved > 0 && `${moved} records of a key came from another open shard than its earlier ones.`,
  );
}

/** E7: 21 to 40 digits, growing within a shard. */
export function judgeNumbers({ answers, starting }: StreamReads): Answer {
  const lastOf = new Map<string, string>();
  const lengths = starting.filter((number) => number !== '').map(({ length }) => length);
  let fallen = 0;
  for (const { shard, records } of answers) {
    for (const { sequence } of records) {
      lengths.push(sequence.length);
      const last = lastOf.get(shard);
      if (last !== undefined && !isGreater(sequence, last)) fallen++;
      lastOf.set(shard, sequence);
    }
  }
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  return supported(
    lastOf.size === 0 && NO_RECORD,
    answered(
      { leastDigits: least, mostDigits: most, notGrowing: fallen },
      (least < 21 || most > 40) && `Sequence numbers have ${least} to ${most} digits.`,
      fallen > 0 && `${fallen} sequence numbers are not above the one before them in their shard.`,
    ),
  );
}

const PROPAGATION_MS = 2_000;
const EMPTY_ANSWERS = 2;

/**
 * E8: readable at most 2 s after the write. A reader may get empty answers although a record is readable (E9), so an answer
 * without a record counts only beyond as many in a row as readers of old records got.
 */
export function judgePropagation({ writes, answers, oldEmpties }: StreamReads): Answer {
  const allowed = Math.max(EMPTY_ANSWERS, ...oldEmpties.atStart, ...oldEmpties.between);
  const readAt = new Map<string, { shard: string; requestedAt: number }>();
  const requestsOf = new Map<string, number[]>();
  for (const { shard, requestedAt, records } of answers) {
    for (const record of records) readAt.set(idOf(record), { shard, requestedAt });
    requestsOf.set(shard, [...(requestsOf.get(shard) ?? []), requestedAt]);
  }
  let [compared, longestMs, late] = [0, 0, 0];
  for (const each of writes) {
    const found = readAt.get(idOf(each));
    if (found === undefined) continue;
    compared++;
    longestMs = Math.max(longestMs, found.requestedAt - each.answeredAt);
    const without = (requestsOf.get(found.shard) ?? []).filter(
      (requestedAt) => requestedAt > each.answeredAt + PROPAGATION_MS && requestedAt < found.requestedAt,
    ).length;
    if (without > allowed) late++;
  }
  return supported(
    compared === 0 && NO_RECORD,
    answered(
      { writes: writes.length, read: compared, longestLagMs: longestMs, late },
      late > 0 && `${late} records could not be read 2 s after their write.`,
    ),
  );
}

/** E9: at most 2 empty answers in a row before records that exist. */
export function judgeEmptyAnswers({ oldEmpties: { atStart, between } }: StreamReads): Answer {
  const [first, later] = [Math.max(0, ...atStart), Math.max(0, ...between)];
  return supported(
    atStart.length === 0 && NO_RECORD,
    answered(
      { series: atStart.length + between.length, mostAtStart: first, mostInBetween: later },
      Math.max(first, later) > EMPTY_ANSWERS &&
        `A reader got ${Math.max(first, later)} empty answers in a row before records that were a minute old.`,
    ),
  );
}

const EARLIER_MS = 60_000;

/** E10: the second of the write, or some seconds earlier; never later. */
export function judgeCreationTimes({ writes, answers }: StreamReads): Answer {
  const dateOf = new Map(writes.map((each) => [idOf(each), each.date]));
  let [earliestMs, compared, later, fractions] = [0, 0, 0, 0];
  for (const record of answers.flatMap(({ records }) => records)) {
    const date = dateOf.get(idOf(record));
    if (date === undefined || Number.isNaN(record.createdAt)) continue;
    compared++;
    if (record.createdAt % 1_000 !== 0) fractions++;
    if (record.createdAt > date) later++;
    earliestMs = Math.max(earliestMs, date - record.createdAt);
  }
  return supported(
    compared === 0 && 'No record of a write with a known time was read.',
    answered(
      { records: compared, earliestMs, later, withFractions: fractions },
      later > 0 && `${later} records claim a time after the answer to their write.`,
      fractions > 0 && `${fractions} creation times are not whole seconds.`,
      earliestMs > EARLIER_MS && `A record claims a time ${earliestMs} ms before its write.`,
    ),
  );
}

export const streamReadChecks = checksOf(streamReads, [
  {
    id: 'E6',
    mode: 'quick',
    asks: 'Writes five keys for a minute, reads every shard, and compares the order of each key.',
    judge: judgeOrder,
  },
  {
    id: 'E7',
    mode: 'quick',
    asks: 'Counts the digits of the sequence numbers of those records, and compares neighbours.',
    judge: judgeNumbers,
  },
  {
    id: 'E8',
    mode: 'quick',
    asks: 'Measures the time from each of those writes to the read that returned it.',
    judge: judgePropagation,
  },
  {
    id: 'E9',
    mode: 'quick',
    asks: 'Reads records that are a minute old with new iterators and in short pages, and counts empty answers.',
    judge: judgeEmptyAnswers,
  },
  {
    id: 'E10',
    mode: 'quick',
    asks: 'Compares the creation time of each of those records with the Date of the answer to its write.',
    judge: judgeCreationTimes,
  },
]);
