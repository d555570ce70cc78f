import { DescribeTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import type { Answer, Lab, LabTable } from '../check';
import { until } from '../until';
import { answered, checksOf, type Experiment, notAsked, supported } from './experiment';
import { freshTable } from './fresh-table';
import { listNew, listShards, readShard } from './shards';
import { put } from './writes';

/** A stream turned on, off and on again. `undefined`: not within ten minutes. */
export interface Switching {
  readonly enabledAfterMs: number | undefined;
  /** From then on until a listing shows the shards. */
  readonly listedAfterMs: number | undefined;
  readonly disabledAfterMs: number | undefined;
  /** From the request to turn it off until a listing shows no shard open. */
  readonly closedAfterMs: number | undefined;
  /** Shards that the listing showed in the end. */
  readonly listedShards: number;
  readonly written: number;
  /** Records that the stream had while it was off. */
  readonly readWhileOff: number;
  /** Whether every shard's last answer had no next iterator. */
  readonly hasEnded: boolean;
  readonly hasAnotherArn: boolean;
  /** Records that the first stream still had after the second was on. */
  readonly readWhenReplaced: number;
  readonly isSorted: boolean;
}

const PATIENCE = { everyMs: 1_000, atMostMs: 600_000 };
const ITEMS = 20;

const streamSwitching: Experiment<Switching> = {
  name: 'stream-switching',
  spends: { streamReads: 1_000 },
  observe: async (lab) => {
    const table = await freshTable(lab, 'switching');
    const first = await turnOn(lab, table);
    for (let n = 0; n < ITEMS; n++) await put(lab, table, `item${n}`, n);
    await readAll(lab, first.arn);
    await setStream(lab, table, { StreamEnabled: false });
    const [disabled, closed] = await Promise.all([
      until(lab, PATIENCE, async () => (await listShards(lab, first.arn)).status === 'DISABLED' || undefined),
      until(lab, PATIENCE, async () => {
        const { shards } = await listShards(lab, first.arn);
        return (shards.length > 0 && shards.every(({ ending }) => ending !== undefined)) || undefined;
      }),
    ]);
    const off = await readAll(lab, first.arn);
    const { shards } = await listShards(lab, first.arn);
    const ids = shards.map(({ id }) => id);
    const second = await turnOn(lab, table);
    return {
      enabledAfterMs: first.afterMs,
      listedAfterMs: first.listedAfterMs,
      disabledAfterMs: disabled?.tookMs,
      closedAfterMs: closed?.tookMs,
      listedShards: ids.length,
      written: ITEMS,
      readWhileOff: off.count,
      hasEnded: off.hasEnded,
      hasAnotherArn: second.arn !== first.arn,
      readWhenReplaced: (await readAll(lab, first.arn)).count,
      isSorted: ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? '')),
    };
  },
};

interface TurnedOn {
  readonly arn: string;
  readonly afterMs: number | undefined;
  /** From then on until a listing shows shards. */
  readonly listedAfterMs: number | undefined;
}

