import { Ascii } from './ascii';
import type { Scratch } from './scratch';
import type { CompareTexts } from './text-compare';

const FIRST_CAPACITY = 256;
/** From this many entries on, insertion sort would take too long. */
const MANY = 128;
/** As the end of an entry: it is not written. */
const HIDDEN = -1;
const SIGN = 1 << 31;
/** More than the bytes that a copy may write past its end. */
const GAP = 4;

/**
 * Texts in the scratch buffer to be sorted: members of an object (`"name":value`, by name) or elements of a set. A stack: the
 * entries of one object are those above the height at which it began, its `base`.
 */
export class Entries {
  height = 0;
  private starts = new Int32Array(FIRST_CAPACITY);
  /** End of an entry's sort key, which begins at its start. */
  private nameEnds = new Int32Array(FIRST_CAPACITY);
  private ends = new Int32Array(FIRST_CAPACITY);
  /** The first four bytes of names, as numbers in the order of texts; 0 for entries that are not ordered by name. */
  private prefixes = new Int32Array(FIRST_CAPACITY);
  /** The sorted entries, by index. */
  private order = new Int32Array(FIRST_CAPACITY);
  /** The last correct order, by the number of entries. */
  private readonly orders = new Array<Int32Array | undefined>(MANY);

  constructor(private readonly scratch: Scratch) {}

  /** @param start index of the name's opening quote @param nameEnd index of its closing quote */
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

  /** Excludes the last entry from writing. It still counts for uniqueness. */
  hideLast(): void {
    this.ends[this.height - 1] = HIDDEN;
  }

  /** Whether the last entry above `base` is already in order: greater than the one before it, not equal. */
  isLastInOrder(base: number, compare: CompareTexts): boolean {
    const last = this.height - 1;
    return last <= base || this.compare(last - 1, last, compare) < 0;
  }

  /** Sorts the entries above `base`. Returns whether all are different. */
  sort(base: number, compare: CompareTexts): boolean {
    const count = this.height - base;
    if (count >= this.orders.length) return this.sortMany(base, compare);
    // Objects of one kind usually have their names in the same order, so the last order is mostly right again.
    const { order } = this;
    const known =
      this.orders[count] ?? (this.orders[count] = Int32Array.from({ length: count }, (_, i) => i));
    for (let i = 0; i < count; i++) order[base + i] = base + (known[i] as number);
    if (this.isSorted(base, compare)) return true;
    const unique = this.sortFew(base, compare);
    for (let i = 0; i < count; i++) known[i] = (order[base + i] as number) - base;
    return unique;
  }

  /** Replaces the text from `textStart` to the buffer's end with the sorted entries above `base`, separated by commas. */
  rewrite(base: number, textStart: number): void {
    const { scratch } = this;
    // Copy the text behind itself, to read from the copy while writing.
    const shift = scratch.used + GAP - textStart;
    scratch.copy(textStart, scratch.used, textStart + shift);
    scratch.used = textStart;
    this.write(base, shift);
  }

  /** Appends the sorted entries above `base`, separated by commas. Their text is `shift` bytes after their recorded ranges. */
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
