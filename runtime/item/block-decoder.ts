import type { Catalog } from './catalog';
import type { DeadLetter } from './dead-letter';
import type { RowSink } from './row-cells';

/**
 * Bytes of an export file to rows. What stands behind it (JSON.parse or a byte scanner) is nobody else's business.
 */
export interface BlockDecoder {
  /**
   * @param block whole lines, each ending in `\n`
   * @param catalog the columns the destination has now
   * @param sink takes the block's rows, made for the catalog's columns in their order. When something wider is needed, it
   *   has been rewound
   * @throws MalformedLine when a line holds no item; nothing is skipped
   */
  decode(block: Uint8Array, catalog: Catalog, sink: RowSink): DecodedBlock;
  /** The catalog that holds what the block's items need: the same one when nothing is new. @throws MalformedLine */
  observe(block: Uint8Array, catalog: Catalog): ObservedBlock;
}

export interface ObservedBlock {
  /** Lines of the block. */
  readonly items: number;
  readonly catalog: Catalog;
}

export interface DecodedBlock {
  /** Lines of the block: rows and dead letters together. */
  readonly items: number;
  /** The catalog that this block's items need: widen the destination's table, then decode the block again with it. */
  readonly wider: Catalog | undefined;
  readonly deadLetters: readonly DeadLetter[];
}
