import assert from 'node:assert/strict';
import { Service } from '../fixture';
import type { Wire } from '../fixture';

/** Updates that are wrong for any item. */
const cases: { expression: string; values?: Wire; names?: Wire; refused: string }[] = [
  // Meaning
  {
    expression: 'SET a = :v',
    refused:
      'Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :v',
  },
  {
    expression: 'REMOVE #a',
    refused:
      'Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
  },
  {
    expression: 'REMOVE a',
    values: { ':v': { N: '1' }, ':w': { N: '1' } },
    refused: 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v, :w}',
  },
  {
    expression: 'REMOVE a',
    names: { '#a': 'a' },
    refused: 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
  },
  { expression: 'REMOVE a', values: {}, refused: 'ExpressionAttributeValues must not be empty' },
  { expression: 'REMOVE a', names: {}, refused: 'ExpressionAttributeNames must not be empty' },
  {
    expression: 'REMOVE a',
    names: { a: 'a' },
    refused: 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
  },
  {
    expression: 'REMOVE #a',
    names: { '#a': '' },
    refused:
      'ExpressionAttributeNames contains invalid value: One or more parameter values were invalid: Empty attribute name for key #a',
  },
  {
    expression: 'REMOVE a',
    names: { [`#${'a'.repeat(255)}`]: 'a' },
    refused: `ExpressionAttributeNames contains invalid key: The expression attribute name is too long; length: 256, maximum: 255`,
  },
  {
    expression: `SET a = ${'('.repeat(2000)}b${')'.repeat(2000)}`,
    refused: 'Invalid UpdateExpression: The expression has redundant parentheses;',
  },
  {
    expression: `SET ${Array.from({ length: 301 }, (_, i) => `a${i} = b + b`).join(',')}`.slice(0, 4096),
    refused: 'Invalid UpdateExpression: The expression contains too many operators; operator count: 301',
  },
  {
    expression: `REMOVE a${'.b'.repeat(32)}`,
    refused: 'Invalid UpdateExpression: The document path has too many nesting levels; nesting levels: 33',
  },
  {
    expression: 'SET _a = b',
    refused: 'Invalid UpdateExpression: Syntax error; token: "_", near: "SET _a"',
  },
  {
    expression: 'REMOVE a',
    values: { ':a-b': { N: '1' } },
    refused: 'ExpressionAttributeValues contains invalid key: Syntax error; key: ":a-b"',
  },
  {
    expression: 'SET a = :v',
    values: { ':v': { N: 'x' } },
    refused:
      'ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v',
  },
  {
    expression: 'SET id = :v',
    values: { ':v': { S: 'b' } },
    refused:
      'One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key',
  },
  {
    expression: 'REMOVE id',
    refused:
      'One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key',
  },
  {
    expression: 'REMOVE name',
    refused: 'Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name',
  },
  {
    expression: 'REMOVE a, a',
    refused:
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]',
  },
  {
    expression: 'SET a = n REMOVE a.b[0]',
    refused:
      'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b, [0]]',
  },
  {
    expression: 'REMOVE a.b, a[0]',
    refused:
      'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]',
  },
  {
    expression: 'REMOVE a REMOVE b',
    refused: 'Invalid UpdateExpression: The "REMOVE" section can only be used once in an update expression;',
  },
  { expression: 'SET a = foo(n)', refused: 'Invalid UpdateExpression: Invalid function name; function: foo' },
  {
    expression: 'SET a = size(n)',
    refused: 'Invalid UpdateExpression: The function is not allowed in an update expression; function: size',
  },
  {
    expression: 'SET a = if_not_exists(n)',
    refused:
      'Invalid UpdateExpression: Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1',
  },
  {
    expression: 'SET a = if_not_exists(:v, n)',
    values: { ':v': { N: '1' } },
    refused:
      'Invalid UpdateExpression: Operator or function requires a document path; operator or function: if_not_exists',
  },
  {
    expression: 'SET a = n + :v',
    values: { ':v': { S: '1' } },
    refused:
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S',
  },
  {
    expression: 'SET a = list_append(l, :v)',
    values: { ':v': { S: '1' } },
    refused:
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: list_append, operand type: S',
  },
  {
    expression: 'SET a = list_append(list_append(l, l), l)',
    refused:
      'Invalid UpdateExpression: The function is not allowed to be used this way in an expression; function: list_append',
  },
  {
    expression: 'ADD a :v',
    values: { ':v': { S: '1' } },
    refused:
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND',
  },
  {
    expression: 'DELETE a :v',
    values: { ':v': { N: '1' } },
    refused:
      'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND',
  },
  // Syntax, which is checked before meaning
  { expression: '', refused: 'Invalid UpdateExpression: The expression can not be empty;' },
  {
    expression: 'SET a = #b :c',
    refused: 'Invalid UpdateExpression: Syntax error; token: ":c", near: "#b :c"',
  },
  { expression: 'SET a == :v', refused: 'Invalid UpdateExpression: Syntax error; token: "=", near: "== :v"' },
  { expression: 'SET a', refused: 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "a"' },
  {
    expression: 'PUT a = :v',
    refused: 'Invalid UpdateExpression: Syntax error; token: "PUT", near: "PUT a"',
  },
  { expression: 'REMOVE a.', refused: 'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "."' },
  { expression: 'REMOVE a[x]', refused: 'Invalid UpdateExpression: Syntax error; token: "x", near: "[x]"' },
  {
    expression: 'REMOVE 1a',
    refused: 'Invalid UpdateExpression: Syntax error; token: "1", near: "REMOVE 1a"',
  },
  { expression: 'SET a = "x"', refused: 'Invalid UpdateExpression: Syntax error; token: """, near: "= "x"' },
  {
    expression: 'SET a = n + n + n',
    refused: 'Invalid UpdateExpression: Syntax error; token: "+", near: "n + n"',
  },
  {
    expression: 'SET a = if_not_exists(a, n + n)',
    refused: 'Invalid UpdateExpression: Syntax error; token: "+", near: "n + n"',
  },
  { expression: 'ADD a n', refused: 'Invalid UpdateExpression: Syntax error; token: "n", near: "a n"' },
  {
    expression: `REMOVE ${'a'.repeat(4090)}`,
    refused:
      'Invalid UpdateExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
  },
];

describe('simulator: rejected update expressions', () => {
  for (const { expression, values, names, refused } of cases) {
    it(expression.slice(0, 60) || 'an empty one', () => {
      const service = new Service();
      const message = service.refusal('UpdateItem', {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        UpdateExpression: expression,
        ...(values ? { ExpressionAttributeValues: values } : {}),
        ...(names ? { ExpressionAttributeNames: names } : {}),
      });
      assert.equal(message, `ValidationException: ${refused}`);
      assert.equal(service.changes.length, 0);
    });
  }
});
