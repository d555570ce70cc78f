/** What has been run of a part so far. */
export interface Spent {
  readonly seeds: number;
  readonly ms: number;
}

export const NOTHING: Spent = { seeds: 0, ms: 0 };

/**
 * Which part is next, by name: the one that has had the least time, so that all have the same. What runs now counts as the
 * mean of its part, and as a little where nothing is known of it.
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
