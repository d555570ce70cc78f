import type { Catalog } from './catalog';
import type { Cell } from './column';
import type { DeadLetter } from './dead-letter';

/**
 * Bytes of an export file to rows. What stands behind it (JSON.parse or a byte scanner) is nobody else's business.
 */
export interface BlockDecoder {
  /**
   * @param block whole lines, each ending in `\n`
   * @param catalog the columns the destination has now
   * @throws MalformedLine when a line holds no item; nothing is skipped
   */
  decode(block: Uint8Array, catalog: Catalog): DecodedBlock;
}

export type DecodedBlock =
  | {
      /** Lines of the block: rows and dead letters together. */
      readonly items: number;
      readonly wider: undefined;
      /** Cells in the order of the catalog's columns. */
      readonly rows: Cell[][];
      readonly deadLetters: DeadLetter[];
    }
  | {
      readonly items: number;
      /** The catalog that this block's items need: widen the destination's table, then decode the block again with it. */
      readonly wider: Catalog;
    };
