import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { Item } from './attribute-value';
import type { BlockDecoder, DecodedBlock, ObservedBlock } from './block-decoder';
import type { Catalog } from './catalog';
import type { DeadLetter } from './dead-letter';
import { parseExportLine } from './export-line';
import { MalformedItem, MalformedLine } from './malformed';
import { RowCells, type RowSink } from './row-cells';

const NEWLINE = 10;

/** Decodes with JSON.parse, line by line. */
export class JsonBlockDecoder implements BlockDecoder {
  decode(block: Uint8Array, catalog: Catalog, sink: RowSink): DecodedBlock {
    const cells = new RowCells(catalog.columns.map(({ type }) => type));
    const deadLetters: DeadLetter[] = [];
    let wider = catalog;
    const items = eachItem(block, (item) => {
      wider = wider.observe(item);
      if (wider !== catalog) return;
      const encoded = catalog.encode(item);
      if (encoded.deadLetter !== undefined) {
        deadLetters.push(catalog.deadLetter(item, encoded.deadLetter, null));
        return;
      }
      cells.clear();
      encoded.cells.forEach((cell, column) => cells.set(column, cell));
      sink.row(cells);
    });
    if (wider === catalog) return { items, wider: undefined, deadLetters };
    sink.rewind();
    return { items, wider, deadLetters: [] };
  }

  observe(block: Uint8Array, catalog: Catalog): ObservedBlock {
    let wider = catalog;
    const items = eachItem(block, (item) => (wider = wider.observe(item)));
    return { items, catalog: wider };
  }
}

/** Hands on every item of a block and returns how many there were. @throws MalformedLine */
function eachItem(block: Uint8Array, take: (item: Item) => void): number {
  let items = 0;
  for (const line of lines(block)) {
    try {
      take(parseExportLine(line));
    } catch (error) {
      if (error instanceof MalformedItem) throw new MalformedLine(items, error.reason, { cause: error });
      throw error;
    }
    items++;
  }
  return items;
}

function* lines(block: Uint8Array): Generator<string> {
  const buffer = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const encoding = isAscii(buffer) ? 'latin1' : 'utf8';
  const valid = encoding === 'latin1' || isUtf8(buffer);
  let line = 0;
  for (let start = 0; start < buffer.length; line++) {
    const newline = buffer.indexOf(NEWLINE, start);
    const end = newline < 0 ? buffer.length : newline;
    if (!valid && !isUtf8(buffer.subarray(start, end))) throw new MalformedLine(line, 'it is not UTF-8');
    yield buffer.toString(encoding, start, end);
    start = end + 1;
  }
}
