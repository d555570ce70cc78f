/** What differs between two versions. Pure. */

/** Those that the others have not. @param told by what two are the same */
export function without<One>(
  all: readonly One[],
  others: readonly One[],
  told: (one: One) => string = (one) => JSON.stringify(one),
): readonly One[] {
  const known = new Set(others.map(told));
  return all.filter((one) => !known.has(told(one)));
}

/** Keys whose values differ, or which only one of the two has; sorted. */
export function changedKeys(before: object, after: object): readonly string[] {
  const [old, own] = [before, after] as Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((key) => JSON.stringify(old?.[key]) !== JSON.stringify(own?.[key]));
}
