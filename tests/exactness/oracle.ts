import type { AttributeValue, Item } from '../../simulator';
import { progress } from '../tiers/progress';
import type { ChainTable } from './chain';
import type { Place } from './places';
import { hasText, plainJson, plainJsonOfMap, plainNumber } from './plain-json';
import type { DeadLetterRow, DestinationColumn, DestinationTable, Kind, Row } from './reader';

/** What the oracle found. Everything except `cells` and the counts should be empty. */
export interface Judgement {
  readonly rows: number;
  readonly cells: number;
  readonly deadLetters: number;
  readonly deletedRows: number;
  /** Descriptions of the first faults. */
  readonly faults: readonly string[];
}

/** The source's state: its items, the last write of each key since the start (epoch ms), and deleted keys. */
export interface Expected {
  readonly items: Iterable<Item>;
  /** `undefined` for a key that was not written since the export. */
  lastWrite(key: string): number | undefined;
  readonly deleted: ReadonlySet<string>;
}

const MOST_FAULTS = 10;

/** A key in canonical spelling, for maps. */
export function keyTextOf(key: ChainTable['key'], item: Item): string {
  return JSON.stringify(key.map(({ name }) => scalarText(item[name]!)));
}

/**
 * Compares every cell of a destination table with the source's items. It has its own implementation of the mapping in
 * docs/ARCHITECTURE.md ("Values in the destination") and uses none of the runtime's code.
 */
export class Oracle {
  private readonly faults: string[] = [];
  private rows = 0;
  private cells = 0;
  private letters = 0;
  private deletedRows = 0;
  private readonly missing = new Map<string, Item>();
  private readonly letterItems = new Map<string, Item>();
  private readonly own = new Set<string>();

  constructor(
    private readonly table: ChainTable,
    private readonly destination: DestinationTable,
    private readonly promises: Place['promises'],
    private readonly expected: Expected,
  ) {
    for (const { attribute, role } of destination.columns) {
      if (role !== 'rest' && role !== 'document') this.own.add(attribute);
    }
    for (const raw of expected.items) {
      const item = withoutReplication(raw);
      const key = keyTextOf(table.key, item);
      // A dead letter is the unchanged item.
      if (this.isDeadLetter(item)) this.letterItems.set(key, raw);
      else this.missing.set(key, item);
    }
  }

  async judge(rows: AsyncIterable<Row>, letters: readonly DeadLetterRow[]): Promise<Judgement> {
    this.judgeColumns();
    for await (const row of rows) {
      progress();
      this.judgeRow(row);
    }
    for (const key of this.missing.keys()) this.fault(`${key}: its row is missing`);
    for (const deadLetter of letters) this.judgeLetter(deadLetter);
    for (const key of this.letterItems.keys()) this.fault(`${key}: its dead letter is missing`);
    const { rows: count, cells, letters: deadLetters, deletedRows, faults } = this;
    return { rows: count, cells, deadLetters, deletedRows, faults };
  }

