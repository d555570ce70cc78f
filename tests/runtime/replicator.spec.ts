import assert from 'node:assert/strict';
import { classify } from '../../runtime/aws/classify';
import { AwsFault } from '../../runtime/aws/faults';
import type { AwsServices, SourceTable } from '../../runtime/aws/services';
import { settingsOf } from '../../runtime/config';
import type { Destination } from '../../runtime/destinations/destination';
import { ReplicatorError } from '../../runtime/errors';
import { type EventMap, Events } from '../../runtime/observe/events';
import { Replicator } from '../../runtime/replicator';
import { HandClock } from './aws/hand-clock';

class NoDestination extends ReplicatorError {
  readonly kind = 'fatal';
}

const denied = (table: string) =>
  classify(
    'DescribeTable',
    Object.assign(new Error('User is not authorized to perform: dynamodb:DescribeTable'), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    }),
    { region: 'eu-west-1', table },
  );

const described = (name: string): SourceTable => ({
  name,
  arn: `arn:aws:dynamodb:eu-west-1:123456789012:table/${name}`,
  id: name,
  status: 'ACTIVE',
  keySchema: { partition: { name: 'id', type: 'S' } },
  itemCount: 0,
  sizeBytes: 0,
  billingMode: undefined,
  stream: undefined,
});

/** Ends a test that would otherwise run forever. */
const MOST_CALLS = 100;

describe('A replicator of two tables', () => {
  it('F13: a table without rights stops and names the action, although another table has them', async () => {
    const events = new Events();
    const failures: EventMap['pipeline.failed'][] = [];
    const retries: EventMap['aws.retry'][] = [];
    events.on('pipeline.failed', (event) => failures.push(event));
    events.on('aws.retry', (event) => retries.push(event));
    const stop = new AbortController();
    let calls = 0;
    let ordersDescribed: (() => void) | undefined;
    const afterOrders = new Promise<void>((resolve) => (ordersDescribed = resolve));
    const describeTable = async (name: string): Promise<SourceTable> => {
      if (name === 'orders') {
        queueMicrotask(() => ordersDescribed?.());
        return described(name);
      }
      await afterOrders;
      if (++calls > MOST_CALLS) stop.abort(new Error('it is called again and again'));
      throw denied(name);
    };
    const replicator = new Replicator({
      settings: settingsOf({ tables: ['orders', 'customers'], bucket: 'my-exports', to: 'shop.duckdb' }),
      aws: { describeTable, region: 'eu-west-1', cli: { region: 'eu-west-1' } } as unknown as AwsServices,
      destination: { lease: () => Promise.reject(new NoDestination('none')) } as unknown as Destination,
      clock: new HandClock(),
      events,
      parts: { random: () => 0.5 },
    });
    const { failed } = await replicator.run(stop.signal);
    assert.equal(calls, 1);
    const customers = failed.find(({ table }) => table === 'customers')?.error;
    assert.ok(customers instanceof AwsFault, String(customers));
    assert.match(customers.message, /Access denied: DescribeTable needs dynamodb:DescribeTable/);
    assert.deepEqual(failures.map(({ pipeline }) => pipeline.split('/').at(-1)).sort(), [
      'customers',
      'orders',
    ]);
    assert.deepEqual(retries, []);
  });

  it('names the table whose AWS call is retried', async () => {
    const events = new Events();
    const retries: EventMap['aws.retry'][] = [];
    const stop = new AbortController();
    events.on('aws.retry', (event) => {
      retries.push(event);
      if (retries.length === 4) stop.abort(new Error('enough'));
    });
    const fault = (name: string) =>
      classify('DescribeTable', Object.assign(new Error('slow down'), { name: 'ThrottlingException' }), {
        region: 'eu-west-1',
        table: name,
      });
    const replicator = new Replicator({
      settings: settingsOf({ tables: ['orders', 'customers'], bucket: 'my-exports', to: 'shop.duckdb' }),
      aws: {
        describeTable: (name: string) => Promise.reject(fault(name)),
        region: 'eu-west-1',
      } as unknown as AwsServices,
      destination: {} as Destination,
      clock: new HandClock(),
      events,
      parts: { random: () => 0.5 },
    });
    await replicator.run(stop.signal);
    for (const { table, message } of retries) assert.ok(message.includes(`table ${table}`), message);
    assert.deepEqual([...new Set(retries.map(({ table }) => table))].sort(), ['customers', 'orders']);
  });
});
