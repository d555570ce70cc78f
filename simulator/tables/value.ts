import type { AttributeValue, Item } from '../attribute-value';
import { ServiceError, validation } from '../service-error';
import { canonicalNumber, compareNumbers } from './number';
import { compareBytes, compareText } from './value-order';

const MAX_NESTING = 32;
const MAX_NAME_BYTES = 65_535;

export const serialization = (message: string): ServiceError =>
  new ServiceError('SerializationException', message);

export type ValueType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M';

export const typeOf = (value: AttributeValue): ValueType => {
  for (const type in value) return type as ValueType;
  throw new TypeError('The value has no type.');
};

/**
 * Reads a value sent by a client and returns a new canonical one, with canonical numbers and sorted sets.
 * @param level nesting level of this value, 1 for an attribute of the item
 * @throws ServiceError SerializationException for a wrong JSON type, ValidationException for a wrong value
 */
export function readValue(wire: unknown, level = 1): AttributeValue {
  if (level > MAX_NESTING) throw tooDeep();
  if (wire === null || wire === undefined) throw empty();
  if (typeof wire !== 'object' || Array.isArray(wire)) throw unexpected(wire, 'AttributeValue');
  let found: AttributeValue | undefined;
  for (const type of Object.keys(wire)) {
    const inner = (wire as Record<string, unknown>)[type];
    if (inner === null || inner === undefined) continue;
    const read = READERS[type];
    if (!read) continue;
    if (found) {
      throw validation(
        'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
      );
    }
    found = read(inner, level);
  }
  if (!found) throw empty();
  return found;
}

/**
 * Reads an item or a key: an object of values with a null prototype.
 * @throws ServiceError as `readValue`, and for names that are empty or over 65,535 bytes
 */
export function readItem(wire: unknown, level = 1): Item {
  if (typeof wire !== 'object' || wire === null || Array.isArray(wire)) throw unexpected(wire, 'Map');
  const item: Item = Object.create(null) as Item;
  for (const name of Object.keys(wire)) {
    checkName(name);
    item[name] = readValue((wire as Record<string, unknown>)[name], level);
  }
  return item;
}

/** @throws ServiceError ValidationException for an attribute name that is empty or over 65,535 bytes */
export function checkName(name: string): void {
  if (name === '') {
    throw validation('One or more parameter values were invalid: Empty attribute name');
  }
  if (name.length * 3 > MAX_NAME_BYTES && Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw validation(
      'One or more parameter values were invalid: Attribute name is too large, must be less than 65536 bytes',
    );
  }
}

const READERS: Readonly<Record<string, (wire: unknown, level: number) => AttributeValue>> = Object.assign(
  Object.create(null) as Record<string, never>,
  {
    S: (wire: unknown) => ({ S: readText(wire) }),
    N: (wire: unknown) => ({ N: canonicalNumber(readText(wire)) }),
    B: (wire: unknown) => ({ B: readBinary(wire) }),
    BOOL: (wire: unknown) => {
      if (typeof wire !== 'boolean') throw unexpected(wire, 'Boolean');
      return { BOOL: wire };
    },
    NULL: (wire: unknown) => {
      if (typeof wire !== 'boolean') throw unexpected(wire, 'Boolean');
      if (!wire) {
        throw validation(
          'One or more parameter values were invalid: Null attribute value types must have the value of true',
        );
      }
      return { NULL: true as const };
    },
    SS: (wire: unknown) => ({ SS: readSet(wire, readText, compareText, 'An string set  may not be empty') }),
    NS: (wire: unknown) => ({
      NS: readSet(
        wire,
        (member) => canonicalNumber(readText(member)),
        compareNumbers,
        'An number set  may not be empty',
      ),
    }),
    BS: (wire: unknown) => ({
      BS: readSet(wire, readBinary, compareBytes, 'Binary sets should not be empty'),
    }),
    L: (wire: unknown, level: number) => {
      if (!Array.isArray(wire)) throw unexpected(wire, 'List');
      return { L: wire.map((element) => readValue(element, level + 1)) };
    },
    M: (wire: unknown, level: number) => ({ M: readItem(wire, level + 1) }),
  },
);

function readText(wire: unknown): string {
  if (typeof wire !== 'string') throw unexpected(wire, 'String');
  return wire;
}

function readBinary(wire: unknown): string {
  const text = readText(wire);
  if (text.length % 4 !== 0) {
    throw serialization(`Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`);
  }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw serialization('Invalid Base64 character found');
  if (text.endsWith('=') && !/(?:[AEIMQUYcgkosw048]=|[AQgw]==)$/.test(text)) {
    throw serialization('Invalid last non-pad Base64 character detected');
  }
  return text;
}

function readSet(
  wire: unknown,
  readMember: (member: unknown) => string,
  compare: (left: string, right: string) => number,
  emptyMessage: string,
): string[] {
  if (!Array.isArray(wire)) throw unexpected(wire, 'Set');
  const members = wire.map(readMember);
  if (members.length === 0) throw validation(`One or more parameter values were invalid: ${emptyMessage}`);
  if (new Set(members).size !== members.length) {
    throw validation(
      `One or more parameter values were invalid: Input collection [${members.join(', ')}] contains duplicates.`,
    );
  }
  return members.sort(compare);
}

function empty(): ServiceError {
  return validation('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

/** The service's error for a JSON value of the wrong type. */
export function unexpected(wire: unknown, wanted: string): ServiceError {
  if (typeof wire === 'number') return serialization(`NUMBER_VALUE cannot be converted to ${wanted}`);
  if (typeof wire === 'boolean')
    return serialization(`${wire ? 'TRUE' : 'FALSE'}_VALUE cannot be converted to ${wanted}`);
  if (typeof wire === 'string') return serialization(`STRING_VALUE cannot be converted to ${wanted}`);
  if (Array.isArray(wire)) return serialization(`Unexpected start of a list where ${wanted} was expected`);
  return serialization(`Start of structure or map found where not expected; ${wanted} was expected`);
}

const tooDeep = (): ServiceError =>
  validation(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  );

/** Number of nesting levels in a value: 1 for a scalar or set, plus one for each list or map around it. */
export function nestingOf(value: AttributeValue): number {
  if ('L' in value) return 1 + value.L.reduce((most, element) => Math.max(most, nestingOf(element)), 0);
  if ('M' in value)
    return 1 + Object.values(value.M).reduce((most, element) => Math.max(most, nestingOf(element)), 0);
  return 1;
}

/** @throws ServiceError ValidationException if a value at this level of an item nests deeper than 32 levels */
export function checkNesting(value: AttributeValue, level: number): void {
  if (level - 1 + nestingOf(value) > MAX_NESTING) throw tooDeep();
}
