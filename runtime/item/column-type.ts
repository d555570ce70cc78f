import type { AttributeValue } from './attribute-value';
import type { ColumnType } from './column';
import { canonicalNumber, integerDigits, isInt64, scaleOf } from './number';

type NumberType = Extract<ColumnType, { kind: 'number' }>;

export const TEXT: ColumnType = { kind: 'text' };
export const BINARY: ColumnType = { kind: 'binary' };
export const BOOLEAN: ColumnType = { kind: 'boolean' };
export const JSON_TYPE: ColumnType = { kind: 'json' };
/** The least number type: every number's type is at least this wide. */
export const LEAST_NUMBER: ColumnType = { kind: 'number', integerDigits: 1, scale: 0, int64: true };

/** The narrowest type that holds both: commutative, associative, idempotent. Returns `a` itself if `b` adds nothing. */
export function widen(a: ColumnType, b: ColumnType): ColumnType {
  if (a.kind === 'number' && b.kind === 'number') return widenNumber(a, b);
  return a.kind === b.kind ? a : JSON_TYPE;
}

function widenNumber(a: NumberType, b: NumberType): NumberType {
  if (b.integerDigits <= a.integerDigits && b.scale <= a.scale && (b.int64 || !a.int64)) return a;
  return {
    kind: 'number',
    integerDigits: Math.max(a.integerDigits, b.integerDigits),
    scale: Math.max(a.scale, b.scale),
    int64: a.int64 && b.int64,
  };
}

/** The narrowest type of a value; `undefined` if the value needs no column (NULL, or unreadable). */
export function typeOfValue(value: AttributeValue): ColumnType | undefined {
  if ('S' in value) return TEXT;
  if ('N' in value) return typeOfNumber(value.N);
  if ('BOOL' in value) return BOOLEAN;
  if ('NULL' in value || 'unreadable' in value) return undefined;
  if ('B' in value) return BINARY;
  return JSON_TYPE;
}

function typeOfNumber(text: string): ColumnType | undefined {
  const canonical = canonicalNumber(text);
  if (canonical === undefined) return undefined;
  return {
    kind: 'number',
    integerDigits: integerDigits(canonical),
    scale: scaleOf(canonical),
    int64: isInt64(canonical),
  };
}

/** `type` widened by a value; `type` itself if the value fits. */
export function widenByValue(type: ColumnType, value: AttributeValue): ColumnType {
  if (type.kind === 'json') return type;
  if (type.kind === 'text' && 'S' in value) return type;
  const added = typeOfValue(value);
  return added === undefined ? type : widen(type, added);
}
