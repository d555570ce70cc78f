import type { StreamRecord } from '../../runtime/aws/services';
import type { AttributeValue, Item } from '../../runtime/item/attribute-value';
import { derivedRandom, type Random } from '../../simulator/random';
import { keyOf } from './table';

const UPDATES = 0.8;
const INSERTS = 0.9;

/**
 * Changes of a stream to a table: 80 % rewrite a row, 10 % add one, 10 % delete one. A batch has no key twice, and all rows
 * are equally likely.
 */
export class Changes {
  private readonly random: Random;
  private sequence = 1;

  constructor(
    seed: number,
    private rows: number,
  ) {
    this.random = derivedRandom(seed, 'changes');
  }

  batch(size: number): readonly StreamRecord[] {
    const touched = new Set<number>();
    return Array.from({ length: size }, () => {
      const kind = this.random.next();
      if (kind >= UPDATES && kind < INSERTS) {
        touched.add(this.rows);
        return this.change(this.rows++, 'INSERT');
      }
      let row: number;
      do row = this.random.integer(0, this.rows);
      while (touched.has(row));
      touched.add(row);
      return this.change(row, kind < UPDATES ? 'MODIFY' : 'REMOVE');
    });
  }

  private change(row: number, eventName: StreamRecord['eventName']): StreamRecord {
    const id = { S: keyOf(row) };
    return {
      eventName,
      sequenceNumber: String(this.sequence++).padStart(21, '1'),
      createdAt: 1_790_000_000_000,
      keys: new Map([['id', id]]),
      newImage: eventName === 'REMOVE' ? undefined : this.image(id),
      byTimeToLive: false,
    };
  }

  private image(id: AttributeValue): Item {
    const { random } = this;
    return new Map<string, AttributeValue>([
      ['id', id],
      ['customer', { S: random.hex(32) }],
      ['placedAt', { S: '2026-01-02T00:00:00.000Z' }],
      ['status', { S: random.pick(['open', 'paid', 'shipped', 'returned']) }],
      ['total', { N: String(random.integer(100, 100_000) / 100) }],
      ['quantity', { N: String(random.integer(1, 20)) }],
      ['paid', { BOOL: random.chance(0.5) }],
      ['note', { S: random.hex(65) }],
    ]);
  }
}
