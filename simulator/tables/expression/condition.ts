import type { AttributeValue } from '../../attribute-value';
import { typeOf } from '../value';
import type { ValueType } from '../value';
import { compareScalars } from '../value-order';
import type { Parser } from './parser';
import type { Path } from './path';
import { pathText } from './path';

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'size'; readonly of: Operand }
  | { readonly kind: 'value'; readonly value: AttributeValue };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly of: Condition }
  | {
      readonly kind: 'compare';
      readonly comparator: Comparator;
      readonly left: Operand;
      readonly right: Operand;
    }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly choices: readonly Operand[] }
  | { readonly kind: 'attribute_exists' | 'attribute_not_exists'; readonly path: Path }
  | { readonly kind: 'attribute_type'; readonly subject: Operand; readonly type: string }
  | { readonly kind: 'begins_with' | 'contains'; readonly subject: Operand; readonly argument: Operand };

const COMPARATORS: readonly string[] = ['=', '<>', '<', '<=', '>', '>='];
const FUNCTIONS = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
} as const;
const UPDATE_FUNCTIONS = ['if_not_exists', 'list_append'];
const TYPES: readonly ValueType[] = ['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'];
const MAX_CHOICES = 100;
/** Conditions that are enclosed in parentheses. */
const parenthesized = new WeakSet<Condition>();

/**
 * Parses the condition of a write, a filter or a key condition.
 * @throws ServiceError ValidationException with the service's message
 */
export function parseCondition(parser: Parser): Condition {
  const condition = parseOr(parser);
  parser.finish();
  return condition;
}

function parseOr(parser: Parser): Condition {
  let left = parseAnd(parser);
  while (parser.takeKeyword('OR')) {
    parser.countOperator();
    left = { kind: 'or', left, right: parseAnd(parser) };
  }
  return left;
}

function parseAnd(parser: Parser): Condition {
  let left = parseNot(parser);
  while (parser.takeKeyword('AND')) {
    parser.countOperator();
    left = { kind: 'and', left, right: parseNot(parser) };
  }
  return left;
}

function parseNot(parser: Parser): Condition {
  if (parser.takeKeyword('NOT')) {
    parser.countOperator();
    return { kind: 'not', of: parseNot(parser) };
  }
  if (isOperandInParentheses(parser) || !parser.takeSymbol('(')) return parseTest(parser);
  const condition = parser.enclosed(() => parseOr(parser));
  if (parenthesized.has(condition)) parser.defer('The expression has redundant parentheses;');
  parenthesized.add(condition);
  return condition;
}

/** Whether the parentheses that come next enclose an operand rather than a condition. */
function isOperandInParentheses(parser: Parser): boolean {
  const open = parser.peek();
  if (open.kind !== 'symbol' || open.text !== '(') return false;
  const { kind, text } = parser.peekBehindParenthesis();
  if (kind === 'symbol') return COMPARATORS.includes(text);
  return kind === 'word' && ['BETWEEN', 'IN'].includes(text.toUpperCase());
}

function parseTest(parser: Parser): Condition {
  if (parser.isCall() && parser.peek().text !== 'size') return parseFunction(parser);
  const operand = parseOperand(parser);
  if (parser.takeKeyword('BETWEEN')) {
    parser.countOperator();
    const low = parseOperand(parser);
    if (!parser.takeKeyword('AND')) throw parser.syntaxError();
    const high = parseOperand(parser);
    checkBounds(parser, low, high);
    return { kind: 'between', operand, low, high };
  }
  if (parser.takeKeyword('IN')) {
    parser.countOperator();
    parser.expectSymbol('(');
    const choices = parser.list(() => parseOperand(parser));
    if (choices.length > MAX_CHOICES) {
      parser.defer(
        `Too many operands for operator or function; operator or function: IN, number of operands: ${choices.length + 1}`,
      );
    }
    return { kind: 'in', operand, choices };
  }
  const token = parser.peek();
  if (token.kind !== 'symbol' || !COMPARATORS.includes(token.text)) throw parser.syntaxError();
  const comparator = parser.next().text as Comparator;
  parser.countOperator();
  const right = parseOperand(parser);
  checkDistinct(parser, `operator: ${comparator}`, operand, right);
  if (comparator !== '=' && comparator !== '<>') {
    checkType(parser, comparator, operand, ['S', 'N', 'B']);
    checkType(parser, comparator, right, ['S', 'N', 'B']);
  }
  return { kind: 'compare', comparator, left: operand, right };
}

