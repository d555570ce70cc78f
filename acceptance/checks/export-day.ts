import type { Answer, Lab, LabTable } from '../check';
import { answered, checksOf, type Experiment, notAsked, unanswered } from './experiment';
import { completedExport, type Incomplete, linesOf, requestExport } from './exported';
import { once } from './steps';
import { refusal, sleepUntil } from './waiting';
import { put } from './writes';

/** A token after hours, and an export of a state a day old. */
export interface ExportDay {
  /** The error of the first request with the token; undefined: accepted. */
  readonly first: string | undefined;
  /** The same request again, after a time: the same export, another one, or an error. */
  readonly within8Hours: string;
  readonly after9Hours: string;
  /** Number of the write that the export of the day before shows (-1: no item), the error of its request, or why it was not completed. */
  readonly history: { readonly shown: number } | { readonly refused: string } | Incomplete;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TOKEN_AT_MS = 5 * MINUTE;
const WANTED_AT_MS = 10 * MINUTE;
const SECOND_WRITE_AT_MS = 15 * MINUTE;
const WITHIN_MS = 7.75 * HOUR;
const AFTER_MS = 9 * HOUR;
const EXPORT_AT_MS = 25 * HOUR;
const PATIENCE_MS = 55 * MINUTE;

const exportDay: Experiment<ExportDay> = {
  name: 'export-day',
  spends: { exports: 3 },
  observe: async (lab) => {
    const table = await lab.table('lasting', { recovery: true });
    const { startedAt } = await once(lab, 'export-day', async () => {
      await put(lab, table, 'item', 0);
      return { startedAt: lab.clock.now() };
    });
    await sleepUntil(lab, startedAt + TOKEN_AT_MS);
    const tokenAt = Math.floor((startedAt + TOKEN_AT_MS) / 1_000) * 1_000;
    const again = async (at: number, name: string) => {
      await sleepUntil(lab, at);
      return once(lab, `export-day-${name}`, async () => {
        let arn = '';
        const wish = {
          ExportTime: new Date(tokenAt),
          ClientToken: `acceptance-${table.name}`,
          S3Prefix: 'token',
        };
        const refused = await refusal(requestExport(lab, table, wish).then((found) => (arn = found)));
        return { arn, refused: refused ?? null };
      });
    };
    const first = await again(tokenAt, 'first');
    await sleepUntil(lab, startedAt + SECOND_WRITE_AT_MS);
    await once(lab, 'export-day-write', async () => {
      const { answeredAt } = await put(lab, table, 'item', 1);
      return { answeredAt };
    });
    const outcomes: string[] = [];
    for (const [afterMs, name] of [
      [WITHIN_MS, 'within'],
      [AFTER_MS, 'after'],
    ] as const) {
      const { arn, refused } = await again(tokenAt + afterMs, name);
      outcomes.push(refused ?? (arn === first.arn ? SAME : 'another export'));
    }
    await sleepUntil(lab, startedAt + EXPORT_AT_MS);
    return {
      first: first.refused ?? undefined,
      within8Hours: outcomes[0] ?? '',
      after9Hours: outcomes[1] ?? '',
      history: await oldState(lab, table, startedAt + WANTED_AT_MS),
    };
  },
};

const SAME = 'the same export';

async function oldState(lab: Lab, table: LabTable, at: number): Promise<ExportDay['history']> {
  let arn = '';
  const wish = { ExportTime: new Date(Math.floor(at / 1_000) * 1_000), S3Prefix: 'history' };
  const refused = await refusal(requestExport(lab, table, wish).then((found) => (arn = found)));
  if (refused !== undefined) return { refused };
  const exported = await completedExport(lab, arn, PATIENCE_MS);
  if ('incomplete' in exported) return exported;
  const [line] = linesOf(exported);
  const item = line?.['Item'] as { n?: { N?: string } } | undefined;
  return { shown: Number(item?.n?.N ?? -1) };
}

/** E14: history is kept for days; here, for one. */
export function judgeHistory({ history }: ExportDay): Answer {
  if ('incomplete' in history) return notAsked(history.incomplete);
  if ('refused' in history)
    return (
      unanswered(history.refused) ??
      answered(
        { exportOfADayAgo: history.refused },
        `An export of a time 25 hours ago was refused with ${history.refused}.`,
      )
    );
  const showsTheItemOfThen = history.shown === 0;
  return answered(
    { exportOfADayAgo: 'accepted', showsTheItemOfThen },
    !showsTheItemOfThen && 'An export of a time 25 hours ago does not show the item as it was.',
  );
}

/** E20: for 8 hours a token finds its export. What it does later is only reported. */
export function judgeOldToken({ first, within8Hours, after9Hours }: ExportDay): Answer {
  if (first !== undefined) return notAsked(`The first request was refused with ${first}.`);
  return (
    unanswered(within8Hours) ??
    answered(
      { after7h45: within8Hours, after9h: after9Hours },
      within8Hours !== SAME && `The same request after 7 h 45 min: ${within8Hours}.`,
    )
  );
}

export const exportDayChecks = checksOf(exportDay, [
  {
    id: 'E14',
    mode: 'long',
    asks: 'Exports a table as it was 25 hours ago, before a later write.',
    judge: judgeHistory,
  },
  {
    id: 'E20',
    mode: 'long',
    asks: 'Repeats a request for an export with its token after 7 h 45 min and after 9 hours.',
    judge: judgeOldToken,
  },
]);
