import { Simulator } from '../../simulator';
import { PacedClock } from '../paced-clock';
import { BUCKET, machineTime, SOURCE_TABLE, WRITTEN_AT } from './source-item';

/** From the parent: slow down to real time and write. */
export interface WriteOrder {
  readonly writesPerSecond: number;
  readonly ms: number;
}

/** To the parent. */
export type SourceMessage =
  | { readonly url: string }
  | { readonly written: number; readonly seconds: number; readonly lastAt: number };

const HOUR = 3_600_000;
const TICK_MS = 5;
const ITEMS_AT_FIRST = 1_000;
const KEYS = 100_000;

/** A simulator in a child process, with a table a few hours old. `fork` passes the clock's rate and the number of shards. */
async function serve(rate: number, partitions: number): Promise<void> {
  const clock = new PacedClock(rate, Date.now() - 6 * HOUR);
  const simulator = new Simulator({ clock, knobs: { partitions, exportDurationMs: [60_000, 60_000] } });
  simulator.s3.createBucket(BUCKET);
  const call = (operation: string, input: object) =>
    simulator.call('dynamodb', operation, { TableName: SOURCE_TABLE, ...input });
  const put = (key: number) => call('PutItem', { Item: item(key) });
  call('CreateTable', {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  call('UpdateContinuousBackups', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
  for (let key = 0; key < ITEMS_AT_FIRST; key++) put(key);
  clock.advance(3 * HOUR);
  const { url } = await simulator.listen();
  process.on('message', ({ writesPerSecond, ms }: WriteOrder) => {
    clock.setPace(1);
    write(put, writesPerSecond, ms, tell);
  });
  tell({ url });
}

function write(
  put: (key: number) => void,
  perSecond: number,
  ms: number,
  done: (message: SourceMessage) => void,
): void {
  const startedMs = performance.now();
  let written = 0;
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedMs;
    const due = Math.floor((Math.min(elapsedMs, ms) * perSecond) / 1_000);
    while (written < due) put(written++ % KEYS);
    if (elapsedMs < ms) return;
    clearInterval(timer);
    done({ written, seconds: (performance.now() - startedMs) / 1_000, lastAt: machineTime() });
  }, TICK_MS);
}

function item(key: number): object {
  return {
    id: { S: `order-${key}` },
    [WRITTEN_AT]: { N: machineTime().toFixed(3) },
    status: { S: 'open' },
    total: { N: `${key % 997}.5` },
    note: { S: 'amber basalt cedar delta ember fjord garnet harbor indigo juniper' },
  };
}

function tell(message: SourceMessage): void {
  process.send?.(message);
}

process.on('disconnect', () => process.exit(0));
const [rate, partitions] = process.argv.slice(2);
void serve(Number(rate), Number(partitions));
