import type { Results } from '../results';
import { tableCells } from './markdown';
import { partSections } from './part-sections';
import { NOT_MEASURED, targetRows, TARGETS_HEADING, targetTable } from './targets';

/** A document in which each part that was measured has its new section and its new rows among the targets; nothing else changes. */
export function withNewParts(document: string, results: Results): string {
  const updated = partSections(results).reduce(
    (text, { heading, text: section }) => replaceSection(text, heading, section),
    document,
  );
  return withNewTargets(updated, results);
}

/** Replaces one section of a document, or appends it if there is none. */
export function replaceSection(document: string, heading: string, section: string): string {
  const start = document.indexOf(`${heading}\n`);
  if (start < 0) return `${document.trimEnd()}\n\n${section}\n`;
  const next = document.indexOf('\n## ', start + heading.length);
  const rest = next < 0 ? '' : document.slice(next + 1);
  return `${document.slice(0, start)}${section}\n${rest === '' ? '' : `\n${rest}`}`;
}

/** Contenders have no sections of their own, so their rows stay those of the last complete run. */
function withNewTargets(document: string, results: Results): string {
  const measured = targetRows({ ...results, bulk: [] }).filter(([, , text]) => text !== NOT_MEASURED);
  const table = new RegExp(`(?<=^${TARGETS_HEADING}\\n\\n)(?:\\|.*\\n)+`, 'm').exec(document);
  if (table === null || measured.length === 0) return document;
  const [, , ...rows] = tableCells(table[0]);
  const updated = rows.map((row) => measured.find(([what]) => what === row[0]) ?? row);
  const end = table.index + table[0].length;
  return `${document.slice(0, table.index)}${targetTable(updated)}\n${document.slice(end)}`;
}
