import assert from 'node:assert/strict';
import type {
  ChangeBatch,
  LedgerEntry,
  PipelineStore,
  RereadRule,
  RowChange,
  TableTarget,
} from '../../../runtime/destinations/destination';
import type { Cell, Column } from '../../../runtime/item/column';
import { keyOfText, keyText } from '../../../runtime/item/item-key';
import type { Fixture } from '../fixture';
import { attribute, checkpoint, COLUMNS, INT64, ORDERS, published } from './orders';

export const TIME = 1_700_000_000_000;
export const NOTHING: RereadRule = { since: TIME * 2, untimed: false, edges: [] };

export function textOf(id: string): string {
  return keyText(new Map([['id', { S: id }]]), ORDERS.keySchema);
}

/** The reverse of `textOf`. */
export function idOf(text: string): string {
  return (keyOfText(text, ORDERS.keySchema).get('id') as { readonly S: string }).S;
}

/** The change with the key text of a pipeline. */
export function real(change: RowChange): RowChange {
  const text = textOf(change.keyText);
  if (change.action !== 'dead letter') return { ...change, keyText: text };
  return { ...change, keyText: text, deadLetter: { ...change.deadLetter, keyText: text } };
}

export function batch(...changes: readonly RowChange[]): ChangeBatch {
  return { columns: COLUMNS, changes: changes.map(real) };
}

export async function* batches(...all: readonly ChangeBatch[]): AsyncGenerator<ChangeBatch> {
  yield* all;
}

export function stage(
  store: PipelineStore,
  changes: readonly RowChange[],
  file?: LedgerEntry,
  generation = 2,
) {
  return store.stage(generation, batches(batch(...changes)), file);
}

export const entry = (file: string): LedgerEntry => ({ file, items: 1 });

/** A pipeline with a published table, in which a heal has begun. */
export async function healing(
  fixture: Fixture,
  rows: readonly (readonly Cell[])[] = [['a', 'loaded a']],
  { target = ORDERS as TableTarget, columns = COLUMNS, before = [] as readonly RowChange[] } = {},
): Promise<PipelineStore> {
  const store = await published(fixture, rows, target, columns);
  if (before.length > 0) await store.apply('visible', batch(...before), checkpoint('followed'));
  await store.startGeneration(2, checkpoint('healing'), 'lines');
  return store;
}

/** The texts of the keys to read again, sorted. */
export async function found(store: PipelineStore, rule: Partial<RereadRule>): Promise<readonly string[]> {
  const all: string[] = [];
  await store.findKeys({ ...NOTHING, ...rule }, async (keyTexts) => void all.push(...keyTexts));
  return all.sort();
}

export async function linesDropped(fixture: Fixture): Promise<void> {
  const dump = await fixture.dump();
  assert.doesNotMatch(dump, /\b(?:lines|changes)_\d/);
}

/** The columns that earlier pieces have added. */
export function more(piece: number): readonly Column[] {
  return Array.from({ length: piece - 1 }, (_, i) => attribute(`more${i + 1}`, INT64));
}
