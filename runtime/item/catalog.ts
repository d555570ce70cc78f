import type { AttributeValue, Item, KeyAttribute, KeySchema } from './attribute-value';
import { cellOf, representable } from './cell';
import type { Cell, Column } from './column';
import { ColumnGrowth, isShared, sharedColumn } from './column-growth';
import { ColumnNames } from './column-name';
import { typeOfValue, widen, widenByValue } from './column-type';
import type { DeadLetter } from './dead-letter';
import type { Dialect } from './dialect';
import { mapText } from './document';
import { deadLetterJson } from './dynamodb-json';
import { keyAttributes, keyColumnType, keyText, keyValue } from './item-key';
import { CatalogMismatch, UnreadableValue } from './malformed';

export interface CatalogOptions {
  readonly keySchema: KeySchema;
  readonly dialect: Dialect;
  /** `columns`: one column per attribute. `document`: the key's columns and one with the whole item. */
  readonly layout: 'columns' | 'document';
  /** Most columns for attributes, including the key's. Attributes that come later share the `__rest` column. */
  readonly maxColumns: number;
  /** Leave out `aws:rep:*`, which global tables of version 2017.11.29 add to every item. */
  readonly dropReplicationAttributes: boolean;
  /** More names that no attribute may take, besides the replicator's usual ones and the engine's. */
  readonly ownColumns?: readonly string[];
}

/** A row with cells in the order of the catalog's columns, or the reason why the destination cannot hold the item (rule D1). */
export type EncodedItem =
  | { readonly cells: Cell[]; readonly deadLetter?: undefined }
  | { readonly deadLetter: string; readonly cells?: undefined };

const REPLICATION_PREFIX = 'aws:rep:';

/**
 * The columns of a table, and how an item becomes a row. Immutable: widening returns a new catalog. Columns are only added
 * and widened. Their names never change: `restore` takes them as recorded.
 */
export class Catalog {
  /** The key's columns, partition key first. `columns` begins with them. */
  readonly keyColumns: readonly Column[];
  private readonly keys: readonly KeyAttribute[];
  /** Attribute → index of its own column. */
  private readonly positions: ReadonlyMap<string, number>;
  /** Index of the `__rest` or `document` column. −1 if there is none: then new attributes get their own columns. */
  private readonly shared: number;

  private constructor(
    readonly options: CatalogOptions,
    private readonly names: ColumnNames,
    readonly columns: readonly Column[],
  ) {
    this.keys = keyAttributes(options.keySchema);
    this.keyColumns = columns.slice(0, this.keys.length);
    this.shared = columns.findIndex(isShared);
    const own = columns.flatMap((column, i) => (i === this.shared ? [] : [[column.attribute, i] as const]));
    this.positions = new Map(own);
  }

  /** The catalog of a table when only its key is known. */
  static initial(options: CatalogOptions): Catalog {
    const own = [...(options.ownColumns ?? []), ...(options.layout === 'document' ? ['document'] : [])];
    const names = new ColumnNames(options.dialect.identifiers, own);
    const taken = new Set<string>();
    const columns: Column[] = keyAttributes(options.keySchema).map((key, i) => {
      const name = names.choose(key.name, taken);
      taken.add(names.fold(name));
      return {
        attribute: key.name,
        name,
        type: keyColumnType(key.type),
        role: i === 0 ? 'partition key' : 'sort key',
      };
    });
    if (options.layout === 'document') columns.push(sharedColumn('document'));
    return new Catalog(options, names, columns);
  }

  /**
   * Restores the catalog from its recorded columns. Returns the initial one if there are none.
   * @throws CatalogMismatch if they belong to another key or layout
   */
  static restore(columns: readonly Column[], options: CatalogOptions): Catalog {
    const initial = Catalog.initial(options);
    if (columns.length === 0) return initial;
    const recordedKeys = columns.filter((column) => column.role.endsWith('key'));
    const sameKey =
      recordedKeys.length === initial.keyColumns.length &&
      initial.keyColumns.every(({ attribute, type }, i) => {
        const column = columns[i];
        return column?.attribute === attribute && column.type.kind === type.kind;
      });
    const layout = columns.some((column) => column.role === 'document') ? 'document' : 'columns';
    if (!sameKey || layout !== options.layout) throw new CatalogMismatch(sameKey ? 'layout' : 'key');
    return new Catalog(options, initial.names, columns);
  }

  /**
   * Returns a catalog that can also hold this item (or key alone); the same one if nothing is new or wider.
   * @throws MalformedItem if a key attribute is missing or has another type
   */
  observe(item: Item): Catalog {
    for (const key of this.keys) keyValue(item, key);
    let growth: ColumnGrowth | undefined;
    for (const [attribute, value] of item) {
      const position = this.positions.get(attribute);
      if (position !== undefined) {
        const { type } = this.columns[position] as Column;
        const wider = widenByValue(type, value);
        if (wider !== type) (growth ??= this.startGrowth()).widenTo(position, wider);
      } else if (this.shared < 0 && !this.isDropped(attribute)) {
        const type = typeOfValue(value);
        if (type !== undefined) (growth ??= this.startGrowth()).add(attribute, type);
      }
    }
    return growth === undefined ? this : new Catalog(this.options, this.names, growth.columns);
  }

