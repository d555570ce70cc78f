import type { AttributeValue as Sent, BatchGetItemInput, BatchGetItemOutput } from '@aws-sdk/client-dynamodb';
import type { Item } from '../item/attribute-value';
import { deadLetterJson } from '../item/dynamodb-json';
import { readItem } from '../item/item-reader';
import { ForeignAnswer, present } from './call';

/** What one BatchGetItem found out. */
export interface KeyAnswer {
  /** Identities of the keys that exist. */
  readonly present: readonly string[];
  /** The keys that DynamoDB did not read. */
  readonly unprocessed: readonly Item[];
  readonly readUnits: number;
}

/** Equal for two keys exactly when they are the same to DynamoDB: `1` and `1.0` are. */
export const keyIdentity = (key: Item): string => deadLetterJson(key);

/**
 * Asks for key attributes only, so that a policy can forbid all others. Their names may be reserved words, so each has a
 * placeholder. Source: API reference, "BatchGetItem".
 * @param keys one at least, none twice
 */
export function keyReadInput(table: string, keys: readonly Item[]): BatchGetItemInput {
  const names = [...(keys[0] as Item).keys()];
  const placeholders = names.map((_, index) => `#k${index}`);
  return {
    RequestItems: {
      [table]: {
        Keys: keys.map((key) => Object.fromEntries(key) as Record<string, Sent>),
        ConsistentRead: true,
        ProjectionExpression: placeholders.join(', '),
        ExpressionAttributeNames: Object.fromEntries(
          placeholders.map((placeholder, index) => [placeholder, names[index] as string]),
        ),
      },
    },
    ReturnConsumedCapacity: 'TOTAL',
  };
}

/**
 * A key that is missing from the response is taken for deleted, so nothing in it may be misunderstood.
 * @throws ForeignAnswer, UnreadableAnswer
 */
export function keyReadAnswer(table: string, asked: readonly Item[], answer: BatchGetItemOutput): KeyAnswer {
  const byIdentity = new Map(asked.map((key) => [keyIdentity(key), key]));
  const take = (item: unknown, list: string): string => {
    const identity = keyIdentity(readItem(item));
    if (!byIdentity.has(identity))
      throw new ForeignAnswer(`The response's ${list} has a key that was not asked for.`);
    return identity;
  };
  const left = (answer.UnprocessedKeys?.[table]?.Keys ?? []).map((key) => take(key, 'UnprocessedKeys'));
  const unprocessed = new Set(left);
  const items = present(answer.Responses, 'Responses')[table];
  if (items === undefined && unprocessed.size < asked.length) {
    throw new ForeignAnswer('The response has no items of the table.');
  }
  const found = new Set((items ?? []).map((item) => take(item, 'Responses')));
  if ([...found].some((identity) => unprocessed.has(identity))) {
    throw new ForeignAnswer('The response has a key both read and unprocessed.');
  }
  return {
    present: [...found],
    unprocessed: [...unprocessed].map((identity) => byIdentity.get(identity) as Item),
    readUnits: readUnits(answer) ?? asked.length - unprocessed.size,
  };
}

function readUnits({ ConsumedCapacity }: BatchGetItemOutput): number | undefined {
  const units = (ConsumedCapacity ?? []).flatMap(({ CapacityUnits }) => CapacityUnits ?? []);
  return units.length === 0 ? undefined : units.reduce((sum, each) => sum + each, 0);
}
