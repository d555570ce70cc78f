/** Half of a surrogate pair. JavaScript strings may contain one, valid Unicode text may not. */
export const HALF_PAIR = /\p{Surrogate}/u;

/** Pattern of its escape in JSON text, after `\u`. `JSON.stringify` writes one only for half a pair. */
export const HALF_PAIR_ESCAPED = '[dD][89a-fA-F]';

/** Matches JSON text with one of these escapes. @param escaped patterns of what follows the `\u` */
export function withEscape(...escaped: readonly string[]): RegExp {
  return new RegExp(String.raw`(?:^|[^\\])(?:\\\\)*\\u(?:${escaped.join('|')})`);
}

/** Why a text with half a pair cannot be stored. @param engine for messages: `DuckDB` */
export function halfPairReason(engine: string): string {
  return `it contains half of a surrogate pair, which is not valid text in ${engine}`;
}
