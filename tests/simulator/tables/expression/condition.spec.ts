import assert from 'node:assert/strict';
import { Service, failure } from '../fixture';
import type { Wire } from '../fixture';

const item = {
  id: { S: 'a' },
  n: { N: '10' },
  neg: { N: '-2.5' },
  s: { S: 'text' },
  b: { B: 'AAEC' },
  t: { BOOL: true },
  z: { NULL: true },
  l: { L: [{ N: '1' }, { S: 'x' }] },
  m: { M: { x: { N: '1' }, 'y.y': { S: 'y' } } },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2'] },
  bs: { BS: ['AQ=='] },
};

const values: Wire = {
  ':ten': { N: '1E1' },
  ':nine': { N: '9' },
  ':minus': { N: '-3' },
  ':one': { N: '1.0' },
  ':two': { N: '2' },
  ':three': { N: '3' },
  ':text': { S: 'text' },
  ':te': { S: 'te' },
  ':a': { S: 'a' },
  ':x': { S: 'x' },
  ':bytes': { B: 'AAEC' },
  ':prefix': { B: 'AAE=' },
  ':q': { B: 'AQ==' },
  ':true': { BOOL: true },
  ':null': { NULL: true },
  ':ss': { SS: ['b', 'a'] },
  ':ns': { NS: ['2.0', '1'] },
  ':l': { L: [{ N: '1.0' }, { S: 'x' }] },
  ':m': { M: { 'y.y': { S: 'y' }, x: { N: '1' } } },
  ':N': { S: 'N' },
  ':M': { S: 'M' },
};
const names: Wire = { '#yy': 'y.y', '#n': 'n' };

const truths: Record<string, boolean> = {
  'n = :ten': true,
  '#n = :nine': false,
  'n <> :nine': true,
  'n <> :text': true,
  'n = :text': false,
  'n > :nine': true,
  '(size(s)) > :three': true,
  'size(s) > (size(b))': true,
  '(n) = (:ten)': true,
  '(n) BETWEEN (:nine) AND :ten': true,
  '(n) IN ((:nine), :ten)': true,
  'NOT (size(l)) = :one AND (n = :ten)': true,
  'size(:text) = :ten': false,
  'size(:text) > size(b)': true,
  'size(:ss) = :two AND size(:m) = size(:l)': true,
  'attribute_type(:ten, :N)': true,
  'attribute_type(:ten, :M)': false,
  'attribute_type(size(s), :N)': true,
  'n >= :ten': true,
  'n < :ten': false,
  'n <= :ten': true,
  'neg < :one': true,
  'neg > :minus': true,
  ':nine < n': true,
  's > :te': true,
  's < n': false,
  's > n': false,
  'b >= :bytes': true,
  'b > :prefix': true,
  't = :true': true,
  'z = :null': true,
  'ss = :ss': true,
  'ns = :ns': true,
  'l = :l': true,
  'm = :m': true,
  'm.x = :one': true,
  'm.#yy <> :x': true,
  'l[0] = m.x': true,
  'l[2] = :one': false,
  'gone = :one': false,
  'gone <> :one': true,
  'gone < :one': false,
  'gone = absent': false,
  'm < n': false,
  'n BETWEEN :nine AND :ten': true,
  'n between :one and :nine': false,
  's BETWEEN :te AND :x': true,
  'gone BETWEEN :one AND :ten': false,
  'n BETWEEN neg AND n': true,
  'n IN (:nine, :ten)': true,
  'n IN (:nine)': false,
  's in (:x, s)': true,
  'attribute_exists(n)': true,
  'attribute_exists(gone)': false,
  'attribute_exists(m.#yy)': true,
  'attribute_exists(l[1])': true,
  'attribute_exists(l[2])': false,
  'attribute_exists(z)': true,
  'attribute_not_exists(gone)': true,
  'attribute_not_exists(s.x)': true,
  'attribute_not_exists(n)': false,
  'attribute_type(n, :N)': true,
  'attribute_type(m, :M)': true,
  'attribute_type(s, :N)': false,
  'attribute_type(gone, :N)': false,
  'begins_with(s, :te)': true,
  'begins_with(s, :x)': false,
  'begins_with(b, :prefix)': true,
  'begins_with(n, :te)': false,
  'begins_with(gone, :te)': false,
  'contains(s, :x)': true,
  'contains(s, :a)': false,
  'contains(ss, :a)': true,
  'contains(ss, :te)': false,
  'contains(ns, :one)': true,
  'contains(ns, :a)': false,
  'contains(bs, :q)': true,
  'contains(b, :q)': true,
  'contains(l, :one)': true,
  'contains(l, :x)': true,
  'contains(l, :ten)': false,
  'contains(n, :one)': false,
  'contains(gone, :a)': false,
  'size(s) > :three': true,
  'size(b) = :three': true,
  'size(ss) = :two': true,
  'size(l) = size(m)': true,
  'size(n) > :one': false,
  'size(gone) < :ten': false,
  'size(l) BETWEEN :one AND :two': true,
  'n = :ten AND s = :te': false,
  'n = :nine OR s = :text': true,
  'NOT n = :nine': true,
  'NOT NOT n = :nine': false,
  'n = :ten OR n = :nine AND s = :te': true,
  '(n = :ten OR n = :nine) AND s = :te': false,
  'NOT (n = :nine OR s = :te) AND t = :true': true,
  'not n = :ten or z = :null': true,
};

