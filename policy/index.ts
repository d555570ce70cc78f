import { PolicyPack } from '@pulumi/policy';
import { RULES } from './rules';

/** Loading this file serves the pack to Pulumi. */
new PolicyPack('dynamodb-replicator-policies', {
  displayName: 'DynamoDB replicator',
  provider: 'aws',
  policies: RULES,
});
