import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { BlockDecoder, DecodedBlock } from '../../../../runtime/item/block-decoder';
import type { Catalog } from '../../../../runtime/item/catalog';
import type { Cell } from '../../../../runtime/item/column';
import { JsonBlockDecoder } from '../../../../runtime/item/json-block-decoder';
import { MalformedLine } from '../../../../runtime/item/malformed';
import { CollectedRows, HAS_SPECIALS, IN_SCRATCH, type RowCells } from '../../../../runtime/item/row-cells';
import type { ScanningBlockDecoder } from '../../../../runtime/item/scanner/scanning-block-decoder';

const exact = new JsonBlockDecoder();

/** Collects rows, and checks that their flags are true. */
class CheckedRows extends CollectedRows {
  override row(cells: RowCells): void {
    cells.types.forEach(({ kind }, column) => {
      const start = cells.starts[column]!;
      if (start < 0 || kind === 'boolean' || kind === 'binary') return;
      const flags = cells.flags[column]!;
      const source = flags & IN_SCRATCH ? cells.scratch : cells.block;
      const special = source.subarray(start, cells.ends[column]).some((byte) => byte < 0x20 || byte === 0x5c);
      assert.ok(!special || flags & HAS_SPECIALS, `column ${column} holds specials without its flag`);
    });
    super.row(cells);
  }
}

type Outcome =
  | { readonly decoded: DecodedBlock; readonly columns: unknown; readonly rows: readonly Cell[][] }
  | { readonly line: number; readonly reason: string };

function outcome(decode: () => Outcome): Outcome {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedLine) return { line: error.line, reason: error.reason };
    throw error;
  }
}

function decode(decoder: BlockDecoder, block: Uint8Array, catalog: Catalog): Outcome {
  return outcome(() => {
    const sink = new CheckedRows();
    const decoded = decoder.decode(block, catalog, sink);
    const columns = decoded.wider?.columns;
    return { decoded: { ...decoded, wider: undefined }, columns, rows: sink.take() };
  });
}

function observe(decoder: BlockDecoder, block: Uint8Array, catalog: Catalog): unknown {
  return outcome(() => {
    const observed = decoder.observe(block, catalog);
    const decoded = { items: observed.items, wider: undefined, deadLetters: [] };
    return { decoded, columns: observed.catalog.columns, rows: [] };
  });
}

/**
 * Compares the scanner with the exact decoder over a block, with the given catalog and with the one that the block needs.
 * Returns the number of lines that the scanner decoded itself.
 */
export function assertSame(scanner: ScanningBlockDecoder, block: Uint8Array, catalog: Catalog): number {
  const kept = Uint8Array.from(block);
  const before = scanner.fallbackLines;
  let lines = 0;
  for (let known: Catalog | undefined = catalog; known !== undefined; ) {
    const expected = decode(exact, block, known);
    assertEqual(decode(scanner, block, known), expected, block);
    assertEqual(observe(scanner, block, known), observe(exact, block, known), block);
    if ('line' in expected) break;
    lines += 2 * expected.decoded.items;
    const { catalog: wider } = exact.observe(block, known);
    known = wider === known ? undefined : wider;
  }
  assert.ok(isDeepStrictEqual(Uint8Array.from(block), kept), 'the block was modified');
  return lines - (scanner.fallbackLines - before);
}

/** Keeps the message short enough to read. */
function assertEqual(actual: unknown, expected: unknown, block: Uint8Array): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const shown = (value: unknown) => JSON.stringify(value).slice(0, 2000);
  assert.fail(
    `the scanner returns ${shown(actual)}\nthe exact decoder ${shown(expected)}\nfor ${shown(Buffer.from(block).toString('latin1'))}`,
  );
}
