import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { recordPage } from '../../../runtime/aws/record-page';
import type { RecordPage } from '../../../runtime/aws/services';
import { full } from '../../tiers/tier';

const MB = 1e6;
const KEPT = 8 * MB;
/** The others run in the full tier. */
const QUICK = ['flat, 8 attributes', 'a list of empty maps'];

type Json = Record<string, unknown>;
const many = <Value>(count: number, value: (index: number) => Value) =>
  Array.from({ length: count }, (_, index) => value(index));

/** Items of stream records, as on the wire. `i` differs between items. */
const SHAPES: Readonly<Record<string, (i: number) => Json>> = {
  'flat, 8 attributes': (i) => ({
    a: { N: String(i) },
    b: { S: `some text ${i}` },
    c: { BOOL: true },
    d: { S: 'x'.repeat(60) + i },
    e: { N: '1.5' },
    f: { S: 'y'.repeat(40) + i },
    g: { NULL: true },
  }),
  '100 small numbers': (i) =>
    Object.fromEntries(many(100, (k) => [`a${k}`, { N: String((i * 7 + k) % 1000) }])),
  '100 large numbers': (i) =>
    Object.fromEntries(many(100, (k) => [`a${k}`, { N: `${i}${k}`.padEnd(30, '7') }])),
  'text of 400 KB': (i) => ({ t: { S: String(i).padEnd(400_000, 'abcdefgh') } }),
  'text that is not Latin': (i) => ({ t: { S: String(i).padEnd(20_000, '行く川のながれは') } }),
  'bytes of 100 KB': (i) => ({ b: { B: Buffer.alloc(100_000, i).toString('base64') } }),
  'many short bytes': (i) => ({
    l: { L: many(300, (k) => ({ B: Buffer.from(`${i} and ${k}`).toString('base64') })) },
  }),
  deep: (i) => many(30, (k) => k).reduce<Json>((inner) => ({ m: { M: inner }, n: { N: String(i) } }), {}),
  'a list of empty maps': () => ({ l: { L: many(500, () => ({ M: {} })) } }),
  'a list of empty lists': () => ({ l: { L: many(500, () => ({ L: [] })) } }),
  'a list of small maps': () => ({
    l: { L: many(300, (k) => ({ M: { a: { N: String(k) }, b: { S: 'z' } } })) },
  }),
  // No number occurs twice: the parser keeps equal short texts once, which is not counted.
  'a list of numbers': (i) => ({ l: { L: many(500, (k) => ({ N: String(i * 1000 + k) })) } }),
  'a set of numbers': (i) => ({ l: { NS: many(200, (k) => `${k}.${i}`.padEnd(20, '3')) } }),
  'a set of texts': (i) => ({ l: { SS: many(100, (k) => `member ${k} of the set ${i}`) } }),
};

/** The body of one answer: up to 1,000 records, about 1 MB. */
function body(shape: (i: number) => Json, from: number): Buffer {
  const records: string[] = [];
  for (let size = 0; records.length < 1_000 && size < MB; ) {
    const i = from + records.length;
    const id = { S: `key-${i}` };
    const record = JSON.stringify({
      eventName: 'MODIFY',
      eventID: 'f'.repeat(32),
      dynamodb: {
        ApproximateCreationDateTime: 1_767_000_000,
        Keys: { id },
        NewImage: { id, ...shape(i) },
        SequenceNumber: `1${String(i).padStart(20, '0')}`,
      },
    });
    size += record.length;
    records.push(record);
  }
  return Buffer.from(`{"Records":[${records.join(',')}],"NextShardIterator":"next"}`);
}

describe('runtime/item/item-memory: counted bytes match the heap', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  /** Memory outside the heap is released only some time after a collection. */
  const inUse = async () => {
    for (let round = 0; round < 3; round++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  for (const [name, shape] of Object.entries(SHAPES)) {
    (QUICK.includes(name) ? it : full.it)(name, async () => {
      recordPage({ bytes: body(shape, 0), crc32: undefined });
      const pages: RecordPage[] = [];
      const before = await inUse();
      let counted = 0;
      for (let from = 0; counted < KEPT; ) {
        const page = recordPage({ bytes: body(shape, from), crc32: undefined });
        pages.push(page);
        counted += page.bytes;
        from += page.records.length;
      }
      const real = (await inUse()) - before;
      const ratio = real / counted;
      assert.ok(
        ratio >= 0.7 && ratio <= 1.5,
        `${(real / MB).toFixed(1)} MB taken, ${(counted / MB).toFixed(1)} MB counted: ${ratio.toFixed(2)}`,
      );
      assert.ok(pages.length > 0);
    });
  }
});
