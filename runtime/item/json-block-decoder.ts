import type { Buffer } from 'node:buffer';
import type { BlockDecoder, DecodedBlock, ObservedBlock } from './block-decoder';
import { eachLine, readLine } from './block-lines';
import type { Catalog } from './catalog';
import { parseExportLine } from './export-line';
import { CatalogTaker, type ItemTaker, RowTaker } from './item-taker';
import { RowCells, type RowSink } from './row-cells';

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
  readLine(line, index, (text) => taker.item(parseExportLine(text)));
}

/** Passes every item of a block to `taker`. Returns their number. @throws MalformedLine */
function takeEach(block: Uint8Array, taker: ItemTaker): number {
  return eachLine(block, (line, index) => takeLine(line, index, taker));
}
