import { isUtf8 } from 'node:buffer';
import type { BlockDecoder, DecodedBlock, ObservedBlock } from '../block-decoder';
import type { Catalog } from '../catalog';
import { CatalogTaker, type ItemTaker, RowTaker } from '../item-taker';
import { takeLine } from '../json-block-decoder';
import type { RowSink } from '../row-cells';
import { ItemScanner } from './item-scanner';
import { Plan } from './plan';
import { Source } from './source';

/**
 * Decodes by scanning bytes, without an object or string per value. A line that is not as DynamoDB writes it, or that does
 * not fit the catalog, goes to the exact decoder (json-block-decoder.ts). Only that one refuses lines, widens catalogs and
 * writes dead letters, so both decoders return the same for any block.
 */
export class ScanningBlockDecoder implements BlockDecoder {
  /** Number of lines that went to the exact decoder so far. */
  fallbackLines = 0;
  private readonly source = new Source();
  private readonly scanner = new ItemScanner(this.source);
  private readonly plans = new WeakMap<Catalog, Plan>();

  decode(block: Uint8Array, catalog: Catalog, sink: RowSink): DecodedBlock {
    const rows = new RowTaker(catalog, sink, this.plan(catalog).cells);
    return rows.end(this.takeEach(block, rows));
  }

  observe(block: Uint8Array, catalog: Catalog): ObservedBlock {
    const taker = new CatalogTaker(catalog);
    const items = this.takeEach(block, taker);
    return { items, catalog: taker.catalog };
  }

  /** @throws MalformedLine */
  private takeEach(block: Uint8Array, taker: ItemTaker): number {
    const { source, scanner } = this;
    source.open(block);
    const { bytes } = source;
    const valid = isUtf8(bytes);
    let { catalog } = taker;
    let plan = this.plan(catalog);
    plan.cells.block = bytes;
    let items = 0;
    for (let start = 0; start < bytes.length; items++) {
      const next = valid ? scanner.line(plan, start) : -1;
      if (next >= 0) {
        taker.cells(plan.cells);
        start = next;
        continue;
      }
      this.fallbackLines++;
      const end = source.endOfLine(start);
      takeLine(bytes.subarray(start, end), items, taker);
      start = end + 1;
      if (taker.catalog !== catalog) {
        catalog = taker.catalog;
        plan = this.plan(catalog);
      }
    }
    return items;
  }

  private plan(catalog: Catalog): Plan {
    let plan = this.plans.get(catalog);
    if (plan === undefined) this.plans.set(catalog, (plan = new Plan(catalog)));
    return plan;
  }
}