const refusals: Record<string, string> = {
  '': 'The expression can not be empty;',
  'n = :undefined':
    'An expression attribute value used in expression is not defined; attribute value: :undefined',
  '#undefined = :ten':
    'An expression attribute name used in the document path is not defined; attribute name: #undefined',
  'n = n':
    'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]',
  'contains(n, n)':
    'The first operand must be distinct from the remaining operands for this operator or function; operator or function: contains, first operand: [n]',
  'n < :m': 'Incorrect operand type for operator or function; operator or function: <, operand type: M',
  'n BETWEEN :ten AND :nine':
    'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:9}',
  'n BETWEEN :ten AND :text':
    'The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {S:text}',
  'attribute_type(n, :text)':
    'Invalid attribute type name found; type: text, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
  'attribute_type(n, :ten)':
    'Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N',
  'begins_with(n, :ten)':
    'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
  'attribute_exists(:ten)':
    'Operator or function requires a document path; operator or function: attribute_exists',
  'attribute_exists(n, s)':
    'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2',
  'exists(n)': 'Invalid function name; function: exists',
  'Size(n) = :ten': 'Invalid function name; function: Size',
  'toString(n)': 'Invalid function name; function: toString',
  'if_not_exists(n, :ten) = :ten':
    'The function is not allowed in a condition expression; function: if_not_exists',
  'n = attribute_exists(n)':
    'The function is not allowed to be used this way in an expression; function: attribute_exists',
  'status = :ten': 'Attribute name is a reserved keyword; reserved keyword: status',
  '((n = :ten))': 'The expression has redundant parentheses;',
  '((n)) = :ten': 'The expression has redundant parentheses;',
  '(n = :ten) = :ten': 'Syntax error; token: "=", near: "n = :ten"',
  'size(:ten) = :ten':
    'Incorrect operand type for operator or function; operator or function: size, operand type: N',
  'size(size(s)) = :ten':
    'Incorrect operand type for operator or function; operator or function: size, operand type: N',
  '_n = :ten': 'Syntax error; token: "_", near: "_n"',
  'l[99999999999] = :ten': 'List index is not within the allowable range; index: [99999999999]',
  n: 'Syntax error; token: "<EOF>", near: "n"',
  'n = ': 'Syntax error; token: "<EOF>", near: "= "',
  'n == :ten': 'Syntax error; token: "=", near: "== :ten"',
  'n = :ten AND': 'Syntax error; token: "<EOF>", near: "AND"',
  '(n = :ten': 'Syntax error; token: "<EOF>", near: ":ten"',
  'n = :ten)': 'Syntax error; token: ")", near: ":ten)"',
  'n BETWEEN :ten OR :ten': 'Syntax error; token: "OR", near: ":ten OR :ten"',
  'n IN :ten': 'Syntax error; token: ":ten", near: "IN :ten"',
  'n != :ten': 'Syntax error; token: "!", near: "n !="',
};

