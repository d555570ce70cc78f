import assert from 'node:assert/strict';
import { ManualClock } from '../../../simulator/clock';
import { Random } from '../../../simulator/random';
import { ServiceError } from '../../../simulator/service-error';
import type { Item } from '../../../simulator/attribute-value';
import type { ItemChange } from '../../../simulator/tables/change';
import { Tables } from '../../../simulator/tables/tables';
import type { TableStreams } from '../../../simulator/tables/tables';
import { progress } from '../../tiers/progress';

export type Wire = Record<string, unknown>;
/** Seed of all property tests. fast-check prints the path of a failed case. */
export const SEED = 20_260_105;

/** Tables without streams: `items` (partition key `id`) and `lines` (`order`, `line` of the given type). */
export class Service {
  readonly clock = new ManualClock();
  readonly changes: ItemChange[] = [];
  readonly streamCalls: unknown[][] = [];
  readonly tables: Tables;

  constructor(
    options: {
      id?: string;
      line?: string;
      creatingMs?: number;
      deletingMs?: number;
      unprocessedKeys?: number;
      streams?: Partial<TableStreams>;
      seed?: number;
    } = {},
  ) {
    const note =
      (name: string) =>
      (...call: unknown[]): void =>
        void this.streamCalls.push([name, (call[0] as { name: string }).name, ...call.slice(1)]);
    this.tables = new Tables({
      clock: this.clock,
      random: new Random(options.seed ?? 1),
      region: 'eu-west-1',
      accountId: '123456789012',
      onChange: (change) => this.changes.push(change),
      streams: {
        created: note('created'),
        updated: note('updated'),
        deleted: note('deleted'),
        describe: () => ({}),
        ...options.streams,
      },
      ...(options.creatingMs === undefined ? {} : { creatingMs: options.creatingMs }),
      ...(options.deletingMs === undefined ? {} : { deletingMs: options.deletingMs }),
      ...(options.unprocessedKeys === undefined ? {} : { unprocessedKeys: options.unprocessedKeys }),
    });
    this.create('items', [['id', options.id ?? 'S']]);
    this.create('lines', [
      ['order', 'S'],
      ['line', options.line ?? 'S'],
    ]);
  }

  create(name: string, keys: [string, string][], more: Wire = {}): Wire {
    return this.call('CreateTable', { ...table(name, keys), ...more });
  }

  /** The response as a client would receive it. */
  // oxlint-disable-next-line typescript/no-explicit-any -- wire JSON of any operation
  call(operation: string, input: Wire): any {
    progress();
    const perform = this.tables.operations[operation];
    assert.ok(perform, `no operation ${operation}`);
    const answer = perform(input);
    return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
  }

  put(item: Wire): void {
    this.call('PutItem', { TableName: 'items', Item: item });
  }

  get(id: string): Item | undefined {
    return this.call('GetItem', { TableName: 'items', Key: { id: { S: id } } }).Item;
  }

  update(expression: string, values?: Wire, names?: Wire, id = 'a'): Item {
    return this.call('UpdateItem', {
      TableName: 'items',
      Key: { id: { S: id } },
      UpdateExpression: expression,
      ...(values ? { ExpressionAttributeValues: values } : {}),
      ...(names ? { ExpressionAttributeNames: names } : {}),
      ReturnValues: 'ALL_NEW',
    }).Attributes;
  }

  /** Whether a condition holds for item `a`. */
  test(condition: string, values?: Wire, names?: Wire): boolean {
    const error = failure(() =>
      this.call('TransactWriteItems', {
        TransactItems: [
          {
            ConditionCheck: {
              TableName: 'items',
              Key: { id: { S: 'a' } },
              ConditionExpression: condition,
              ...(values ? { ExpressionAttributeValues: values } : {}),
              ...(names ? { ExpressionAttributeNames: names } : {}),
            },
          },
        ],
      }),
    );
    if (error && error.type !== 'TransactionCanceledException') throw error;
    return error === undefined;
  }

  /** The error of an operation, as "Type: message". */
  refusal(operation: string, input: Wire): string {
    const error = failure(() => this.call(operation, input));
    return error ? `${error.type}: ${error.message}` : 'no error';
  }
}

export function table(name: string, keys: [string, string][]): Wire {
  return {
    TableName: name,
    KeySchema: keys.map(([AttributeName], i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
    AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    BillingMode: 'PAY_PER_REQUEST',
  };
}

export function failure(perform: () => unknown): ServiceError | undefined {
  try {
    perform();
    return undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
