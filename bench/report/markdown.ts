/** A Markdown table, aligned as the formatter does it. The first `textColumns` columns are text, the others figures. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  textColumns = 1,
): string {
  const widths = head.map((title, i) =>
    Math.max(3, ...[title, ...rows.map((row) => row[i] ?? '')].map(width)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => pad(cell, widths[i] ?? 0, i < textColumns)).join(' | ')} |`;
  const rule = widths.map((wide, i) => (i < textColumns ? '-'.repeat(wide) : `${'-'.repeat(wide - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** The cells of each line of a Markdown table, its head and rule included; no cell may contain a `|`. */
export function tableCells(table: string): readonly (readonly string[])[] {
  const lines = table.split('\n').filter((line) => line !== '');
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function width(text: string): number {
  return [...text].length;
}

function pad(text: string, wide: number, isText: boolean): string {
  const space = ' '.repeat(wide - width(text));
  return isText ? text + space : space + text;
}