async function turnOn(lab: Lab, table: LabTable): Promise<TurnedOn> {
  const arn = await setStream(lab, table, { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
  const enabled = await until(
    lab,
    PATIENCE,
    async () => (await listNew(lab, arn))?.status === 'ENABLED' || undefined,
  );
  const listed = await until(
    lab,
    PATIENCE,
    async () => ((await listNew(lab, arn))?.shards.length ?? 0) > 0 || undefined,
  );
  return { arn, afterMs: enabled?.tookMs, listedAfterMs: listed?.tookMs };
}

/** Changes the stream once the table allows it; its ARN. */
async function setStream(
  lab: Lab,
  table: LabTable,
  StreamSpecification: { StreamEnabled: false } | { StreamEnabled: true; StreamViewType: 'NEW_IMAGE' },
): Promise<string> {
  await until(lab, PATIENCE, async () => {
    const { Table } = await lab.dynamodb.send(new DescribeTableCommand({ TableName: table.name }));
    return Table?.TableStatus === 'ACTIVE' || undefined;
  });
  const { TableDescription: updated } = await lab.dynamodb.send(
    new UpdateTableCommand({ TableName: table.name, StreamSpecification }),
  );
  if (updated?.LatestStreamArn !== undefined) return updated.LatestStreamArn;
  const shown = await until(lab, PATIENCE, async () => {
    const { Table } = await lab.dynamodb.send(new DescribeTableCommand({ TableName: table.name }));
    return Table?.LatestStreamArn;
  });
  return shown?.found ?? '';
}

const LISTED_AND_CLOSED = { everyMs: 15_000, atMostMs: 90_000 };

/** Reads everything, again while a listing may lack a shard. */
async function readAll(lab: Lab, arn: string): Promise<{ count: number; hasEnded: boolean }> {
  let last = { count: 0, hasEnded: false };
  await until(lab, LISTED_AND_CLOSED, async () => {
    last = await read(lab, arn);
    return last.count >= ITEMS || undefined;
  });
  return last;
}

async function read(lab: Lab, arn: string): Promise<{ count: number; hasEnded: boolean }> {
  let [count, hasEnded] = [0, true];
  for (const { id } of (await listShards(lab, arn)).shards) {
    const shard = await readShard(lab, arn, id);
    count += shard.records.length;
    hasEnded &&= shard.hasEnded;
  }
  return { count, hasEnded };
}

const SOME_SECONDS_MS = 60_000;

/** E13: on and off some seconds after the request; one that is off can be read. */
export function judgeSwitching(seen: Switching): Answer {
  const { enabledAfterMs, disabledAfterMs, written, readWhileOff, hasEnded, readWhenReplaced } = seen;
  return supported(
    written === 0 && 'Nothing was written.',
    answered(
      {
        enabledAfterMs: enabledAfterMs ?? 'never',
        disabledAfterMs: disabledAfterMs ?? 'never',
        readWhileOff,
        readWhenReplaced,
        hasAnotherArn: seen.hasAnotherArn,
      },
      (enabledAfterMs ?? Infinity) > SOME_SECONDS_MS &&
        'A stream was not ENABLED a minute after the request.',
      (disabledAfterMs ?? Infinity) > SOME_SECONDS_MS &&
        'A stream was not DISABLED a minute after the request.',
      readWhileOff < written && `A disabled stream had ${readWhileOff} of ${written} records.`,
      disabledAfterMs !== undefined &&
        seen.closedAfterMs !== undefined &&
        !hasEnded &&
        'A shard of a disabled stream, shown closed, had no last answer.',
      readWhenReplaced < written && `A replaced stream had ${readWhenReplaced} of ${written} records.`,
      !seen.hasAnotherArn && 'A stream that was turned on again has the ARN of the first.',
    ),
  );
}

const LISTED_MS = 60_000;
const LOOKS_OPEN_MS = 60_000;

/** E3, of the first shards of a stream: they are listed within a minute, in the order of their ids. */
export function judgeFirstListing({ enabledAfterMs, listedAfterMs, isSorted }: Switching): Answer {
  if (enabledAfterMs === undefined) return notAsked('The stream was not ENABLED after ten minutes.');
  return answered(
    { listedAfterMs: listedAfterMs ?? 'never', isListedInOrder: isSorted },
    (listedAfterMs ?? Infinity) > LISTED_MS && 'The first shards of a stream were not listed after a minute.',
    !isSorted && 'A listing was not in the order of shard ids.',
  );
}

/** E4: a shard that has closed looks open for at most a minute more; here, by turning the stream off. */
export function judgeClosing({ disabledAfterMs, closedAfterMs, listedShards }: Switching): Answer {
  if (disabledAfterMs === undefined) return notAsked('The stream was not DISABLED after ten minutes.');
  if (listedShards === 0) return notAsked('No shard was listed.');
  const afterMs = closedAfterMs === undefined ? undefined : Math.max(0, closedAfterMs - disabledAfterMs);
  return answered(
    { looksOpenMs: afterMs ?? 'for ten minutes' },
    (afterMs ?? Infinity) > LOOKS_OPEN_MS &&
      'A shard of a disabled stream looked open for more than a minute.',
  );
}

export const streamSwitchingChecks = checksOf(streamSwitching, [
  {
    id: 'E3',
    mode: 'quick',
    asks: 'Turns a stream on, and measures when its first shards are listed.',
    judge: judgeFirstListing,
  },
  {
    id: 'E4',
    mode: 'quick',
    asks: 'Turns a stream off, and measures how long its shards look open.',
    judge: judgeClosing,
  },
  {
    id: 'E13',
    mode: 'quick',
    asks: 'Turns a stream on, off and on again; measures how long each takes, and reads the first one each time.',
    judge: judgeSwitching,
  },
]);
