import type { AttributeValue } from '../../attribute-value';
import { typeOf } from '../value';
import type { ValueType } from '../value';
import type { Parser } from './parser';
import type { Path } from './path';
import { checkApart } from './projection';

/** The value that SET assigns to a path, computed from the item before the update. */
export type SetValue =
  | { readonly kind: 'value'; readonly value: AttributeValue }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: '+' | '-'; readonly left: SetValue; readonly right: SetValue }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: SetValue }
  | { readonly kind: 'list_append'; readonly left: SetValue; readonly right: SetValue };

export interface Update {
  readonly set: readonly { readonly path: Path; readonly to: SetValue }[];
  readonly remove: readonly Path[];
  readonly add: readonly { readonly path: Path; readonly value: AttributeValue }[];
  readonly delete: readonly { readonly path: Path; readonly value: AttributeValue }[];
}

/** Every path that an update writes. */
export const writtenPaths = (update: Update): Path[] => [
  ...update.set.map(({ path }) => path),
  ...update.remove,
  ...update.add.map(({ path }) => path),
  ...update.delete.map(({ path }) => path),
];

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;
const CONDITION_FUNCTIONS = [
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
];
const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  L: 'LIST',
  M: 'MAP',
};

/** Parses an UpdateExpression. @throws ServiceError ValidationException with the service's message */
export function parseUpdate(parser: Parser): Update {
  const update = {
    set: [] as Update['set'][number][],
    remove: [] as Path[],
    add: [] as Update['add'][number][],
    delete: [] as Update['delete'][number][],
  };
  const seen = new Set<string>();
  do {
    const section = SECTIONS.find((keyword) => parser.takeKeyword(keyword));
    if (!section) throw parser.syntaxError();
    if (seen.has(section)) {
      parser.defer(`The "${section}" section can only be used once in an update expression;`);
    }
    seen.add(section);
    do {
      const path = parser.path();
      if (section === 'SET') {
        parser.expectSymbol('=');
        update.set.push({ path, to: parseSetValue(parser) });
      } else if (section === 'REMOVE') {
        update.remove.push(path);
      } else {
        const value = parser.value();
        checkOperand(parser, section, value);
        update[section === 'ADD' ? 'add' : 'delete'].push({ path, value });
      }
    } while (parser.takeSymbol(','));
  } while (parser.peek().kind !== 'end');
  checkApart(parser, writtenPaths(update));
  parser.finish();
  return update;
}

function parseSetValue(parser: Parser): SetValue {
  const left = parseSetOperand(parser);
  const operator = parser.takeSymbol('+') ? '+' : parser.takeSymbol('-') ? '-' : undefined;
  if (!operator) return left;
  parser.countOperator();
  const right = parseSetOperand(parser);
  requireType(parser, operator, left, 'N');
  requireType(parser, operator, right, 'N');
  return { kind: operator, left, right };
}

function parseSetOperand(parser: Parser): SetValue {
  if (parser.peek().kind === 'value') return { kind: 'value', value: parser.value() };
  if (parser.takeSymbol('(')) return parser.enclosed(() => parseSetValue(parser));
  if (parser.isCall()) return parseSetFunction(parser);
  if (!parser.isPath()) throw parser.syntaxError();
  return { kind: 'path', path: parser.path() };
}

function parseSetFunction(parser: Parser): SetValue {
  const name = parser.next().text;
  if (CONDITION_FUNCTIONS.includes(name)) {
    throw parser.error(`The function is not allowed in an update expression; function: ${name}`);
  }
  if (name !== 'if_not_exists' && name !== 'list_append') {
    throw parser.error(`Invalid function name; function: ${name}`);
  }
  parser.expectSymbol('(');
  const [left, right, ...more] = parser.list(() => parseSetOperand(parser));
  if (!left || !right || more.length > 0) {
    const count = [left, right, ...more].filter((operand) => operand !== undefined).length;
    throw parser.error(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
    );
  }
  if (name === 'list_append') {
    if (left.kind === name || right.kind === name) {
      parser.defer(`The function is not allowed to be used this way in an expression; function: ${name}`);
    }
    requireType(parser, name, left, 'L');
    requireType(parser, name, right, 'L');
    return { kind: name, left, right };
  }
  if (left.kind === 'path') return { kind: name, path: left.path, otherwise: right };
  parser.defer(`Operator or function requires a document path; operator or function: ${name}`);
  return right;
}

function requireType(parser: Parser, name: string, operand: SetValue, type: ValueType): void {
  if (operand.kind !== 'value' || typeOf(operand.value) === type) return;
  parser.defer(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${typeOf(operand.value)}`,
  );
}

function checkOperand(parser: Parser, section: 'ADD' | 'DELETE', value: AttributeValue): void {
  const type = typeOf(value);
  if (['SS', 'NS', 'BS'].includes(type) || (section === 'ADD' && type === 'N')) return;
  parser.defer(
    `Incorrect operand type for operator or function; operator: ${section}, operand type: ${TYPE_NAMES[type]}, typeSet: ALLOWED_FOR_${section}_OPERAND`,
  );
}
