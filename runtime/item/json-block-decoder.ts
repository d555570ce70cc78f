import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { BlockDecoder, DecodedBlock } from './block-decoder';
import type { Catalog } from './catalog';
import type { Cell } from './column';
import type { DeadLetter } from './dead-letter';
import { parseExportLine } from './export-line';
import { MalformedItem, MalformedLine } from './malformed';

const NEWLINE = 10;

/** Decodes with JSON.parse, line by line. */
export class JsonBlockDecoder implements BlockDecoder {
  decode(block: Uint8Array, catalog: Catalog): DecodedBlock {
    const rows: Cell[][] = [];
    const deadLetters: DeadLetter[] = [];
    let wider = catalog;
    let items = 0;
    for (const line of lines(block)) {
      try {
        const item = parseExportLine(line);
        wider = wider.observe(item);
        if (wider === catalog) {
          const encoded = catalog.encode(item);
          if (encoded.deadLetter === undefined) rows.push(encoded.cells);
          else deadLetters.push(catalog.deadLetter(item, encoded.deadLetter, null));
        }
      } catch (error) {
        if (error instanceof MalformedItem) throw new MalformedLine(items, error.reason, { cause: error });
        throw error;
      }
      items++;
    }
    return wider === catalog ? { items, wider: undefined, rows, deadLetters } : { items, wider };
  }
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