function parseOperand(parser: Parser): Operand {
  if (parser.takeSymbol('(')) {
    const isNested = parser.peek().kind === 'symbol';
    const operand = parser.enclosed(() => parseOperand(parser));
    if (isNested) parser.defer('The expression has redundant parentheses;');
    return operand;
  }
  if (parser.peek().kind === 'value') return { kind: 'value', value: parser.value() };
  if (parser.isCall()) {
    const name = parser.peek().text;
    if (name !== 'size') {
      if (Object.hasOwn(FUNCTIONS, name)) {
        throw parser.error(
          `The function is not allowed to be used this way in an expression; function: ${name}`,
        );
      }
      throw parser.error(`Invalid function name; function: ${name}`);
    }
    const [of] = parseArguments(parser, 'size') as [Operand];
    if (of.kind === 'size') parser.defer(incorrectType('size', 'N'));
    checkType(parser, 'size', of, ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M']);
    return { kind: 'size', of };
  }
  if (!parser.isPath()) throw parser.syntaxError();
  return { kind: 'path', path: parser.path() };
}

function parseFunction(parser: Parser): Condition {
  const name = parser.peek().text;
  if (UPDATE_FUNCTIONS.includes(name)) {
    throw parser.error(`The function is not allowed in a condition expression; function: ${name}`);
  }
  if (!Object.hasOwn(FUNCTIONS, name)) throw parser.error(`Invalid function name; function: ${name}`);
  const kind = name as Exclude<keyof typeof FUNCTIONS, 'size'>;
  const [subject, argument] = parseArguments(parser, kind);
  switch (kind) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return { kind, path: documentPath(parser, kind, subject) };
    case 'attribute_type':
      return { kind, subject: subject as Operand, type: typeName(parser, argument) };
    case 'begins_with':
      checkType(parser, kind, subject, ['S', 'B']);
      checkType(parser, kind, argument, ['S', 'B']);
      return { kind, subject: subject as Operand, argument: argument as Operand };
    case 'contains':
      checkDistinct(parser, `operator or function: ${kind}`, subject, argument);
      return { kind, subject: subject as Operand, argument: argument as Operand };
  }
}

function checkDistinct(
  parser: Parser,
  where: string,
  first: Operand | undefined,
  second: Operand | undefined,
): void {
  if (first?.kind !== 'path' || second?.kind !== 'path') return;
  if (pathText(first.path) !== pathText(second.path)) return;
  parser.defer(
    `The first operand must be distinct from the remaining operands for this operator or function; ${where}, first operand: ${pathText(first.path)}`,
  );
}

/** The arguments of a call, in the number that the function expects. */
function parseArguments(parser: Parser, name: keyof typeof FUNCTIONS): (Operand | undefined)[] {
  parser.next();
  parser.expectSymbol('(');
  const operands = parser.list(() => parseOperand(parser));
  if (operands.length !== FUNCTIONS[name]) {
    throw parser.error(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  }
  return operands;
}

function documentPath(parser: Parser, name: string, operand: Operand | undefined): Path {
  if (operand?.kind === 'path') return operand.path;
  parser.defer(`Operator or function requires a document path; operator or function: ${name}`);
  return [''];
}

function typeName(parser: Parser, operand: Operand | undefined): string {
  if (operand?.kind === 'value' && 'S' in operand.value) {
    const type = operand.value.S;
    if (!(TYPES as readonly string[]).includes(type)) {
      parser.defer(`Invalid attribute type name found; type: ${type}, valid types: {${TYPES.join(',')}}`);
    }
    return type;
  }
  parser.defer(incorrectType('attribute_type', operand?.kind === 'value' ? typeOf(operand.value) : 'path'));
  return '';
}

const incorrectType = (name: string, type: string): string =>
  `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;

function checkType(
  parser: Parser,
  name: string,
  operand: Operand | undefined,
  allowed: readonly ValueType[],
): void {
  if (operand?.kind !== 'value' || allowed.includes(typeOf(operand.value))) return;
  parser.defer(incorrectType(name, typeOf(operand.value)));
}

function checkBounds(parser: Parser, low: Operand, high: Operand): void {
  checkType(parser, 'BETWEEN', low, ['S', 'N', 'B']);
  checkType(parser, 'BETWEEN', high, ['S', 'N', 'B']);
  if (low.kind !== 'value' || high.kind !== 'value') return;
  const bounds = `lower bound operand: ${operandText(low.value)}, upper bound operand: ${operandText(high.value)}`;
  const order = compareScalars(low.value, high.value);
  if (order === undefined) {
    parser.defer(`The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
  } else if (order > 0) {
    parser.defer(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
    );
  }
}

function operandText(value: AttributeValue): string {
  const type = typeOf(value);
  return `AttributeValue: {${type}:${String((value as Record<string, unknown>)[type])}}`;
}
