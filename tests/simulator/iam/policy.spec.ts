import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RequestContext } from '../../../simulator/iam/conditions';
import { isArnLike, isLike } from '../../../simulator/iam/patterns';
import { judge, type Principal, readPolicy, type Verdict } from '../../../simulator/iam/policy';

const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';

const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Action: 'dynamodb:DescribeTable',
  Resource: TABLE,
  ...more,
});
const policy = (...statements: object[]) => readPolicy({ Version: '2012-10-17', Statement: statements });

function verdict(
  statements: readonly object[],
  request: { action?: string; resource?: string; context?: RequestContext } = {},
  principal?: Principal,
): Verdict {
  const { action = 'dynamodb:DescribeTable', resource = TABLE, context = {} } = request;
  return judge(policy(...statements), { action, resource, context }, principal);
}

describe('simulator/iam: patterns', () => {
  it('a text matches itself and patterns with stars', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', '-', '/', '.', '$', '(', '\n', '🦜') }),
        fc.nat(9),
        fc.nat(9),
        (text, from, length) => {
          const starred = `${[...text].slice(0, from).join('')}*${[...text].slice(from + length).join('')}`;
          assert.ok(isLike(text, text));
          assert.ok(isLike(starred, text), starred);
          assert.ok(isLike([...text].map(() => '?').join(''), text));
          assert.ok(!isLike(`${text}x`, text));
        },
      ),
      { seed: 1 },
    );
  });

  it('a wildcard in an ARN matches only within its part', () => {
    const rows: readonly (readonly [pattern: string, arn: string, fits: boolean])[] = [
      ['*', TABLE, true],
      [TABLE, TABLE, true],
      [TABLE, `${TABLE}s`, false],
      [`${TABLE}/stream/*`, `${TABLE}/stream/2026-01-05T12:00:00.000`, true],
      [`${TABLE}/stream/*`, TABLE, false],
      ['arn:aws:dynamodb:*:*:table/orders', TABLE, true],
      ['arn:aws:*:table/orders', TABLE, false],
      ['arn:aws:dynamodb:eu-*', TABLE, false],
      ['arn:aws:s3:::exports/pre/*', 'arn:aws:s3:::exports/pre/AWSDynamoDB/1/data/a.json.gz', true],
      ['arn:aws:s3:::exports/pre/*', 'arn:aws:s3:::exports/prefix', false],
      [
        'arn:aws:secretsmanager:eu-west-1:1:secret:db-??????',
        'arn:aws:secretsmanager:eu-west-1:1:secret:db-a1b2c3',
        true,
      ],
      [
        'arn:aws:secretsmanager:eu-west-1:1:secret:db-??????',
        'arn:aws:secretsmanager:eu-west-1:1:secret:db-x-a1b2c3',
        false,
      ],
    ];
    for (const [pattern, arn, fits] of rows) assert.equal(isArnLike(pattern, arn), fits, `${pattern} ${arn}`);
  });
});

