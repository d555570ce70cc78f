/** A token of an expression; the last one has kind `end`. */
export interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'index' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
}

const TOKEN =
  /\s*(?:(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<index>[0-9]+)|(?<symbol><>|<=|>=|[^\s]))/uy;

/** Splits an expression into tokens. An unknown character becomes a symbol that no rule accepts. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const groups = match.groups as Record<string, string | undefined>;
    for (const kind of ['word', 'name', 'value', 'index', 'symbol'] as const) {
      const found = groups[kind];
      if (found !== undefined)
        tokens.push({ kind, text: found, start: match.index + match[0].length - found.length });
    }
    if (TOKEN.lastIndex === text.length) break;
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: text.length });
  return tokens;
}
