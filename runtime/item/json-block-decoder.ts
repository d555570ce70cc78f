import { Buffer, isUtf8 } from 'node:buffer';
import type { BlockDecoder, DecodedBlock, ObservedBlock } from './block-decoder';
import type { Catalog } from './catalog';
import { parseExportLine } from './export-line';
import { CatalogTaker, type ItemTaker, RowTaker } from './item-taker';
import { MalformedItem, MalformedLine } from './malformed';
import { RowCells, type RowSink } from './row-cells';

const NEWLINE = 10;

/** Decodes with JSON.parse, line by line. The reference for what any line means. */
export class JsonBlockDecoder implements BlockDecoder {
  decode(block: Uint8Array, catalog: Catalog, sink: RowSink): DecodedBlock {
    const rows = new RowTaker(catalog, sink, new RowCells(catalog.columns.map(({ type }) => type)));
    return rows.end(takeEach(block, rows));
  }

  observe(block: Uint8Array, catalog: Catalog): ObservedBlock {
    const taker = new CatalogTaker(catalog);
    const items = takeEach(block, taker);
    return { items, catalog: taker.catalog };
  }
}

/** Passes the item of one line to `taker`. `index`: of the line in its block, from 0. @throws MalformedLine */
export function takeLine(line: Buffer, index: number, taker: ItemTaker): void {
  if (!isUtf8(line)) throw new MalformedLine(index, 'it is not UTF-8');
  try {
    taker.item(parseExportLine(line.toString('utf8')));
  } catch (error) {
    if (error instanceof MalformedItem) throw new MalformedLine(index, error.reason, { cause: error });
    throw error;
  }
}

/** Passes every item of a block to `taker`. Returns their number. @throws MalformedLine */
function takeEach(block: Uint8Array, taker: ItemTaker): number {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  let items = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    takeLine(bytes.subarray(start, end), items++, taker);
    start = end + 1;
  }
  return items;
}
