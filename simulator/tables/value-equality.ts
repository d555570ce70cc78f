import type { AttributeValue, Item } from '../attribute-value';

/** Whether two canonical values are equal. Sets are sorted and numbers canonical, so this compares structure. */
export function valuesEqual(left: AttributeValue, right: AttributeValue): boolean {
  if (left === right) return true;
  if ('S' in left) return 'S' in right && left.S === right.S;
  if ('N' in left) return 'N' in right && left.N === right.N;
  if ('B' in left) return 'B' in right && left.B === right.B;
  if ('BOOL' in left) return 'BOOL' in right && left.BOOL === right.BOOL;
  if ('NULL' in left) return 'NULL' in right;
  if ('SS' in left) return 'SS' in right && textsEqual(left.SS, right.SS);
  if ('NS' in left) return 'NS' in right && textsEqual(left.NS, right.NS);
  if ('BS' in left) return 'BS' in right && textsEqual(left.BS, right.BS);
  if ('M' in left) return 'M' in right && itemsEqual(left.M, right.M);
  return (
    'L' in right &&
    left.L.length === right.L.length &&
    left.L.every((value, i) => valuesEqual(value, right.L[i] as AttributeValue))
  );
}

function textsEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, i) => text === right[i]);
}

/** Whether two canonical items or map values are equal, in any order of attributes. */
export function itemsEqual(left: Item, right: Item): boolean {
  if (left === right) return true;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  for (const name of names) {
    const other = right[name];
    if (other === undefined || !valuesEqual(left[name] as AttributeValue, other)) return false;
  }
  return true;
}
