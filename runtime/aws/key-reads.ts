import type { Clock } from '../clock';
import type { Item } from '../item/attribute-value';
import { pauseAfter } from './backoff';
import { AwsFault } from './faults';
import { type KeyAnswer, keyIdentity } from './key-read';
import type { KeyReads } from './services';

/** DynamoDB's limit for one BatchGetItem (API reference). */
const MOST_KEYS = 100;
/** Requests in a row that read no key before the call fails. */
const FRUITLESS_REQUESTS = 8;

export interface KeyReadOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal?: AbortSignal | undefined;
  /** 0 ≤ x < 1. Default: Math.random. */
  readonly random?: (() => number) | undefined;
}

/**
 * Reads keys until none is left unprocessed, with growing pauses. What has been read stays read when a later request is
 * throttled: only the rest is requested again. No request has a key twice, which DynamoDB would refuse.
 * @param read one request
 * @throws RangeError for more than 100 keys
 * @throws AwsFault, after several requests in a row that read nothing
 */
export async function readAllKeys(
  keys: readonly Item[],
  read: (keys: readonly Item[]) => Promise<KeyAnswer>,
  { clock, signal, random = Math.random }: KeyReadOptions,
): Promise<KeyReads> {
  if (keys.length > MOST_KEYS) throw new RangeError(`${keys.length} keys are more than ${MOST_KEYS}`);
  const identities = keys.map(keyIdentity);
  let waiting: readonly Item[] = [...new Map(keys.map((key, index) => [identities[index], key])).values()];
  const present = new Set<string>();
  let readUnits = 0;
  for (let fruitless = 0; waiting.length > 0; ) {
    signal?.throwIfAborted();
    let fault = left();
    try {
      const answer = await read(waiting);
      for (const identity of answer.present) present.add(identity);
      readUnits += answer.readUnits;
      fruitless = answer.unprocessed.length < waiting.length ? 0 : fruitless + 1;
      waiting = answer.unprocessed;
      if (waiting.length === 0) break;
    } catch (error) {
      if (!isThrottled(error)) throw error;
      fault = error;
      fruitless++;
    }
    if (fruitless >= FRUITLESS_REQUESTS) throw fault;
    await clock.sleep(pauseAfter(fruitless + 1, 'throttled', random), signal);
  }
  return { present: keys.filter((_, index) => present.has(identities[index] as string)), readUnits };
}

const isThrottled = (error: unknown): error is AwsFault =>
  error instanceof AwsFault && error.kind === 'retry' && error.pace === 'throttled';

const left = (): AwsFault =>
  new AwsFault(
    'BatchGetItem',
    'UnprocessedKeys',
    'retry',
    'throttled',
    200,
    'BatchGetItem is throttled (UnprocessedKeys); retrying more slowly.',
  );
