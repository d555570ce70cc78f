import type { AttributeValue as Sent, BatchGetItemInput } from '@aws-sdk/client-dynamodb';
import type { Item } from '../item/attribute-value';
import { deadLetterJson } from '../item/dynamodb-json';
import { readItem } from '../item/item-reader';
import { MalformedItem } from '../item/malformed';
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

interface WireAnswer {
  readonly Responses?: Readonly<Record<string, readonly unknown[]>> | null;
  readonly UnprocessedKeys?: Readonly<Record<string, { readonly Keys?: readonly unknown[] }>> | null;
  readonly ConsumedCapacity?: readonly { readonly CapacityUnits?: unknown }[] | null;
}

/**
 * Understands the parsed body of a response. A key that is missing from it is taken for deleted, so nothing is passed over.
 * @throws ForeignAnswer, UnreadableAnswer
 */
export function keyReadAnswer(table: string, asked: readonly Item[], body: unknown): KeyAnswer {
  const { Responses, UnprocessedKeys, ConsumedCapacity } = (body ?? {}) as WireAnswer;
  const byIdentity = new Map(asked.map((key) => [keyIdentity(key), key]));
  const identitiesIn = (list: unknown, name: string): Set<string> => {
    if (!Array.isArray(list)) throw new ForeignAnswer(`The response's ${name} has no list.`);
    return new Set(
      list.map((key) => {
        const identity = identityOf(key);
        if (identity !== undefined && byIdentity.has(identity)) return identity;
        throw new ForeignAnswer(`The response's ${name} has a key that was not asked for.`);
      }),
    );
  };
  const left = ofTable(UnprocessedKeys ?? {}, table);
  const unprocessed = left === undefined ? new Set<string>() : identitiesIn(left.Keys, 'UnprocessedKeys');
  const items = ofTable(present(Responses, 'Responses'), table);
  if (items === undefined && unprocessed.size < asked.length) {
    throw new ForeignAnswer('The response has no items of the table.');
  }
  const found = identitiesIn(items ?? [], 'Responses');
  if ([...found].some((identity) => unprocessed.has(identity))) {
    throw new ForeignAnswer('The response has a key both read and unprocessed.');
  }
  return {
    present: [...found],
    unprocessed: [...unprocessed].map((identity) => byIdentity.get(identity) as Item),
    readUnits: unitsIn(ConsumedCapacity) ?? asked.length - unprocessed.size,
  };
}

/** A table may be named `__proto__`. */
const ofTable = <Value>(of: Readonly<Record<string, Value>>, table: string): Value | undefined =>
  Object.hasOwn(of, table) ? of[table] : undefined;

function identityOf(key: unknown): string | undefined {
  try {
    return keyIdentity(readItem(key));
  } catch (error) {
    if (error instanceof MalformedItem) return undefined;
    throw error;
  }
}

function unitsIn(consumed: WireAnswer['ConsumedCapacity']): number | undefined {
  const units = (Array.isArray(consumed) ? consumed : []).map(({ CapacityUnits }) => CapacityUnits);
  const known = units.filter((each) => typeof each === 'number');
  return known.length === 0 ? undefined : known.reduce((sum, each) => sum + each, 0);
}
