import type { Answer } from '../check';
import { answered, checksOf, type Experiment, unanswered } from './experiment';
import { freshTable } from './fresh-table';
import { iteratorAt, rootShards, readPage } from './shards';
import { refusal } from './waiting';
import { put } from './writes';

/** The errors of a read with an unused iterator at two ages; undefined: it was read. */
export interface IteratorLife {
  readonly young: string | undefined;
  readonly old: string | undefined;
}

const YOUNG_MS = 14.5 * 60_000;
const OLD_MS = 16 * 60_000;

const iteratorLife: Experiment<IteratorLife> = {
  name: 'iterator-life',
  observe: async (lab) => {
    const table = await freshTable(lab, 'iterators', { stream: 'NEW_IMAGE' });
    const arn = table.streamArn ?? '';
    await put(lab, table, 'a', 0);
    const [shard] = await rootShards(lab, arn);
    const [young, old] = [
      await iteratorAt(lab, arn, shard?.id ?? '', 'TRIM_HORIZON'),
      await iteratorAt(lab, arn, shard?.id ?? '', 'TRIM_HORIZON'),
    ];
    await lab.clock.sleep(YOUNG_MS);
    const afterYoung = await refusal(readPage(lab, young));
    await lab.clock.sleep(OLD_MS - YOUNG_MS);
    return { young: afterYoung, old: await refusal(readPage(lab, old)) };
  },
};

/** E12: valid for 15 minutes, and then refused by the error that a reader knows. */
export function judgeIteratorLife({ young, old }: IteratorLife): Answer {
  return (
    unanswered(young, old) ??
    answered(
      { afterMs870000: young ?? 'read', afterMs960000: old ?? 'read' },
      young !== undefined && `An iterator was refused with ${young} after 14.5 minutes.`,
      old === undefined && 'An iterator could still be used after 16 minutes.',
      old !== undefined &&
        old !== 'ExpiredIteratorException' &&
        `An iterator of 16 minutes was refused with ${old}.`,
    )
  );
}

export const iteratorLifeChecks = checksOf(iteratorLife, [
  {
    id: 'E12',
    mode: 'quick',
    asks: 'Keeps two unused iterators, and reads with one after 14.5 minutes and with the other after 16.',
    judge: judgeIteratorLife,
  },
]);
