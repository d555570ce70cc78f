import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Answer } from '../check';
import { until } from '../until';
import { answered, checksOf, type Experiment, supported } from './experiment';
import { Failures } from './failures';
import { listShards, readShard } from './shards';
import { once } from './steps';
import { put } from './writes';

/** How DynamoDB deleted expired items. */
export interface Expiry {
  readonly expected: number;
  /** How often the stream could not be read, after all tries of the SDK. */
  readonly failedReadings: number;
  /** Items that the table still had in the end. */
  readonly left: number;
  readonly deletes: readonly {
    /** From the expiry to the record's creation. */
    readonly afterMs: number;
    readonly kind: string;
    readonly by: string | undefined;
    readonly hasOldImage: boolean;
  }[];
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ITEMS = 20;
const EXPIRES_AFTER_MS = 5 * MINUTE;
/** The stream keeps a record for a day, so none is missed between two readings. */
const PATIENCE = { everyMs: 30 * MINUTE, atMostMs: 5 * DAY };
/** Six hours: less than the stream keeps a record. */
const MOST_FAILED_IN_A_ROW = 12;
const REMEMBERED = 'time-to-live-deletes';

const expiry: Experiment<Expiry> = {
  name: 'time-to-live',
  spends: { streamReads: 20_000 },
  observe: async (lab) => {
    const table = await lab.table('expiring', { stream: 'NEW_AND_OLD_IMAGES', timeToLive: 'expires' });
    const arn = table.streamArn ?? '';
    const { expiresAt } = await once(lab, 'time-to-live', async () => {
      const at = Math.ceil((lab.clock.now() + EXPIRES_AFTER_MS) / 1_000);
      for (let n = 0; n < ITEMS; n++) await put(lab, table, `item${n}`, n, { expires: { N: String(at) } });
      return { expiresAt: at * 1_000 };
    });
    const deletes = new Map<string, Expiry['deletes'][number]>();
    for (const text of ((await lab.recall(REMEMBERED))?.['deletes'] ?? []) as readonly string[]) {
      const [pk, each] = JSON.parse(text) as [string, Expiry['deletes'][number]];
      deletes.set(pk, each);
    }
    const leftMs = Math.max(0, expiresAt + PATIENCE.atMostMs - lab.clock.now());
    const failures = new Failures(MOST_FAILED_IN_A_ROW);
    await until(lab, { ...PATIENCE, atMostMs: leftMs }, () =>
      failures.survive(lab, async () => {
        for (const { id } of (await listShards(lab, arn)).shards) {
          for (const { pk, kind, createdAt, by, record } of (await readShard(lab, arn, id)).records) {
            if (kind === 'INSERT') continue;
            const hasOldImage = record.dynamodb?.OldImage !== undefined;
            deletes.set(pk, { afterMs: createdAt - expiresAt, kind, by, hasOldImage });
          }
        }
        await lab.remember(REMEMBERED, { deletes: [...deletes].map((each) => JSON.stringify(each)) });
        return deletes.size >= ITEMS || undefined;
      }),
    );
    const { Count: remaining = 0 } = await lab.dynamodb.send(
      new ScanCommand({ TableName: table.name, ConsistentRead: true, Select: 'COUNT' }),
    );
    return {
      expected: ITEMS,
      failedReadings: failures.count,
      left: remaining,
      deletes: [...deletes.values()],
    };
  },
};

const SERVICE = 'Service dynamodb.amazonaws.com';

/** E23: like any other delete, with the identity that the runtime reports. */
export function judgeExpiry({ expected, failedReadings, left: remaining, deletes }: Expiry): Answer {
  const identities = [...new Set(deletes.map(({ by }) => by ?? 'none'))].sort();
  return supported(
    expected === 0
      ? 'No item was written.'
      : deletes.length + remaining < expected &&
          `Of ${expected} items, ${expected - deletes.length - remaining} were deleted while nobody read the stream.`,
    answered(
      {
        deleted: deletes.length,
        longestHours: Math.round(Math.max(0, ...deletes.map(({ afterMs }) => afterMs)) / (6 * MINUTE)) / 10,
        userIdentity: identities.join(', '),
        failedReadings,
      },
      remaining > 0 && `${remaining} of ${expected} expired items were not deleted.`,
      deletes.some(({ kind }) => kind !== 'REMOVE') && 'A delete has another name than REMOVE.',
      deletes.some(({ hasOldImage }) => !hasOldImage) && 'A delete has no old image.',
      identities.some((each) => each !== SERVICE) && `A delete has the identity "${identities.join(', ')}".`,
    ),
  );
}

export const timeToLiveChecks = checksOf(expiry, [
  {
    id: 'E23',
    mode: 'ttl',
    asks: 'Lets 20 items expire, and reads their deletes from the stream.',
    judge: judgeExpiry,
  },
]);
