import assert from 'node:assert/strict';
import { namespaceProblems } from '../../../infra/stack/namespaces';

const READ = { 'dynamodb-replicator': ['tables', 'access', 'settings'], aws: ['region', 'profile'] };

const problemsOf = (key: string) =>
  namespaceProblems([key], READ).map(({ argument, problem }) => `${argument}: ${problem}`);

describe('a namespace in the configuration of a stack', () => {
  for (const [key, meant] of [
    ['dynamodb-replicatr:tables', 'dynamodb-replicator:tables'],
    ['dynamo-db-replicator:access', 'dynamodb-replicator:access'],
    ['DynamoDB_Replicator:settings', 'dynamodb-replicator:settings'],
    ['dynamodb-replictor:tabels', 'dynamodb-replicator:tables'],
    ['asw:region', 'aws:region'],
    ['aw:profil', 'aws:profile'],
  ] as const)
    it(`${key} is refused: ${meant} was meant`, () => {
      const [namespace] = key.split(':');
      assert.deepEqual(problemsOf(key), [
        `${key}: nothing reads the namespace ${namespace}; did you mean ${meant}?`,
      ]);
    });

  for (const key of [
    'dynamodb-replicator:tables',
    'dynamodb-replicator:tabels',
    'aws:region',
    'pulumi:tags',
    'pulumi:autonaming',
    'aws-native:region',
    'awsx:region',
    'gcp:region',
    'dynamodb-migrator:tables',
    'shop:tables',
    'dynamodb-replicas:costCenter',
    'aws2:owner',
  ])
    it(`${key} is allowed${key.includes('tabels') ? ', as the key is checked elsewhere' : ''}`, () => {
      assert.deepEqual(problemsOf(key), []);
    });
});
