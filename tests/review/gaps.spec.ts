import assert from 'node:assert/strict';
import { keyStatements } from '../../infra/plan/iam/statements';
import { gapsOf } from '../../review/gaps';
import { permissionChanges } from '../../review/permissions';
import type { RecordedResource } from '../../review/record-program';

const resource = (type: string, name: string, inputs: object): RecordedResource => ({
  type,
  name,
  urn: `urn:pulumi:dev::dynamodb-replicator::${type}::${name}`,
  inputs: inputs as RecordedResource['inputs'],
  outputs: {},
});

const TABLES = { DYNAMODB_REPLICATOR_TABLES: '[{"name":"orders"}]' };

const definition = (environment: Readonly<Record<string, string>>) =>
  resource('aws:ecs/taskDefinition:TaskDefinition', 'replicator-task', {
    containerDefinitions: JSON.stringify([
      { environment: Object.entries(environment).map(([name, value]) => ({ name, value })) },
      { name: 'agent' },
    ]),
  });

describe('a review of what happens after a gap', () => {
  const cases: readonly (readonly [environment: Readonly<Record<string, string>>, words: RegExp])[] = [
    [
      { DYNAMODB_REPLICATOR_ON_GAP: 'heal' },
      /^A gap is \*\*healed by incremental exports\*\*, up to \$50\.00 each, and keys of the table are read again; if that is not possible, .* waits/,
    ],
    [{ DYNAMODB_REPLICATOR_ON_GAP: 'heal', DYNAMODB_REPLICATOR_HEAL_MAX_USD: '7.5' }, /up to \$7\.50 each/],
    [
      { DYNAMODB_REPLICATOR_ON_GAP: 'resync' },
      /\*\*full export\*\* is requested, at its full price, without asking/,
    ],
    [{ DYNAMODB_REPLICATOR_ON_GAP: 'wait' }, /waits for a `resync`/],
    [{ DYNAMODB_REPLICATOR_ON_GAP: 'exit' }, /the task ends/],
    [{}, /the task ends/],
  ];
  for (const [environment, words] of cases)
    it(`describes ${JSON.stringify(environment)}`, () => {
      const [line, ...others] = gapsOf([definition({ ...TABLES, ...environment })]);
      assert.match(line ?? '', words);
      assert.deepEqual(others, []);
    });

  it('leaves out containers of other programs', () => {
    assert.deepEqual(gapsOf([definition({ PATH: '/bin' })]), []);
  });
});

describe('a review of the permission to read keys', () => {
  const role = resource('aws:iam/role:Role', 'replicator-task', {
    name: 'task',
    assumeRolePolicy: '{"Statement":[]}',
  });
  const policy = (statements: readonly object[]) =>
    resource('aws:iam/rolePolicy:RolePolicy', 'replicator-task', {
      role: 'task',
      policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    });
  const table = (name: string) => `arn:aws:dynamodb:eu-west-1:123456789012:table/${name}`;
  const statements = keyStatements([
    { arn: table('orders'), keyAttributes: ['orderId', 'line'] },
    { arn: table('customers'), keyAttributes: ['id'] },
  ]);
  const gained = (given: readonly object[]) =>
    permissionChanges([role, policy([])], [role, policy(given)]).gained.join('\n');

  it('says in words what may be read', () => {
    assert.match(
      gained(statements),
      /may now read the \*\*key attributes\*\* of items of \*\*customers\*\* and \*\*orders\*\* \(no others\), to heal gaps$/,
    );
  });

  for (const [what, change] of [
    ['no condition', { Condition: undefined }],
    [
      'no condition on how much is selected',
      { Condition: { ...statements[0]?.Condition, StringEquals: undefined } },
    ],
    ['requests that name no attribute', { Condition: { ...statements[0]?.Condition, Null: undefined } }],
    [
      'more attributes than a key has',
      {
        Condition: {
          ...statements[0]?.Condition,
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id', 'name', 'email'] },
        },
      },
    ],
  ] as const)
    it(`shows the permission itself if it has ${what}`, () => {
      const words = gained([{ ...statements[0], ...change }]);
      assert.match(words, /`dynamodb:BatchGetItem` on `arn:/);
      assert.doesNotMatch(words, /key attributes/);
    });
});
