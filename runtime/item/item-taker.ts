import type { Item } from './attribute-value';
import type { DecodedBlock } from './block-decoder';
import type { Catalog } from './catalog';
import type { DeadLetter } from './dead-letter';
import type { RowCells, RowSink } from './row-cells';

/** What a decoder does with the items of a block, one after the other. */
export interface ItemTaker {
  /** What the items so far need. */
  readonly catalog: Catalog;
  item(item: Item): void;
  /** An item that fits `catalog`, as cells of it. */
  cells(cells: RowCells): void;
}

/** Makes rows, until something wider is needed; from then on only learns all that is. */
export class RowTaker implements ItemTaker {
  private readonly deadLetters: DeadLetter[] = [];

  /** @param own for the rows of items: cells of `given` */
  constructor(
    private readonly given: Catalog,
    private readonly sink: RowSink,
    private readonly own: RowCells,
    public catalog = given,
  ) {}

  /** @throws MalformedItem when it has no key */
  item(item: Item): void {
    this.catalog = this.catalog.observe(item);
    if (this.catalog !== this.given) return;
    const encoded = this.given.encode(item);
    if (encoded.deadLetter !== undefined) {
      this.deadLetters.push(this.given.deadLetter(item, encoded.deadLetter, null));
      return;
    }
    this.own.clear();
    encoded.cells.forEach((cell, column) => this.own.set(column, cell));
    this.sink.row(this.own);
  }

  cells(cells: RowCells): void {
    if (this.catalog === this.given) this.sink.row(cells);
  }

  /** @param items how many there were */
  end(items: number): DecodedBlock {
    if (this.catalog === this.given) return { items, wider: undefined, deadLetters: this.deadLetters };
    this.sink.rewind();
    return { items, wider: this.catalog, deadLetters: [] };
  }
}

/** Learns what the items need. */
export class CatalogTaker implements ItemTaker {
  constructor(public catalog: Catalog) {}

  /** @throws MalformedItem when it has no key */
  item(item: Item): void {
    this.catalog = this.catalog.observe(item);
  }

  cells(): void {
    // It fits.
  }
}
