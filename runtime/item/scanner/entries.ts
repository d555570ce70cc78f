import { Ascii } from './ascii';
import type { Scratch } from './scratch';
import type { CompareTexts } from './text-compare';

const FIRST_CAPACITY = 256;
/** From so many entries on insertion would take too long. */
const MANY = 128;
/** The end of an entry that is not written. */
const HIDDEN = -1;
const SIGN = 1 << 31;
/** More than the bytes that copying may write behind an end. */
const GAP = 4;

/**
 * Texts in the scratch buffer that have to stand in order: members of an object (`"name":value`, ordered by the name), or
 * of a set. A stack: what belongs to one object lies above the height that it began with, its `base`.
 */
export class Entries {
  height = 0;
  private starts = new Int32Array(FIRST_CAPACITY);
  /** Where ends what an entry is ordered by. */
  private nameEnds = new Int32Array(FIRST_CAPACITY);
  private ends = new Int32Array(FIRST_CAPACITY);
  /** The first four bytes of names, as numbers in the order of texts; 0 where something else orders. */
  private prefixes = new Int32Array(FIRST_CAPACITY);
  /** Which entry belongs to each place, once they are sorted. */
  private order = new Int32Array(FIRST_CAPACITY);
  /** The order that was right last time, by the number of entries. */
  private readonly orders = new Array<Int32Array | undefined>(MANY);

  constructor(private readonly scratch: Scratch) {}

  /** @param nameEnd where the name's closing quote stands; at `start` stands its opening quote */
  pushNamed(start: number, nameEnd: number, end: number): void {
    this.push(start, nameEnd, end);
    const length = nameEnd - start - 1;
    const four = this.scratch.view.getInt32(start + 1, false);
    const prefix = length >= 4 ? four : length > 0 ? four & (-1 << (8 * (4 - length))) : 0;
    this.prefixes[this.height - 1] = prefix ^ SIGN;
  }

  push(start: number, nameEnd: number, end: number): void {
    const i = this.height++;
    if (i === this.starts.length) this.grow();
    this.starts[i] = start;
    this.nameEnds[i] = nameEnd;
    this.ends[i] = end;
    this.prefixes[i] = 0;
  }

  /** The last entry must be unique like the others, but is not written. */
  hideLast(): void {
    this.ends[this.height - 1] = HIDDEN;
  }

  /** Whether the last entry above `base` comes behind the one before it, as it stands; equal ones do not. */
  isLastInOrder(base: number, compare: CompareTexts): boolean {
    const last = this.height - 1;
    return last <= base || this.compare(last - 1, last, compare) < 0;
  }

  /** Puts the entries above `base` in order; answers whether no two are equal. */
  sort(base: number, compare: CompareTexts): boolean {
    const count = this.height - base;
    if (count >= this.orders.length) return this.sortMany(base, compare);
    // Objects of one kind come with their names in one order, so what was right last time mostly is again.
    const { order } = this;
    const known =
      this.orders[count] ?? (this.orders[count] = Int32Array.from({ length: count }, (_, i) => i));
    for (let i = 0; i < count; i++) order[base + i] = base + (known[i] as number);
    if (this.isSorted(base, compare)) return true;
    const unique = this.sortFew(base, compare);
    for (let i = 0; i < count; i++) known[i] = (order[base + i] as number) - base;
    return unique;
  }

  /** Writes the sorted entries above `base`, commas between, where the same text begins that ends the buffer. */
  rewrite(base: number, textStart: number): void {
    const { scratch } = this;
    // Beside itself, so that it can be read while it is written.
    const shift = scratch.used + GAP - textStart;
    scratch.copy(textStart, scratch.used, textStart + shift);
    scratch.used = textStart;
    this.write(base, shift);
  }

  /** Appends the sorted entries above `base`, commas between. They stand `shift` bytes behind their places. */
  write(base: number, shift = 0): void {
    const { scratch, order, starts, ends } = this;
    let first = true;
    for (let i = base; i < this.height; i++) {
      const entry = order[i] as number;
      const start = starts[entry] as number;
      const end = ends[entry] as number;
      if (end === HIDDEN) continue;
      if (!first) scratch.bytes[scratch.used++] = Ascii.COMMA;
      first = false;
      scratch.copy(start + shift, end + shift, scratch.used);
      scratch.used += end - start;
    }
  }

  private compare(i: number, j: number, compare: CompareTexts): number {
    const a = this.prefixes[i] as number;
    const b = this.prefixes[j] as number;
    if (a !== b) return a < b ? -1 : 1;
    const { starts, nameEnds } = this;
    return compare(
      this.scratch.bytes,
      starts[i] as number,
      nameEnds[i] as number,
      starts[j] as number,
      nameEnds[j] as number,
    );
  }

  private isSorted(base: number, compare: CompareTexts): boolean {
    const { order } = this;
    for (let i = base + 1; i < this.height; i++) {
      if (this.compare(order[i - 1] as number, order[i] as number, compare) >= 0) return false;
    }
    return true;
  }

  private sortFew(base: number, compare: CompareTexts): boolean {
    const { order } = this;
    let unique = true;
    for (let next = base + 1; next < this.height; next++) {
      const entry = order[next] as number;
      let place = next;
      for (; place > base; place--) {
        const before = order[place - 1] as number;
        const difference = this.compare(before, entry, compare);
        if (difference === 0) unique = false;
        if (difference <= 0) break;
        order[place] = before;
      }
      order[place] = entry;
    }
    return unique;
  }

  private sortMany(base: number, compare: CompareTexts): boolean {
    let unique = true;
    for (let i = base; i < this.height; i++) this.order[i] = i;
    this.order.subarray(base, this.height).sort((i, j) => {
      const difference = this.compare(i, j, compare);
      if (difference === 0 && i !== j) unique = false;
      return difference;
    });
    return unique;
  }

  private grow(): void {
    const capacity = 2 * this.starts.length;
    this.starts = enlarged(this.starts, capacity);
    this.nameEnds = enlarged(this.nameEnds, capacity);
    this.ends = enlarged(this.ends, capacity);
    this.prefixes = enlarged(this.prefixes, capacity);
    this.order = enlarged(this.order, capacity);
  }
}

function enlarged(numbers: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(numbers);
  return larger;
}
