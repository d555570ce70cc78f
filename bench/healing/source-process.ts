import { Simulator } from '../../simulator';
import { PacedClock } from '../paced-clock';
import { Application, type Write } from './application';
import { BUCKET, SOURCE_TABLE } from './source-table';

/** From the parent. `pace` is not answered. */
export type SourceOrder =
  | { readonly do: 'set pace'; readonly pace: number }
  /** Changes so many keys within `ms`. `leaping`: that time passes at once. */
  | { readonly do: 'write'; readonly keys: number; readonly ms: number; readonly leaping: boolean }
  | { readonly do: 'sum' };

/** What both sides must have in common: each write has another version. */
export interface Sums {
  readonly rows: string;
  readonly versions: string;
  readonly squares: string;
}

/** To the parent, when it is ready and after each order. */
export type SourceAnswer = { readonly url: string } | { readonly writes: number } | Sums;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TICK_MS = 2;

/** A simulator in a child process with a table of `rows` items, a stream and recovery. */
async function serve(rows: number, seed: number): Promise<void> {
  const clock = new PacedClock(1, Date.now() - 30 * 24 * HOUR);
  const simulator = new Simulator({ clock, seed, knobs: { exportDurationMs: [5 * MINUTE, 5 * MINUTE] } });
  simulator.s3.createBucket(BUCKET);
  const call = (operation: string, input: object) =>
    simulator.call('dynamodb', operation, { TableName: SOURCE_TABLE, ...input });
  call('CreateTable', {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  let version = 0;
  const write = ({ do: what, key }: Write) =>
    what === 'put'
      ? call('PutItem', { Item: item(key, (version += 1)) })
      : call('DeleteItem', { Key: { id: { S: `order-${key}` } } });
  for (let key = 0; key < rows; key++) write({ do: 'put', key });
  // The first load finds the items in its export only: the stream begins after them.
  call('UpdateTable', { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } });
  call('UpdateContinuousBackups', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
  clock.advance(HOUR);
  const application = new Application(rows, seed);
  const { url } = await simulator.listen();
  process.on('message', (order: SourceOrder) => {
    switch (order.do) {
      case 'set pace':
        return clock.setPace(order.pace);
      case 'write': {
        const writes = application.writes(order.keys);
        const done = () => tell({ writes: writes.length });
        if (!order.leaping) return follow(clock, writes, order.ms, write, done);
        for (const each of writes) {
          clock.advance(order.ms / writes.length);
          write(each);
        }
        return done();
      }
      case 'sum':
        return tell(sumsOf(simulator.tables.items(SOURCE_TABLE)));
    }
  });
  tell({ url });
}

/** Writes as time passes. */
function follow(
  clock: PacedClock,
  writes: readonly Write[],
  ms: number,
  write: (write: Write) => void,
  done: () => void,
): void {
  const startedAt = clock.now();
  let written = 0;
  const timer = setInterval(() => {
    const due = Math.min(1, (clock.now() - startedAt) / ms) * writes.length;
    while (written < Math.floor(due)) write(writes[written++] as Write);
    if (clock.now() - startedAt < ms) return;
    clearInterval(timer);
    done();
  }, TICK_MS);
}

function item(key: number, version: number): object {
  return {
    id: { S: `order-${key}` },
    customer: { S: `customer-${(key * 7_919) % 99_991}` },
    status: { S: version % 3 === 0 ? 'open' : 'shipped' },
    total: { N: String((key % 100_000) / 100) },
    note: { S: `amber basalt cedar delta ember fjord garnet harbor indigo juniper karst lagoon ${version}` },
    version: { N: String(version) },
  };
}

function sumsOf(items: Iterable<object>): Sums {
  let [rows, versions, squares] = [0n, 0n, 0n];
  for (const each of items) {
    const version = BigInt((each as { readonly version: { readonly N: string } }).version.N);
    rows += 1n;
    versions += version;
    squares += version * version;
  }
  return { rows: String(rows), versions: String(versions), squares: String(squares) };
}

function tell(message: SourceAnswer): void {
  process.send?.(message);
}

process.on('disconnect', () => process.exit(0));
const [rows, seed] = process.argv.slice(2);
void serve(Number(rows), Number(seed));
