import { createHash } from 'node:crypto';
import { gzip, gzipSync } from 'node:zlib';
import { promisify } from 'node:util';
import { Random } from '../../simulator/random';
import { progress } from '../tiers/progress';
import { type ExportFile, fileName } from './generated-export';

const BLOCK_ITEMS = 4_000;
const DIGITS = 12;
/** Enough for the bodies that are read at a time, and a few recent ones. */
const MOST_KEPT = 6;
const FAST = { level: 1 };
/** Bodies generated at a time to compute their digests. */
const LANES = 2;

/**
 * Data files of items with eight attributes, of about `bytesEach` uncompressed bytes. Bodies are generated on request: only
 * their digests are kept, whatever the size of the export.
 */
export async function passingFiles(count: number, bytesEach: number): Promise<ExportFile[]> {
  const block = new Block();
  const kept = new Map<number, Buffer>();
  const bodyOf = (n: number): Buffer => {
    const body = kept.get(n) ?? gzipSync(block.text(n, bytesEach), FAST);
    kept.delete(n);
    kept.set(n, body);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    return body;
  };
  const files: ExportFile[] = [];
  const describe = async (n: number) => {
    progress();
    const text = block.text(n, bytesEach);
    const body = await promisify(gzip)(text, FAST);
    const { items, bytes } = block.size(bytesEach);
    files[n] = {
      name: fileName(n),
      items,
      bytes,
      md5: createHash('md5').update(body).digest('hex'),
      get body() {
        return bodyOf(n);
      },
    };
  };
  let next = 0;
  const lane = async () => {
    while (next < count) await describe(next++);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return files;
}

/** Lines that are repeated with new keys, which have the same number of digits in every line. */
class Block {
  private readonly lines: Buffer;
  /** Byte offsets of the keys' digits. */
  private readonly places: readonly number[];

  constructor() {
    const random = new Random(1);
    const start = '{"Item":{"id":{"S":"order-';
    const lines = Array.from({ length: BLOCK_ITEMS }, () => {
      const rest = JSON.stringify(attributes(random)).slice(1);
      return `${start}${'0'.repeat(DIGITS)}"},${rest}}\n`;
    });
    this.lines = Buffer.from(lines.join(''));
    let at = start.length;
    this.places = lines.map((line) => {
      const place = at;
      at += line.length;
      return place;
    });
  }

  /** Exact size of a text of about this many bytes. */
  size(bytes: number): { readonly items: number; readonly bytes: number } {
    const blocks = Math.ceil(bytes / this.lines.length);
    return { items: blocks * BLOCK_ITEMS, bytes: blocks * this.lines.length };
  }

  /** The n-th text of about `bytesEach` bytes. No two texts share a key. */
  text(n: number, bytesEach: number): Buffer {
    const { items, bytes } = this.size(bytesEach);
    const text = Buffer.alloc(bytes);
    for (let item = 0; item < items; item += BLOCK_ITEMS) {
      const from = (item / BLOCK_ITEMS) * this.lines.length;
      this.lines.copy(text, from);
      this.places.forEach((place, i) => {
        text.write(String(n * items + item + i).padStart(DIGITS, '0'), from + place, 'latin1');
      });
    }
    return text;
  }
}

function attributes(random: Random): object {
  return {
    customer: { S: random.hex(16) },
    placedAt: { S: new Date(1_700_000_000_000 + random.integer(0, 1e9)).toISOString() },
    status: { S: random.pick(['open', 'paid', 'shipped', 'returned']) },
    total: { N: (random.integer(100, 1_000_000) / 100).toFixed(2) },
    quantity: { N: String(random.integer(1, 20)) },
    paid: { BOOL: random.chance(0.7) },
    note: { S: random.hex(40) },
  };
}
