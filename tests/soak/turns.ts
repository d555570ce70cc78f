/** What a part has run so far. */
export interface Spent {
  readonly seeds: number;
  readonly ms: number;
}

export const NOTHING: Spent = { seeds: 0, ms: 0 };

/**
 * The name of the next part: the one with the least time so far, so that all get the same. A running seed counts as the
 * mean of its part, or as one second if the part has no mean yet.
 */
export function nextPart(
  parts: readonly string[],
  spent: ReadonlyMap<string, Spent>,
  running: readonly string[],
): string | undefined {
  const cost = (name: string) => {
    const { seeds, ms } = spent.get(name) ?? NOTHING;
    const now = running.filter((one) => one === name).length;
    return ms + now * (seeds === 0 ? 1_000 : ms / seeds);
  };
  return [...parts].sort((a, b) => cost(a) - cost(b))[0];
}
