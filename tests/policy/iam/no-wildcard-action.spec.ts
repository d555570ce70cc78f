import * as aws from '@pulumi/aws';
import { noWildcardAction } from '../../../policy/rules/iam/no-wildcard-action';
import { examine, given, UNKNOWN } from '../examine';
import { allow, role, TABLE } from './role-policy';

examine(noWildcardAction, {
  violating: {
    'every action of a service': {
      given: role({ Action: ['dynamodb:*', 'dynamodb:GetRecords'], Resource: TABLE }),
      finds: ['statement S: it allows dynamodb:*; name the actions that are called'],
    },
    'wildcards that do not end a prefix': {
      given: given(aws.iam.Policy, {
        policy: allow({
          Action: ['s3:*Object', 's3:Get?bject', 's3:**', '*:Get*', 'ec*:Get*'],
          Resource: TABLE,
        }),
      }),
      finds: ['s3:*Object', 's3:Get?bject', 's3:**', '*:Get*', 'ec*:Get*'].map(
        (action) => `statement S: it allows ${action}; name the actions that are called`,
      ),
    },
    'every action, in an inline policy of a role': {
      given: given(aws.iam.Role, {
        inlinePolicies: [{ name: 'x', policy: allow({ Action: '*', Resource: '*' }) }],
      }),
      finds: ['statement S: it allows *; name the actions that are called'],
    },
    'every action but some, for a group': {
      given: given(aws.iam.GroupPolicy, { policy: allow({ NotAction: ['iam:*'], Resource: '*' }) }),
      finds: ['statement S: NotAction allows everything except iam:*; name the actions that are called'],
    },
    'a document that is an object': {
      given: given(aws.iam.UserPolicy, {
        policy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } },
      }),
      finds: ['statement 1: it allows s3:*; name the actions that are called'],
    },
  },
  satisfying: {
    'named actions': { given: role({ Action: 'dynamodb:GetRecords', Resource: TABLE }) },
    'prefixes of actions, which IAM.21 passes': {
      given: role({ Action: ['s3:GetObject*', 's3:List*', 'ec2:De*'], Resource: TABLE }),
    },
    'a deny of everything': { given: role({ Effect: 'Deny', Action: '*', Resource: '*' }) },
    'a pattern that the configuration allows': {
      given: role({ Action: 'ssmmessages:*', Resource: '*' }),
      config: { actions: ['ssmmessages:*'] },
    },
    'an exception with a reason': {
      given: role({ Action: 'dynamodb:*', Resource: TABLE }),
      config: {
        exceptions: [{ resource: 'aws:iam/rolePolicy:RolePolicy::o*', reason: 'until the migration ends' }],
      },
    },
    'a role without an inline policy': { given: given(aws.iam.Role, {}) },
  },
  unknown: {
    'a policy that names what is not there yet': { given: given(aws.iam.RolePolicy, { policy: UNKNOWN }) },
  },
});