describe('simulator: condition expressions', () => {
  const used = (expression: string, given: Wire): Wire | undefined => {
    const found = Object.fromEntries(
      Object.entries(given).filter(([key]) => new RegExp(`${key}\\b`).test(expression)),
    );
    return Object.keys(found).length > 0 ? found : undefined;
  };
  const check = (expression: string): boolean => {
    const service = new Service();
    service.put(item);
    return service.test(expression, used(expression, values), used(expression, names));
  };

  for (const [expression, truth] of Object.entries(truths)) {
    it(`${expression} is ${truth}`, () => assert.equal(check(expression), truth));
  }

  for (const [expression, message] of Object.entries(refusals)) {
    it(`rejects ${expression || 'an empty expression'}`, () => {
      const error = failure(() => check(expression));
      assert.equal(error?.message, `Invalid ConditionExpression: ${message}`);
      assert.equal(error.type, 'ValidationException');
    });
  }

  it('accepts at most 100 choices', () => {
    const choices = Array.from({ length: 101 }, (_, i) => `:v${i}`);
    const given = Object.fromEntries(choices.map((key) => [key, { N: '10' }]));
    const service = new Service();
    service.put(item);
    assert.equal(
      failure(() => service.test(`n IN (${choices.join(', ')})`, given))?.message,
      'Invalid ConditionExpression: Too many operands for operator or function; operator or function: IN, number of operands: 102',
    );
  });

  /** Deeply nested expressions that fit into 4 KB. */
  const deep: [name: string, expression: string, message: RegExp][] = [
    [
      'conditions in parentheses',
      `n = n2${' OR (n = n2'.repeat(151)}${')'.repeat(151)}`,
      /operator count: 301$/,
    ],
    ['opening parentheses', '('.repeat(4096), /Syntax error|redundant parentheses/],
    ['redundant parentheses', `${'('.repeat(2000)}n = n2${')'.repeat(2000)}`, /redundant parentheses/],
    ['parentheses about an operand', `${'('.repeat(2000)}n${')'.repeat(2000)} = n2`, /redundant parentheses/],
    ['negations', `${'NOT '.repeat(1000)}n = n2`, /operator count: 301$/],
    ['sizes of sizes', `n < ${'size('.repeat(680)}n2${')'.repeat(680)}`, /Invalid ConditionExpression/],
    ['comparisons', `n = n2${' AND n = n2'.repeat(300)}`, /operator count: 301$/],
    ['levels of a path', `n = m${'.x'.repeat(32)}`, /too many nesting levels; nesting levels: 33$/],
  ];
  for (const [name, expression, message] of deep) {
    it(`rejects too many ${name}`, () => {
      const error = failure(() => new Service().test(expression));
      assert.equal(error?.type, 'ValidationException');
      assert.match(error.message, message);
    });
  }

  it('accepts 300 operators and paths of 32 levels', () => {
    const service = new Service();
    assert.equal(service.test(`n = n2${' OR (n = n2'.repeat(149)}${')'.repeat(149)}`), false);
    assert.equal(service.test(`attribute_exists(m${'.x'.repeat(31)})`), false);
  });

  it('treats a missing item as one without attributes', () => {
    const service = new Service();
    assert.equal(service.test('attribute_not_exists(id)'), true);
    assert.equal(service.test('attribute_exists(id)'), false);
  });
});
