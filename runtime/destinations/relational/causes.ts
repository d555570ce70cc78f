/** Causes of a failure, any of which may be the one. @param whys sentences, at least one */
export function oneOf(whys: readonly string[]): string {
  if (whys.length === 1) return whys[0] as string;
  return `one of these: ${whys.map((why, i) => `(${i + 1}) ${why}`).join(' ')}`;
}
