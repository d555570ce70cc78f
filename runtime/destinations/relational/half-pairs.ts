/** Half of a surrogate pair, which JavaScript's text may hold and no other. */
export const HALF_PAIR = /\p{Surrogate}/u;

/** Pattern of such an escape in JSON text, after `\u`: `JSON.stringify` writes one for half a pair only. */
export const HALF_PAIR_ESCAPED = '[dD][89a-fA-F]';

/** JSON text with an escape `\u…` of one of these. @param escaped patterns of what follows the `\u` */
export function withEscape(...escaped: readonly string[]): RegExp {
  return new RegExp(String.raw`(?:^|[^\\])(?:\\\\)*\\u(?:${escaped.join('|')})`);
}

/** Why a text with half of a pair cannot be stored. @param engine for people: `DuckDB` */
export function halfPairReason(engine: string): string {
  return `it contains half of a surrogate pair, which is no text to ${engine}`;
}
