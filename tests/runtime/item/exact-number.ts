/** Digits after the point that no DynamoDB number exceeds. */
export const FINEST = 200;

/** What a plain decimal text stands for, times 10^FINEST; by BigInt alone, as judge over our own arithmetic. */
export function exactValue(plain: string): bigint {
  const [whole = '', fraction = ''] = plain.replace('-', '').split('.');
  const value = BigInt(whole + fraction) * 10n ** BigInt(FINEST - fraction.length);
  return plain.startsWith('-') ? -value : value;
}