  /**
   * Returns a catalog that can hold whatever either can; this one if the other adds nothing. Columns of this one keep their
   * index and name. If both together exceed `maxColumns`, the types of attributes that move to `__rest` are forgotten: observe
   * the items again, as a decoder does.
   */
  merge(other: Catalog): Catalog {
    if (other === this) return this;
    let growth: ColumnGrowth | undefined;
    for (const column of other.columns) {
      const position = this.positions.get(column.attribute);
      if (isShared(column)) {
        if (this.shared < 0) (growth ??= this.startGrowth()).close();
      } else if (position === undefined) {
        if (this.shared < 0) (growth ??= this.startGrowth()).add(column.attribute, column.type);
      } else {
        const { type } = this.columns[position] as Column;
        if (widen(type, column.type) !== type) (growth ??= this.startGrowth()).widenTo(position, column.type);
      }
    }
    return growth === undefined ? this : new Catalog(this.options, this.names, growth.columns);
  }

  /**
   * Encodes the item as a row. Call it only after `observe(item)` has returned this catalog.
   * @throws MalformedItem as `observe`
   */
  encode(item: Item): EncodedItem {
    for (const key of this.keys) keyValue(item, key);
    const cells = new Array<Cell>(this.columns.length).fill(null);
    const whole = this.options.layout === 'document';
    const problems: string[] = [];
    let rest: Map<string, AttributeValue> | undefined;
    for (const [attribute, value] of item) {
      const position = this.positions.get(attribute);
      if (position !== undefined) {
        try {
          cells[position] = cellOf(value, (this.columns[position] as Column).type, this.options.dialect);
        } catch (error) {
          problems.push(problem(attribute, error));
        }
      }
      if (position === undefined ? this.belongsToRest(attribute, value) : whole) {
        (rest ??= new Map()).set(attribute, value);
      }
    }
    if (rest !== undefined) {
      const own = this.encodeShared(rest, cells);
      problems.push(...own.filter((text) => !problems.includes(text)));
    }
    return problems.length === 0 ? { cells } : { deadLetter: summary(problems) };
  }

  /**
   * Cells of the key's columns, from an item or a stream record's keys; `undefined` if the destination cannot hold the
   * key. Call it only after `observe` of that key has returned this catalog.
   * @throws MalformedItem as `observe`
   */
  keyCells(key: Item): Cell[] | undefined {
    try {
      return this.keys.map((attribute, i) =>
        cellOf(keyValue(key, attribute), (this.keyColumns[i] as Column).type, this.options.dialect),
      );
    } catch (error) {
      if (error instanceof UnreadableValue) return undefined;
      throw error;
    }
  }

  /**
   * The key in DynamoDB JSON, partition key first, ASCII only. Texts are equal exactly when the keys are, with numbers compared by
   * value. Every key has one, even a key that the destination cannot hold.
   * @throws MalformedItem as `observe`
   */
  keyText(key: Item): string {
    return keyText(key, this.options.keySchema);
  }

  /** The dead letter of an item for which `encode` returned a reason. */
  deadLetter(item: Item, reason: string, sequenceNumber: string | null): DeadLetter {
    return { keyText: this.keyText(item), item: deadLetterJson(item), reason, sequenceNumber };
  }

  private startGrowth(): ColumnGrowth {
    return new ColumnGrowth(this.columns, this.names, this.options.maxColumns);
  }

  private isDropped(attribute: string): boolean {
    return this.options.dropReplicationAttributes && attribute.startsWith(REPLICATION_PREFIX);
  }

  /** In `__rest`, as in columns, a top-level NULL is the same as no attribute. A document distinguishes them. */
  private belongsToRest(attribute: string, value: AttributeValue): boolean {
    return !this.isDropped(attribute) && (this.options.layout === 'document' || !('NULL' in value));
  }

  /** Fills the shared cell, or returns the problems with it. */
  private encodeShared(rest: Item, cells: Cell[]): string[] {
    const { dialect } = this.options;
    if (this.shared >= 0) {
      try {
        cells[this.shared] = representable(mapText(rest), 'json', dialect);
        return [];
      } catch (error) {
        if (!(error instanceof UnreadableValue)) throw error;
      }
    }
    const problems: string[] = [];
    for (const [attribute, value] of rest) {
      try {
        representable(mapText(new Map([[attribute, value]])), 'json', dialect);
      } catch (error) {
        problems.push(problem(attribute, error));
      }
    }
    if (problems.length > 0) return problems;
    if (this.shared >= 0) return ['the destination cannot hold the item as a whole'];
    throw new RangeError(
      `no column for ${[...rest.keys()].map((name) => JSON.stringify(name)).join()}: observe the item first`,
    );
  }
}

function problem(attribute: string, error: unknown): string {
  if (error instanceof UnreadableValue) return `attribute ${JSON.stringify(attribute)}: ${error.message}`;
  throw error;
}

/** One reason for the whole item, independent of the order of its attributes. */
function summary(problems: string[]): string {
  const [first = '', ...others] = problems.sort();
  return others.length === 0 ? first : `${first} (and ${others.length} more of its attributes)`;
}
