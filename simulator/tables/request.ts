import { notSimulated, validation } from '../service-error';
import { unexpected } from './value';

/** A request in wire format. */
export type Input = Readonly<Record<string, unknown>>;

const LEGACY = new Set([
  'Expected',
  'AttributeUpdates',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
  'AttributesToGet',
  'ConditionalOperator',
]);

/**
 * Rejects parameters that the simulator would otherwise silently ignore.
 * @throws ServiceError NotSimulatedException that names the unsupported parameter
 */
export function checkMembers(operation: string, input: Input, known: ReadonlySet<string>): void {
  for (const name of Object.keys(input)) {
    if (known.has(name) || input[name] === undefined || input[name] === null) continue;
    if (LEGACY.has(name)) {
      throw notSimulated(`the legacy parameter ${name} of ${operation}; use expression parameters instead`);
    }
    throw notSimulated(`the parameter ${name} of ${operation}`);
  }
}

/** The name of a member in error messages: tableName for TableName. */
const lowered = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export function missing(name: string): Error {
  return validation(
    `1 validation error detected: Value null at '${lowered(name)}' failed to satisfy constraint: Member must not be null`,
  );
}

export function constraint(name: string, value: unknown, rule: string): Error {
  return validation(
    `1 validation error detected: Value '${String(value)}' at '${lowered(name)}' failed to satisfy constraint: ${rule}`,
  );
}

const absent = (value: unknown): value is undefined | null => value === undefined || value === null;

/** Rule for a text: its length in characters and a pattern. */
export interface TextRule {
  readonly least: number;
  readonly most: number;
  readonly pattern?: RegExp;
}

/** @throws ServiceError if it is present but not a string, or breaks the rule */
export function optionalText(input: Input, name: string, rule?: TextRule): string | undefined {
  const value = input[name];
  if (absent(value)) return undefined;
  if (typeof value !== 'string') throw unexpected(value, 'String');
  if (rule) checkText(name, value, rule);
  return value;
}

/** @throws ServiceError ValidationException with the message of AWS's front end */
export function checkText(name: string, text: string, { least, most, pattern }: TextRule): void {
  if (text.length < least) {
    throw constraint(name, text, `Member must have length greater than or equal to ${least}`);
  }
  if (text.length > most) {
    throw constraint(name, text, `Member must have length less than or equal to ${most}`);
  }
  if (pattern && !pattern.test(text)) {
    const source = pattern.source.replace(/^\^|\$$/g, '');
    throw constraint(name, text, `Member must satisfy regular expression pattern: ${source}`);
  }
}

export function requiredText(input: Input, name: string, rule?: TextRule): string {
  const value = optionalText(input, name, rule);
  if (value === undefined) throw missing(name);
  return value;
}

export function optionalFlag(input: Input, name: string): boolean | undefined {
  const value = input[name];
  if (absent(value)) return undefined;
  if (typeof value !== 'boolean') throw unexpected(value, 'Boolean');
  return value;
}

/** @throws ServiceError if it is present but not an integer in [least, most] */
export function optionalInteger(
  input: Input,
  name: string,
  least: number,
  most = Infinity,
): number | undefined {
  const value = input[name];
  if (absent(value)) return undefined;
  if (typeof value !== 'number') throw unexpected(value, 'Integer');
  if (!Number.isInteger(value)) throw unexpected(value, 'Integer');
  if (value < least)
    throw constraint(name, value, `Member must have value greater than or equal to ${least}`);
  if (value > most) throw constraint(name, value, `Member must have value less than or equal to ${most}`);
  return value;
}

export function optionalEnum<T extends string>(
  input: Input,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = optionalText(input, name);
  if (value === undefined) return undefined;
  if (!(choices as readonly string[]).includes(value)) {
    throw constraint(name, value, `Member must satisfy enum value set: [${choices.join(', ')}]`);
  }
  return value as T;
}

export function optionalStructure(input: Input, name: string): Input | undefined {
  const value = input[name];
  if (absent(value)) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw unexpected(value, 'Structure');
  return value as Input;
}

export function requiredStructure(input: Input, name: string): Input {
  const value = optionalStructure(input, name);
  if (value === undefined) throw missing(name);
  return value;
}

export function optionalList(input: Input, name: string): readonly unknown[] | undefined {
  const value = input[name];
  if (absent(value)) return undefined;
  if (!Array.isArray(value)) throw unexpected(value, 'List');
  return value;
}

/** @throws ServiceError ValidationException for a list that is empty or too long */
export function checkLength(name: string, list: readonly unknown[], most: number): void {
  if (list.length === 0) throw constraint(name, '[]', 'Member must have length greater than or equal to 1');
  if (list.length <= most) return;
  throw constraint(name, `${list.length} members`, `Member must have length less than or equal to ${most}`);
}

/** A list of structures. */
export function structures(list: readonly unknown[]): readonly Input[] {
  for (const element of list) {
    if (typeof element !== 'object' || element === null || Array.isArray(element)) {
      throw unexpected(element, 'Structure');
    }
  }
  return list as readonly Input[];
}
