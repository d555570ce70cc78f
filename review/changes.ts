/** What differs between two versions. Pure. */

/** Those that the others have not. @param identity the same for two that are the same */
export function without<One>(
  all: readonly One[],
  others: readonly One[],
  identity: (one: One) => string = (one) => JSON.stringify(one),
): readonly One[] {
  const known = new Set(others.map(identity));
  return all.filter((one) => !known.has(identity(one)));
}

/** Keys whose values differ, or which only one of the two has; sorted. */
export function changedKeys(before: object, after: object): readonly string[] {
  const [old, own] = [before, after] as Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((key) => JSON.stringify(old?.[key]) !== JSON.stringify(own?.[key]));
}
