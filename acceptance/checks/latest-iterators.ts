import type { Answer } from '../check';
import { until } from '../until';
import { answered, checksOf, type Experiment, supported } from './experiment';
import { freshTable } from './fresh-table';
import { iteratorAt, rootShards, readPage } from './shards';
import { put } from './writes';

/** For each round: whether a write right after the LATEST iterators were issued reached one of their readers. */
export interface LatestRounds {
  readonly reached: readonly boolean[];
}

const ROUNDS = 12;
const PATIENCE_MS = 10_000;

const latestIterators: Experiment<LatestRounds> = {
  name: 'latest-iterators',
  spends: { streamReads: 500 },
  observe: async (lab) => {
    const table = await freshTable(lab, 'latest', { stream: 'NEW_IMAGE' });
    const arn = table.streamArn ?? '';
    const shards = await rootShards(lab, arn);
    const reached: boolean[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const iterators = await Promise.all(shards.map(({ id }) => iteratorAt(lab, arn, id, 'LATEST')));
      await put(lab, table, `round${round}`, round);
      const found = await until(lab, { everyMs: 1_000, atMostMs: PATIENCE_MS }, async () => {
        for (const [index, iterator] of iterators.entries()) {
          const { records, next } = await readPage(lab, iterator);
          if (records.some(({ n }) => n === round)) return true;
          iterators[index] = next ?? iterator;
        }
        return undefined;
      });
      reached.push(found !== undefined);
    }
    return { reached };
  },
};

/** E11 allows both: no reader uses such an iterator. */
export function judgeLatest({ reached }: LatestRounds): Answer {
  return supported(
    reached.length === 0 && 'No iterator was read.',
    answered({ rounds: reached.length, missed: reached.filter((each) => !each).length }),
  );
}

export const latestIteratorChecks = checksOf(latestIterators, [
  {
    id: 'E11',
    mode: 'quick',
    asks: 'Takes LATEST iterators of every shard, writes at once, and reads until the write appears.',
    judge: judgeLatest,
  },
]);
