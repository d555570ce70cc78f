/** Digits after the point that no DynamoDB number exceeds. */
export const FINEST = 200;

/** The value of a plain decimal text, times 10^FINEST. Uses only BigInt, to check our own arithmetic. */
export function exactValue(plain: string): bigint {
  const [whole = '', fraction = ''] = plain.replace('-', '').split('.');
  const value = BigInt(whole + fraction) * 10n ** BigInt(FINEST - fraction.length);
  return plain.startsWith('-') ? -value : value;
}
