/** Differences between two versions. Pure. */

/** Items that are not among the others. @param identity equal for equal items */
export function without<One>(
  all: readonly One[],
  others: readonly One[],
  identity: (one: One) => string = (one) => JSON.stringify(one),
): readonly One[] {
  const known = new Set(others.map(identity));
  return all.filter((one) => !known.has(identity(one)));
}

/** Keys whose values differ or that only one side has, sorted. */
export function changedKeys(before: object, after: object): readonly string[] {
  const [old, own] = [before, after] as Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((key) => JSON.stringify(old?.[key]) !== JSON.stringify(own?.[key]));
}