describe('simulator/iam: policies', () => {
  it('allows by action and resource; actions are case-insensitive', () => {
    assert.equal(verdict([allow()]), 'allowed');
    assert.equal(verdict([allow({ Action: ['dynamodb:describetable'] })]), 'allowed');
    assert.equal(verdict([allow({ Action: 'dynamodb:Describe*' })]), 'allowed');
    assert.equal(verdict([allow()], { action: 'dynamodb:DeleteTable' }), 'silent');
    assert.equal(verdict([allow()], { resource: `${TABLE}/index/by-day` }), 'silent');
    assert.equal(verdict([]), 'silent');
  });

  it('a denial overrides every allowance', () => {
    const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
    assert.equal(verdict([allow(), deny]), 'denied');
    assert.equal(verdict([deny, allow()]), 'denied');
  });

  it('a condition holds according to its operator', () => {
    const holds = (Condition: object, context: RequestContext) =>
      verdict([allow({ Condition })], { context }) === 'allowed';
    const rows: readonly (readonly [Condition: object, context: RequestContext, holds: boolean])[] = [
      [
        { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } },
        { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' },
        true,
      ],
      [{ StringEquals: { 'KMS:viaservice': ['x', 'y'] } }, { 'kms:ViaService': 'y' }, true],
      [{ StringEquals: { 'kms:ViaService': 'Y' } }, { 'kms:ViaService': 'y' }, false],
      [{ StringEquals: { 'kms:ViaService': 'y' } }, {}, false],
      [{ StringLike: { 's3:prefix': 'pre/*' } }, { 's3:prefix': 'pre/a' }, true],
      [{ StringLike: { 's3:prefix': 'pre/*' } }, { 's3:prefix': 'other/a' }, false],
      [{ StringLike: { 's3:prefix': 'pre/*' } }, { 's3:prefix': undefined }, false],
      [{ StringLikeIfExists: { 's3:prefix': 'pre/*' } }, { 's3:prefix': undefined }, true],
      [{ StringLikeIfExists: { 's3:prefix': 'pre/*' } }, { 's3:prefix': 'other' }, false],
      [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
      [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
      [{ StringNotEquals: { k: 'a' } }, {}, true],
      [
        { ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:1:*' } },
        { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:1:task/c/t' },
        true,
      ],
      [
        { ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:1:*' } },
        { 'aws:SourceArn': 'arn:aws:ecs:eu-west-2:1:task/c/t' },
        false,
      ],
      [{ Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'true' }, false],
      [{ Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:SecureTransport': 'true' }, true],
      [{ NumericLessThan: { 's3:TlsVersion': '1.2' } }, { 's3:TlsVersion': '1.1' }, true],
      [{ NumericLessThan: { 's3:TlsVersion': '1.2' } }, { 's3:TlsVersion': '1.3' }, false],
      [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a'] }, true],
      [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['b', 'a'] }, true],
      [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
      [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: 'c' }, false],
      [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, {}, true],
      [{ 'ForAllValues:StringLike': { k: 'a*' } }, { k: ['a1', 'a2'] }, true],
      [{ 'ForAllValues:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, false],
      [{ StringEquals: { k: 'a' } }, { k: ['a'] }, true],
      [{ StringEquals: { k: 'a' } }, { k: ['a', 'b'] }, false],
      [{ Null: { k: 'false' } }, { k: ['a'] }, true],
      [{ Null: { k: 'false' } }, {}, false],
      [{ Null: { k: true } }, {}, true],
      [{ Null: { k: true } }, { k: 'a' }, false],
      [{ StringEquals: { a: '1', b: '2' } }, { a: '1', b: '2' }, true],
      [{ StringEquals: { a: '1', b: '2' } }, { a: '1' }, false],
      [{ StringEquals: { a: '1' }, StringLike: { b: '2*' } }, { a: '1', b: '3' }, false],
    ];
    for (const [condition, context, expected] of rows) {
      assert.equal(holds(condition, context), expected, JSON.stringify([condition, context]));
    }
  });

  it('a resource policy applies to the principals it names', () => {
    const caller: Principal = {
      kind: 'AWS',
      account: '123456789012',
      arns: ['arn:aws:sts::123456789012:assumed-role/task/id', 'arn:aws:iam::123456789012:role/task'],
    };
    const ecs: Principal = { kind: 'Service', service: 'ecs-tasks.amazonaws.com' };
    const rows: readonly (readonly [Principal: unknown, who: Principal, allowed: boolean])[] = [
      ['*', caller, true],
      [{ AWS: '*' }, caller, true],
      [{ AWS: 'arn:aws:iam::123456789012:root' }, caller, true],
      [{ AWS: '123456789012' }, caller, true],
      [{ AWS: ['x', 'arn:aws:iam::123456789012:role/task'] }, caller, true],
      [{ AWS: 'arn:aws:iam::123456789012:role/other' }, caller, false],
      [{ AWS: 'arn:aws:iam::210987654321:root' }, caller, false],
      [{ Service: 'ecs-tasks.amazonaws.com' }, caller, false],
      [{ Service: 'ecs-tasks.amazonaws.com' }, ecs, true],
      [{ Service: 'ec2.amazonaws.com' }, ecs, false],
      [{ AWS: '*' }, ecs, false],
    ];
    for (const [Principal, who, allowed] of rows) {
      const said = verdict([allow({ Principal })], {}, who);
      assert.equal(said, allowed ? 'allowed' : 'silent', JSON.stringify(Principal));
    }
  });

  it('rejects elements that it would otherwise ignore', () => {
    const wrong: readonly (readonly [statement: object, message: RegExp])[] = [
      [allow({ NotAction: 'x' }), /element NotAction/],
      [allow({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }), /operator IpAddress/],
      [allow({ Condition: { 'ForAnyValue:StringLike': { k: 'v' } } }), /operator ForAnyValue/],
      [allow({ Effect: 'allow' }), /Effect/],
      [allow({ Action: 1 }), /Expected a string/],
    ];
    for (const [statement, message] of wrong) assert.throws(() => policy(statement), message);
    assert.throws(() => readPolicy({ Statement: [] }), /Version/);
  });
});
