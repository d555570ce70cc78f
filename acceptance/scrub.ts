/** Removes from a report whatever identifies an account or a run. Pure. */

/** What must not be in a report. */
export interface Secrets {
  /** 12 digits. */
  readonly account: string;
  readonly suffix: string;
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Up to what cannot be in an ARN; a full stop ends a sentence only.
  [/\barn:aws[\w-]*:[^\s"'`,;()<>|]*[^\s"'`,;()<>|.:]/g, '(ARN)'],
  [/\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|APKA|ABIA|ACCA)[A-Z0-9]{12,}\b/g, '(key id)'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '(id)'],
  // A request id of DynamoDB.
  [/\b[A-Z0-9]{52}\b/g, '(id)'],
  [/(?<!\d)\d{12}(?!\d)/g, '(account)'],
];

/** The text with placeholders. */
export function scrubText(text: string, { account, suffix }: Secrets): string {
  // First: a placeholder inside an ARN would end it, and the names behind it would stay.
  const scrubbed = PATTERNS.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text);
  return scrubbed.replaceAll(account || '\0', '(account)').replaceAll(suffix, '(suffix)');
}

/** All strings in a value, names of members included. */
export function scrub<Value>(value: Value, secrets: Secrets): Value {
  if (typeof value === 'string') return scrubText(value, secrets) as Value;
  if (typeof value === 'number' && String(value) === secrets.account) return '(account)' as Value;
  if (Array.isArray(value)) return value.map((each: unknown) => scrub(each, secrets)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [scrubText(name, secrets), scrub(member, secrets)]),
  ) as Value;
}
