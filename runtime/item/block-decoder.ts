import type { Catalog } from './catalog';
import type { DeadLetter } from './dead-letter';
import type { RowSink } from './row-cells';

/**
 * Decodes the bytes of an export file to rows, with JSON.parse or with a byte scanner.
 */
export interface BlockDecoder {
  /**
   * @param block whole lines, each ending in `\n`
   * @param catalog the columns that the destination has now
   * @param sink takes the block's rows, with cells in the order of the catalog's columns. If the block needs wider columns, it is
   *   rewound before the return
   * @throws MalformedLine if a line is not an item; no line is skipped
   */
  decode(block: Uint8Array, catalog: Catalog, sink: RowSink): DecodedBlock;
  /** Returns a catalog that can hold the block's items; the same one if nothing is new. @throws MalformedLine */
  observe(block: Uint8Array, catalog: Catalog): ObservedBlock;
}

export interface ObservedBlock {
  /** Number of lines of the block. */
  readonly items: number;
  readonly catalog: Catalog;
}

export interface DecodedBlock {
  /** Number of lines of the block: rows and dead letters. */
  readonly items: number;
  /** Set if the block needs wider columns: widen the destination's table to this catalog, then decode the block again with it. */
  readonly wider: Catalog | undefined;
  readonly deadLetters: readonly DeadLetter[];
}
