import { duckdbDialect } from '../../runtime/destinations/duckdb/dialect';
import { wholeLines } from '../../runtime/export/lines';
import type { BlockDecoder } from '../../runtime/item/block-decoder';
import { JsonBlockDecoder } from '../../runtime/item/json-block-decoder';
import type { RowSink } from '../../runtime/item/row-cells';
import { ScanningBlockDecoder } from '../../runtime/item/scanner/scanning-block-decoder';
import { decompressed, knownCatalog, PIECE_BYTES } from '../shapes/input';
import type { Contender } from './contender';

const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/** Counts rows and drops them. */
class Counted implements RowSink {
  rows = 0;

  row(): void {
    this.rows++;
  }

  rewind(): void {
    throw new Error('The columns must be known beforehand.');
  }
}

/** Decodes every item into cells, as for a destination. */
function decodeWith(decoder: BlockDecoder): Contender {
  return async ({ input, files }) => {
    const catalog = knownCatalog(input.columns, duckdbDialect);
    return {
      async run() {
        const sink = new Counted();
        for (const file of files) {
          for await (const block of wholeLines(decompressed(file), PIECE_BYTES, LONGEST_LINE_BYTES)) {
            decoder.decode(block, catalog, sink);
          }
        }
        return sink.rows;
      },
    };
  };
}

export const scan: Contender = (task) => decodeWith(new ScanningBlockDecoder())(task);
export const decodeExactly: Contender = (task) => decodeWith(new JsonBlockDecoder())(task);
