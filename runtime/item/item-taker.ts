import type { Item } from './attribute-value';
import type { DecodedBlock } from './block-decoder';
import type { Catalog } from './catalog';
import type { DeadLetter } from './dead-letter';
import type { RowCells, RowSink } from './row-cells';

/** Receives the items of a block from a decoder, one after the other. */
export interface ItemTaker {
  /** A catalog that can hold the items so far. */
  readonly catalog: Catalog;
  item(item: Item): void;
  /** Receives an item that fits `catalog`, as cells. */
  cells(cells: RowCells): void;
}

/** Makes rows until an item needs wider columns. From then on it only collects what the items need. */
export class RowTaker implements ItemTaker {
  private readonly deadLetters: DeadLetter[] = [];

  /** @param own reused for the rows of items: cells of `given` */
  constructor(
    private readonly given: Catalog,
    private readonly sink: RowSink,
    private readonly own: RowCells,
    public catalog = given,
  ) {}

  /** @throws MalformedItem if it has no key */
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

  /** @param items number of items in the block */
  end(items: number): DecodedBlock {
    if (this.catalog === this.given) return { items, wider: undefined, deadLetters: this.deadLetters };
    this.sink.rewind();
    return { items, wider: this.catalog, deadLetters: [] };
  }
}

/** Only collects what columns the items need. */
export class CatalogTaker implements ItemTaker {
  constructor(public catalog: Catalog) {}

  /** @throws MalformedItem if it has no key */
  item(item: Item): void {
    this.catalog = this.catalog.observe(item);
  }

  cells(): void {
    // The item fits.
  }
}
