import { HAS_SPECIALS, IN_SCRATCH } from '../row-cells';
import { Ascii, Four } from './ascii';
import { CellScanner } from './cell-scanner';
import { DocumentText } from './document-text';
import { Entries } from './entries';
import { NumberText } from './number-text';
import type { Plan } from './plan';
import { ScalarText } from './scalar-text';
import { Scratch } from './scratch';
import { SetText } from './set-text';
import type { Source } from './source';
import { StringText } from './string-text';
import { compareTexts } from './text-compare';

/** Length of `{"Item":{`. */
const LINE_START_BYTES = 9;
/** Length of a line with one attribute. */
const SHORTEST_LINE = 24;
/** Length of `":{"`, between a name and its tag. */
const AFTER_NAME_BYTES = 4;

/** Scans lines as DynamoDB writes them into the cells of a plan. */
export class ItemScanner {
  private readonly scratch = new Scratch();
  private readonly strings: StringText;
  private readonly entries = new Entries(this.scratch);
  private readonly documents: DocumentText;
  private readonly cells: CellScanner;
  /** Number of attributes in the shared column of this row. */
  private sharing = 0;
  private sharedSpecials = false;

  constructor(private readonly source: Source) {
    const { scratch } = this;
    const numbers = new NumberText(source);
    const strings = new StringText(source, scratch);
    const scalars = new ScalarText(source, scratch, numbers, strings);
    const sets = new SetText(source, scratch, scalars, this.entries);
    this.strings = strings;
    this.documents = new DocumentText(source, scratch, scalars, strings, sets, this.entries);
    this.cells = new CellScanner(source, scratch, numbers, strings, this.documents);
  }

  /** Scans the line at `start` into the plan's cells. Returns the start of the next line, or −1 if this one needs the exact decoder. */
  line(plan: Plan, start: number): number {
    const { bytes } = this.source;
    if (!this.isFramed(start)) return -1;
    if (this.source.backslash < start) this.source.passEscapes(start);
    this.scratch.start(plan.cells, bytes.length);
    this.entries.height = 0;
    this.sharing = 0;
    this.sharedSpecials = false;
    plan.startRow();
    const end = this.attributes(plan, start + LINE_START_BYTES);
    if (end < 0 || bytes[end] !== Ascii.NEWLINE || !plan.hasKey()) return -1;
    if (this.entries.height > 0 && !this.endShared(plan)) return -1;
    plan.cells.scratchUsed = this.scratch.used;
    return end + 1;
  }

  private isFramed(start: number): boolean {
    const { source } = this;
    const { view } = source;
    if (start >= source.tail && !this.hasClosedEnd(start)) return false;
    return (
      view.getInt32(start, true) === Four.LINE_1 &&
      view.getInt32(start + 4, true) === Four.LINE_2 &&
      view.getInt32(start + 5, true) === Four.LINE_3
    );
  }

  /** Three braces and a newline at the end ensure that four bytes can be read after anything else in the line. */
  private hasClosedEnd(start: number): boolean {
    const { bytes } = this.source;
    const end = this.source.endOfLine(start);
    return (
      end < bytes.length &&
      end - start >= SHORTEST_LINE &&
      bytes[end - 1] === Ascii.CLOSE &&
      bytes[end - 2] === Ascii.CLOSE &&
      bytes[end - 3] === Ascii.CLOSE
    );
  }

  /** Scans all attributes and the two braces after them. Returns the index after that, or −1 for anything unexpected. */
  private attributes(plan: Plan, from: number): number {
    const { bytes, view } = this.source;
    const { names, followers, seen, row } = plan;
    let previous = seen.length;
    let at = from;
    for (;;) {
      let column = followers[previous] as number;
      let tagAt = at + (names.lengths[column] as number);
      if (tagAt > bytes.length || !names.isAt(view, at, column)) {
        column = names.find(view, at);
        if (column < 0) {
          tagAt = this.afterName(at);
        } else {
          tagAt = at + (names.lengths[column] as number);
          followers[previous] = column;
        }
        if (tagAt < 0) return -1;
      }
      if (column < 0) {
        at = this.other(plan, at, tagAt);
      } else {
        if (seen[column] === row) return -1;
        seen[column] = row;
        previous = column;
        at = plan.whole ? this.twice(plan, column, at, tagAt) : this.cells.cell(plan, column, tagAt);
      }
      if (at < 0) return -1;
      if (bytes[at] !== Ascii.COMMA) break;
      at++;
    }
    return bytes[at] === Ascii.CLOSE && bytes[at + 1] === Ascii.CLOSE ? at + 2 : -1;
  }

  /** Index after the `"name":{"` at `at`; −1 if there is none, or if the name has escapes. */
  private afterName(at: number): number {
    const { source } = this;
    if (source.bytes[at] !== Ascii.QUOTE) return -1;
    const quote = source.quoteFrom(at + 1);
    if (quote < 0 || source.backslash < quote) return -1;
    return source.view.getInt32(quote, true) === Four.AFTER_NAME ? quote + AFTER_NAME_BYTES : -1;
  }

  /** Scans an attribute that has its own column and is part of the document, too. */
  private twice(plan: Plan, column: number, nameAt: number, tagAt: number): number {
    const { source } = this;
    const { backslash } = source;
    const after = this.cells.cell(plan, column, tagAt);
    source.backslash = backslash;
    return after >= 0 && this.share(nameAt) === after ? after : -1;
  }

  /** Scans an attribute without its own column: it goes to the shared one, or is left out. */
  private other(plan: Plan, nameAt: number, tagAt: number): number {
    const { view } = this.source;
    const hidden =
      (plan.dropReplicationAttributes && this.isReplication(nameAt)) ||
      (!plan.whole && view.getInt32(tagAt, true) === Four.NULL);
    if (!hidden) return plan.shared < 0 ? -1 : this.share(nameAt);
    const after = this.documents.member(nameAt, 0);
    if (after >= 0) this.entries.hideLast();
    return after;
  }

  private isReplication(nameAt: number): boolean {
    const { view } = this.source;
    return (
      view.getInt32(nameAt, true) === Four.REPLICATION_1 &&
      view.getInt32(nameAt + 4, true) === Four.REPLICATION_2 &&
      view.getInt32(nameAt + 5, true) === Four.REPLICATION_3
    );
  }

  private share(nameAt: number): number {
    this.strings.wroteSpecials = false;
    const after = this.documents.member(nameAt, 0);
    if (this.strings.wroteSpecials) this.sharedSpecials = true;
    this.sharing++;
    return after;
  }

  /** Assembles the shared cell. Returns false if two attributes have the same name. */
  private endShared(plan: Plan): boolean {
    const { entries, scratch } = this;
    const { cells, shared } = plan;
    if (!entries.sort(0, compareTexts)) return false;
    if (this.sharing === 0) return true;
    cells.starts[shared] = scratch.used;
    scratch.bytes[scratch.used++] = Ascii.OPEN;
    entries.write(0);
    scratch.bytes[scratch.used++] = Ascii.CLOSE;
    cells.ends[shared] = scratch.used;
    cells.flags[shared] = this.sharedSpecials ? IN_SCRATCH | HAS_SPECIALS : IN_SCRATCH;
    return true;
  }
}
