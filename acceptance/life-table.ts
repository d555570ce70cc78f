import {
  type AttributeValue,
  DeleteItemCommand,
  paginateScan,
  PutItemCommand,
  type StreamViewType,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import type { Lab } from './check';
import { type Rows, valueOf } from './life-rows';
import { describe } from './tables';
import { ready } from './until';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** More than a verify’s duration has writes, so that it finds keys that stay. */
const KEYS = 600;
const FIRST_ITEMS = 200;
const PAUSE_MS = 4 * SECOND;
const DELETES = 0.3;
const NOTES = 0.2;
const PATIENCE = { everyMs: 2 * SECOND, longestMs: 10 * MINUTE };

/** A writer that runs until it is stopped. */
interface Writer {
  /** Settles when it has ended; rejects if a write failed. */
  readonly ended: Promise<number>;
  /** @returns the number of writes @throws what a write threw */
  stop(): Promise<number>;
}

/** Writes the first items, and then writes and deletes random ones with pauses. It also ends when the signal aborts. */
export function writeUntil({ dynamodb, clock, random }: Lab, TableName: string, signal: AbortSignal): Writer {
  let isStopped = false;
  const writeOne = (key: string, value: number): Promise<unknown> => {
    const pk = { S: key };
    if (random() < DELETES) return dynamodb.send(new DeleteItemCommand({ TableName, Key: { pk } }));
    const item: Record<string, AttributeValue> = { pk, v: { N: String(value) } };
    if (random() < NOTES) item['note'] = { S: `note ${value}` };
    return dynamodb.send(new PutItemCommand({ TableName, Item: item }));
  };
  const write = async (): Promise<number> => {
    let writes = 0;
    while (!isStopped && !signal.aborted) {
      await writeOne(`key-${Math.floor(random() * KEYS)}`, writes);
      writes += 1;
      if (writes > FIRST_ITEMS) await clock.sleep(PAUSE_MS);
    }
    return writes;
  };
  const ended = write();
  return {
    ended,
    stop: () => {
      isStopped = true;
      return ended;
    },
  };
}

/** All items by a consistent read. Nothing may write meanwhile. */
export async function scanned({ dynamodb }: Lab, TableName: string): Promise<Rows> {
  const rows = new Map<string, string>();
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true }))
    for (const { pk, v, note } of Items)
      rows.set(pk?.S ?? '', valueOf({ v: v?.N ?? '', note: note?.S ?? null }));
  return rows;
}

/** Turns the stream on or off, and waits until the table says so. @returns the ARN of the latest stream */
export async function switchStream(
  { dynamodb, clock }: Lab,
  TableName: string,
  view: StreamViewType | undefined,
): Promise<{ readonly arn: string | undefined }> {
  const StreamSpecification =
    view === undefined ? { StreamEnabled: false } : { StreamEnabled: true, StreamViewType: view };
  await dynamodb.send(new UpdateTableCommand({ TableName, StreamSpecification }));
  return ready(
    async () => {
      const table = await describe(dynamodb, TableName);
      const isOn = table?.StreamSpecification?.StreamEnabled === true;
      const isDone = table?.TableStatus === 'ACTIVE' && isOn === (view !== undefined);
      return isDone ? { arn: table.LatestStreamArn } : undefined;
    },
    `the stream of ${TableName} is not ${view === undefined ? 'off' : 'on'}`,
    { ...PATIENCE, now: () => clock.now(), sleep: (ms) => clock.sleep(ms) },
  );
}
