import type { AttributeValue } from '../../attribute-value';
import { ServiceError, validation } from '../../service-error';
import { valueSize } from '../item-size';
import type { Input } from '../request';
import { optionalStructure } from '../request';
import { checkName, readValue, unexpected } from '../value';

/** Of a #name or :value with its sign. Source: "Service, account, and table quotas in Amazon DynamoDB". */
const MAX_KEY_LENGTH = 255;

function checkLength(parameter: string, what: 'name' | 'value', { length }: string): void {
  if (length <= MAX_KEY_LENGTH) return;
  throw validation(
    `${parameter} contains invalid key: The expression attribute ${what} is too long; length: ${length}, maximum: ${MAX_KEY_LENGTH}`,
  );
}

/** The #names and :values of one request. Records which of them its expressions use. */
export class Placeholders {
  private readonly names = new Map<string, string>();
  private readonly values = new Map<string, AttributeValue>();
  private readonly used = new Set<string>();

  /**
   * @param expressions names of the parameters that can use them, such as UpdateExpression
   * @throws ServiceError ValidationException for malformed names, or if the request has no expression
   */
  constructor(input: Input, expressions: readonly string[]) {
    const names = optionalStructure(input, 'ExpressionAttributeNames');
    const values = optionalStructure(input, 'ExpressionAttributeValues');
    if (!names && !values) return;
    const none = expressions.every(
      (expression) => input[expression] === undefined || input[expression] === null,
    );
    for (const [parameter, given] of [
      ['ExpressionAttributeNames', names],
      ['ExpressionAttributeValues', values],
    ] as const) {
      if (!given) continue;
      if (none) {
        throw validation(
          `${parameter} can only be specified when using expressions: ${expressions.join(' and ')} ${expressions.length > 1 ? 'are' : 'is'} null`,
        );
      }
      if (Object.keys(given).length === 0) throw validation(`${parameter} must not be empty`);
    }
    for (const [key, name] of Object.entries(names ?? {})) this.readName(key, name);
    for (const [key, value] of Object.entries(values ?? {})) this.readValue(key, value);
  }

  /** The attribute a #name stands for. */
  name(key: string): string | undefined {
    this.used.add(key);
    return this.names.get(key);
  }

  /** The value that a :value stands for. */
  value(key: string): AttributeValue | undefined {
    this.used.add(key);
    return this.values.get(key);
  }

  /** Size of all :values in bytes. */
  valueBytes(): number {
    return [...this.values.values()].reduce((sum, value) => sum + valueSize(value), 0);
  }

  /** Call it after all expressions are parsed. @throws ServiceError ValidationException if one was never used */
  checkAllUsed(): void {
    this.check('ExpressionAttributeNames', this.names);
    this.check('ExpressionAttributeValues', this.values);
  }

  private check(parameter: string, given: ReadonlyMap<string, unknown>): void {
    const unused = [...given.keys()].filter((key) => !this.used.has(key));
    if (unused.length > 0) {
      throw validation(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`);
    }
  }

  private readName(key: string, name: unknown): void {
    if (typeof name !== 'string') throw unexpected(name, 'String');
    if (!/^#[0-9A-Za-z_]+$/.test(key)) {
      throw validation(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    }
    checkLength('ExpressionAttributeNames', 'name', key);
    this.names.set(
      key,
      prefixed('ExpressionAttributeNames', key, () => checkedName(name)),
    );
  }

  private readValue(key: string, value: unknown): void {
    if (!/^:[0-9A-Za-z_]+$/.test(key)) {
      throw validation(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    }
    checkLength('ExpressionAttributeValues', 'value', key);
    this.values.set(
      key,
      prefixed('ExpressionAttributeValues', key, () => readValue(value)),
    );
  }
}

function checkedName(name: string): string {
  checkName(name);
  return name;
}

/** Reads the value of a placeholder; errors get the service's prefix. */
function prefixed<T>(parameter: string, key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.type !== 'ValidationException') throw error;
    throw validation(`${parameter} contains invalid value: ${error.message} for key ${key}`);
  }
}
