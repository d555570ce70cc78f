const SETS = new Set(['SS', 'NS', 'BS']);

/** Canonical form of a number in any spelling: sign, digits without leading and trailing zeros, power of ten. */
export function numberValue(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${mantissa.startsWith('-') ? '-' : ''}${significant}e${power}`;
}

const compareTexts = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Sorts the members of all sets in JSON, since sets have no order. */
export function normalised(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(normalised);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json).map(([name, member]): [string, unknown] => {
    if (!SETS.has(name) || !isTexts(member)) return [name, normalised(member)];
    const sortText = name === 'NS' ? numberValue : (text: string): string => text;
    return [name, [...member].sort((left, right) => compareTexts(sortText(left), sortText(right)))];
  });
  return Object.fromEntries(entries);
}

const isTexts = (json: unknown): json is string[] =>
  Array.isArray(json) && json.every((member) => typeof member === 'string');

/** JSON with sorted object members, for sorting and comparing. */
export function canonicalText(json: unknown): string {
  return JSON.stringify(json, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => compareTexts(left, right)))
      : member,
  );
}

/** Sorts a list that a service returns in no defined order. */
export const inOneOrder = (list: readonly unknown[]): unknown[] =>
  [...list].sort((left, right) => compareTexts(canonicalText(left), canonicalText(right)));

/** Like `canonicalText`, but the same for numbers of equal value. */
export const valueText = (json: unknown): string => canonicalText(valued(normalised(json)));

function valued(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(valued);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, member]): [string, unknown] => {
      if (name === 'N' && typeof member === 'string') return [name, numberValue(member)];
      if (name === 'NS' && isTexts(member)) return [name, member.map(numberValue)];
      return [name, valued(member)];
    }),
  );
}
