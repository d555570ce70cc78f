import type { AttributeValue, Item } from '../item/attribute-value';
import { itemBytes } from '../item/item-memory';
import { readItem } from '../item/item-reader';
import { present, UnreadableAnswer, UnsupportedRecord } from './call';
import { type KeptBody, parsedBody } from './kept-body';
import type { RecordPage, StreamRecord } from './services';

/** Memory of a record besides its items, in bytes: the object, its sequence number and time. */
const RECORD_BYTES = 136;

interface WireRecord {
  readonly eventName?: unknown;
  readonly userIdentity?: { readonly Type?: unknown; readonly PrincipalId?: unknown };
  readonly dynamodb?: {
    readonly ApproximateCreationDateTime?: unknown;
    readonly Keys?: unknown;
    readonly NewImage?: unknown;
    readonly SequenceNumber?: unknown;
  };
}

/**
 * Parses the bytes of a GetRecords response. The SDK's own parser loses an attribute named `__proto__`, and drops a whole page
 * for one value in bad base64. An incomplete response is refused: above all, an empty body must not pass for the end of a
 * shard (rule S2).
 * Source: DynamoDB Streams API reference, "GetRecords", "Record", "StreamRecord".
 * @throws UnreadableAnswer, UnsupportedRecord
 */
export function recordPage(body: KeptBody): RecordPage {
  const parsed = parsedBody(body) as WirePage | null;
  const records: unknown = parsed?.Records;
  if (!Array.isArray(records)) throw new UnreadableAnswer('The response has no Records.');
  const next = parsed?.NextShardIterator ?? undefined;
  if (next !== undefined && typeof next !== 'string') {
    throw new UnreadableAnswer('The next shard iterator is not text.');
  }
  const read = records.map((record) => streamRecord(record as WireRecord));
  return { records: read, nextIterator: next, bytes: read.reduce((sum, record) => sum + bytesOf(record), 0) };
}

interface WirePage {
  readonly Records?: unknown;
  readonly NextShardIterator?: unknown;
}

/** Reads one record of the wire format. @throws UnreadableAnswer, UnsupportedRecord */
export function streamRecord(record: WireRecord): StreamRecord {
  const change = present(record?.dynamodb, 'dynamodb of a record');
  const { SequenceNumber: sequenceNumber, ApproximateCreationDateTime: createdAt } = change;
  if (typeof sequenceNumber !== 'string' || !/^\d{1,40}$/.test(sequenceNumber)) {
    throw new UnreadableAnswer('A record has no sequence number.');
  }
  if (typeof createdAt !== 'number') throw new UnreadableAnswer('A record has no creation time.');
  if (!isObject(change.Keys)) throw new UnreadableAnswer('A record has no keys.');
  const keys = readItem(change.Keys);
  const eventName = eventNameOf(record, sequenceNumber);
  return {
    eventName,
    sequenceNumber,
    createdAt: Math.round(createdAt * 1_000),
    keys,
    newImage: eventName === 'REMOVE' ? undefined : newImage(change.NewImage, keys, sequenceNumber),
    byTimeToLive:
      record.userIdentity?.Type === 'Service' && record.userIdentity.PrincipalId === 'dynamodb.amazonaws.com',
  };
}

function bytesOf({ keys, newImage }: StreamRecord): number {
  return RECORD_BYTES + itemBytes(keys) + (newImage ? itemBytes(newImage) : 0);
}

function eventNameOf(record: WireRecord, sequenceNumber: string): StreamRecord['eventName'] {
  const { eventName } = record;
  if (eventName === 'INSERT' || eventName === 'MODIFY' || eventName === 'REMOVE') return eventName;
  throw new UnsupportedRecord(`record ${sequenceNumber} has the event name ${JSON.stringify(eventName)}`);
}

/** An image that is not an item still gets its key, so that it becomes a dead letter like any unreadable value. */
function newImage(image: unknown, keys: Item, sequenceNumber: string): Item {
  if (image === undefined) {
    throw new UnsupportedRecord(`record ${sequenceNumber} has no new image`);
  }
  if (isObject(image)) return readItem(image);
  const unreadable: AttributeValue = { unreadable: JSON.stringify(image) };
  return new Map([...keys, ['NewImage', unreadable]]);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