  /** Checks that each attribute has a column, with its own name if possible. */
  private judgeColumns(): void {
    const columns = this.destination.columns.filter(({ role }) => role !== 'rest' && role !== 'document');
    if (this.own.size !== columns.length) this.fault('an attribute has two columns');
    // If some attributes have no column, one of them may have taken the name.
    const hasRest = columns.length < this.destination.columns.length;
    for (const { attribute, name } of columns) {
      const same = columns.filter((other) => other.attribute.toLowerCase() === attribute.toLowerCase());
      const isOrdinary =
        /^[a-z0-9 .\-"]+$/i.test(attribute) &&
        !/^(rowid|document)$/i.test(attribute) &&
        attribute.length <= this.promises.longestName;
      if (name !== attribute && isOrdinary && same.length === 1 && !hasRest)
        this.fault(`attribute ${attribute} has the column ${name}`);
    }
  }

  /** Whether a value, or a name inside a document, has a text that the destination cannot hold. */
  private isDeadLetter(item: Item): boolean {
    const { cannotHold } = this.promises;
    return Object.keys(item).some((attribute) => {
      const value = item[attribute]!;
      if (hasText(value, cannotHold)) return true;
      if (!cannotHold(attribute) || this.own.has(attribute)) return false;
      return this.destination.layout === 'document' || !('NULL' in value);
    });
  }

  private judgeRow(row: Row): void {
    const { columns } = this.destination;
    const key = JSON.stringify(
      this.table.key.map(({ name }) => {
        const at = columns.findIndex(({ attribute }) => attribute === name);
        return keyCellText(columns[at]!, row.cells[at] ?? null);
      }),
    );
    if (row.deleted === true) {
      this.deletedRows++;
      if (!this.expected.deleted.has(key)) this.fault(`${key}: marked as deleted`);
      return;
    }
    const item = this.missing.get(key);
    if (!item) {
      this.fault(`${key}: an additional or duplicate row`);
      return;
    }
    this.missing.delete(key);
    this.rows++;
    columns.forEach((column, i) => {
      this.cells++;
      const expected = this.expectedCell(column, item);
      const cell = cellText(column, row.cells[i] ?? null);
      if (cell !== expected)
        this.fault(`${key}: ${column.name} is ${shown(cell)}, should be ${shown(expected)}`);
    });
    const written = this.expected.lastWrite(key);
    const time = written === undefined ? null : Math.floor(written / 1_000) * 1_000;
    if (row.sourceTime !== time) this.fault(`${key}: __source_time is ${row.sourceTime}, should be ${time}`);
  }

  private expectedCell({ attribute, role, kind }: DestinationColumn, item: Item): string | null {
    if (role === 'document') return plainJsonOfMap(item);
    if (role === 'rest') {
      const rest = Object.entries(item).filter(([name, value]) => !this.own.has(name) && !('NULL' in value));
      return rest.length === 0 ? null : plainJsonOfMap(Object.fromEntries(rest));
    }
    const value = Object.hasOwn(item, attribute) ? item[attribute] : undefined;
    return value === undefined || 'NULL' in value ? null : cellOf(value, kind);
  }

  private judgeLetter({ key, item, reason }: DeadLetterRow): void {
    const found = JSON.parse(item) as Item;
    const source = keyTextOf(this.table.key, found);
    const expected = this.letterItems.get(source);
    this.letterItems.delete(source);
    this.letters++;
    if (!expected) this.fault(`${source}: an additional or duplicate dead letter`);
    else if (plainJsonOfMap(found) !== plainJsonOfMap(expected))
      this.fault(`${source}: its dead letter differs`);
    if (!this.promises.reason.test(reason))
      this.fault(`${source}: unexpected reason of its dead letter: ${reason}`);
    if (keyTextOf(this.table.key, JSON.parse(key) as Item) !== source)
      this.fault(`${source}: its dead letter has the key ${key}`);
  }

  private fault(words: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push(words.slice(0, 1_000));
  }
}

function withoutReplication(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('aws:rep:')));
}

/** The expected cell of a value in a column of this kind, in the form of `cellText`. */
function cellOf(value: AttributeValue, kind: Kind): string {
  if (kind === 'json') return plainJson(value);
  if ('S' in value && kind === 'text') return value.S;
  if ('N' in value && (kind === 'text' || kind === 'number')) return plainNumber(value.N);
  if ('B' in value && kind === 'bytes') return value.B;
  if ('BOOL' in value && kind === 'boolean') return String(value.BOOL);
  return `a column that can hold ${plainJson(value)}; it is of ${kind}`;
}

function scalarText(value: AttributeValue): string {
  if ('S' in value) return value.S;
  if ('N' in value) return plainNumber(value.N);
  if ('B' in value) return value.B;
  throw new TypeError('The value is not a key.');
}

const keyCellText = (column: DestinationColumn, cell: string | null): string =>
  String(cellText(column, cell));

/** A cell as text, with numbers without the trailing zeros of decimal columns. */
function cellText({ kind }: DestinationColumn, cell: string | null): string | null {
  return cell !== null && kind === 'number' ? plainNumber(cell) : cell;
}

function shown(cell: string | null): string {
  return cell === null ? 'NULL' : JSON.stringify(cell).slice(0, 300);
}
