import type { ComparedKeys, Comparison, Difference } from '../../runtime/destinations/destination';
import type { Cell } from '../../runtime/item/column';
import { keyPositions, sameCell, type StoredPipeline, type StoredRow } from './memory-store';

export function compareTables(pipeline: StoredPipeline, examples: number, which: ComparedKeys): Comparison {
  const isSample = which === 'sample';
  const { visible, verify } = pipeline.tables;
  const skipped = new Set(pipeline.changedKeys.values());
  const found: Difference[] = [];
  let rowsCompared = 0;
  let differences = 0;
  const differ = (difference: Difference) => {
    differences += 1;
    if (found.length < examples) found.push(difference);
  };
  for (const key of new Set([...(isSample ? [] : visible.keys()), ...verify.keys()])) {
    if (skipped.has(key)) continue;
    const here = visible.get(key);
    const there = verify.get(key);
    const live = here === undefined || here.deleted ? undefined : here;
    if (live === undefined && there === undefined) continue;
    rowsCompared += 1;
    const row = (live ?? there) as StoredRow;
    if (live === undefined || there === undefined) {
      differ({ key: nameKey(pipeline, row), difference: missing(live), columns: [] });
      continue;
    }
    const columns = pipeline.columns.filter((_, i) => !sameCell(live.cells[i], there.cells[i]));
    if (columns.length === 0) continue;
    differ({
      key: nameKey(pipeline, row),
      difference: 'different',
      columns: columns.map(({ name }) => name),
    });
  }
  const deadLetters = pipeline.deadLetters;
  for (const keyText of new Set([
    ...(isSample ? [] : deadLetters.visible.keys()),
    ...deadLetters.verify.keys(),
  ])) {
    if (pipeline.changedKeys.has(keyText)) continue;
    const here = deadLetters.visible.get(keyText);
    const there = deadLetters.verify.get(keyText);
    rowsCompared += 1;
    const key = { 'dead letter': keyText };
    if (here === undefined || there === undefined) differ({ key, difference: missing(here), columns: [] });
    else if (here.item !== there.item) differ({ key, difference: 'different', columns: [] });
  }
  const ofSample = [...pipeline.changedKeys].filter(
    ([keyText, key]) => deadLetters.verify.has(keyText) || (key !== undefined && verify.has(key)),
  );
  const keysSkipped = isSample ? ofSample.length : pipeline.changedKeys.size;
  return { rowsCompared, keysSkipped, differences, examples: found };
}

function missing(here: unknown): Difference['difference'] {
  return here === undefined ? 'missing in the destination' : 'missing in the source';
}

function nameKey(pipeline: StoredPipeline, row: StoredRow): Record<string, string> {
  return Object.fromEntries(
    keyPositions(pipeline.columns).map((position) => [
      pipeline.columns[position]?.name ?? '',
      cellText(row.cells[position] ?? null),
    ]),
  );
}

function cellText(cell: Cell): string {
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : String(cell);
}
