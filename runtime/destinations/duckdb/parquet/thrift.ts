import { Buffer } from 'node:buffer';

/**
 * The part of Thrift's compact protocol that Parquet's headers need, for writing. A struct is its fields by id, in
 * ascending order. Source: Apache Thrift, "Thrift Compact protocol encoding".
 */
export type ThriftValue =
  | { readonly type: 'i32' | 'i64'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'list'; readonly element: ThriftValue['type']; readonly values: readonly ThriftValue[] }
  | { readonly type: 'struct'; readonly fields: Readonly<Record<number, ThriftValue>> };

export const i32 = (value: number): ThriftValue => ({ type: 'i32', value });
/** Takes whole numbers that a double holds. */
export const i64 = (value: number): ThriftValue => ({ type: 'i64', value });
export const text = (value: string): ThriftValue => ({ type: 'text', value });
export const struct = (fields: Readonly<Record<number, ThriftValue>>): ThriftValue => ({
  type: 'struct',
  fields,
});
/** Not empty, since the first value determines the type of the elements. */
export const list = (...values: readonly [ThriftValue, ...ThriftValue[]]): ThriftValue => ({
  type: 'list',
  element: values[0].type,
  values,
});

const TYPE_IDS = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;
const STOP = 0;
/** Longer lists have their length after the first byte. */
const LONGEST_SHORT_LIST = 14;

export function encodeThrift(value: ThriftValue): Buffer {
  const bytes: number[] = [];
  write(bytes, value);
  return Buffer.from(bytes);
}

function write(bytes: number[], value: ThriftValue): void {
  switch (value.type) {
    case 'i32':
    case 'i64':
      writeVarint(bytes, value.value < 0 ? -2 * value.value - 1 : 2 * value.value);
      break;
    case 'text': {
      const utf8 = Buffer.from(value.value);
      writeVarint(bytes, utf8.length);
      bytes.push(...utf8);
      break;
    }
    case 'list': {
      const { length } = value.values;
      const type = TYPE_IDS[value.element];
      bytes.push((Math.min(length, LONGEST_SHORT_LIST + 1) << 4) | type);
      if (length > LONGEST_SHORT_LIST) writeVarint(bytes, length);
      for (const element of value.values) write(bytes, element);
      break;
    }
    case 'struct': {
      let last = 0;
      for (const [key, field] of Object.entries(value.fields)) {
        const id = Number(key);
        bytes.push(((id - last) << 4) | TYPE_IDS[field.type]);
        write(bytes, field);
        last = id;
      }
      bytes.push(STOP);
      break;
    }
  }
}

/** Seven bits a byte, the lowest first. */
export function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
