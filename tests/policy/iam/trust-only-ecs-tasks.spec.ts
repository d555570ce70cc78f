import * as aws from '@pulumi/aws';
import { trustOnlyEcsTasks } from '../../../policy/rules/iam/trust-only-ecs-tasks';
import { examine, given, UNKNOWN } from '../examine';

const trust = (statement: object, made: object = {}) =>
  given(
    aws.iam.Role,
    {
      assumeRolePolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
      }),
    },
    { computed: { arn: 'arn:aws:iam::123456789012:role/one' }, ...made },
  );
/** A role of a replicator's tasks. */
const taskTrust = (statement: object) => trust(statement, { component: 'ReplicatorAccess' });
const GITHUB = 'token.actions.githubusercontent.com';
const signedIn = (Federated: string, Condition?: object) =>
  trust({
    Action: 'sts:AssumeRoleWithWebIdentity',
    Principal: { Federated },
    ...(Condition && { Condition }),
  });
const OIDC = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`;
const EKS = 'oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF';
const SAML = 'arn:aws:iam::123456789012:saml-provider/office';
const CONDITION = {
  StringEquals: { 'aws:SourceAccount': '123456789012' },
  ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:123456789012:*' },
};
const TASKS = { Service: 'ecs-tasks.amazonaws.com' };
const OUTSIDE = 'arn:aws:iam::210987654321:root';

examine(trustOnlyEcsTasks, {
  violating: {
    'a replicator’s role that trusts a service other than ECS tasks': {
      given: taskTrust({ Principal: { Service: 'ec2.amazonaws.com' }, Condition: CONDITION }),
      finds: ['statement 1: it trusts ec2.amazonaws.com; expected ecs-tasks.amazonaws.com'],
    },
    'a replicator’s role that trusts tasks of any account': {
      given: taskTrust({ Principal: TASKS }),
      finds: [
        'statement 1: ecs-tasks.amazonaws.com may assume it without a condition on aws:SourceAccount and aws:SourceArn',
      ],
    },
    'a replicator’s role with a condition on the account only': {
      given: taskTrust({ Principal: TASKS, Condition: { StringEquals: CONDITION.StringEquals } }),
      finds: ['statement 1: ecs-tasks.amazonaws.com may assume it without a condition on aws:SourceArn'],
    },
    everyone: {
      given: trust({ Principal: { AWS: '*' } }),
      finds: ['statement 1: everyone may assume the role'],
    },
    'an account without an external id': {
      given: trust({ Principal: { AWS: [OUTSIDE, '111122223333'] } }),
      finds: [
        `statement 1: every principal of ${OUTSIDE} may assume it without a condition on sts:ExternalId`,
        'statement 1: every principal of 111122223333 may assume it without a condition on sts:ExternalId',
      ],
    },
    'the users of an identity provider': {
      given: signedIn(OIDC),
      finds: [`statement 1: everybody who signs in with ${OIDC} may assume it`],
    },
    'every repository of GitHub': {
      given: signedIn(OIDC, { StringLike: { [`${GITHUB}:sub`]: ['repo:o/r:*', 'repo:*'] } }),
      finds: [`statement 1: everybody who signs in with ${OIDC} may assume it`],
    },
    'an identity provider, with a condition on the audience only': {
      given: signedIn(OIDC, { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } }),
      finds: [`statement 1: everybody who signs in with ${OIDC} may assume it`],
    },
    'an identity provider, with a condition that excludes one subject': {
      given: signedIn(OIDC, { StringNotEquals: { [`${GITHUB}:sub`]: 'repo:o/r:x' } }),
      finds: [`statement 1: everybody who signs in with ${OIDC} may assume it`],
    },
  },
  satisfying: {
    'tasks of this account': { given: taskTrust({ Principal: TASKS, Condition: CONDITION }) },
    'condition keys in another case': {
      given: taskTrust({
        Principal: TASKS,
        Condition: { StringEquals: { 'AWS:sourceaccount': '1', 'aws:sourceArn': 'arn:x' } },
      }),
    },
    'an account with an external id': {
      given: trust({ Principal: { AWS: OUTSIDE }, Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
    },
    'a single user': { given: trust({ Principal: { AWS: 'arn:aws:iam::123456789012:user/reader' } }) },
    'other services, in a role of no replicator': {
      given: ['lambda', 'ec2', 'states', 'ecs-tasks'].map((name) =>
        trust({ Principal: { Service: `${name}.amazonaws.com` } }),
      ),
    },
    'the service of a service account’s reader': {
      given: trust({ Principal: { Service: 'ec2.amazonaws.com' } }, { component: 'ServiceAccount' }),
    },
    'its own account': {
      given: trust({ Principal: { AWS: ['arn:aws:iam::123456789012:root', '123456789012'] } }),
    },
    'one repository of GitHub': {
      given: signedIn(OIDC, { StringLike: { [`${GITHUB}:sub`]: 'repo:o/r:*' } }),
    },
    'one service account of a cluster': {
      given: signedIn(`arn:aws:iam::123456789012:oidc-provider/${EKS}`, {
        StringEquals: { [`${EKS}:sub`]: 'system:serviceaccount:shop:web' },
      }),
    },
    'users of one application, of SAML and Cognito': {
      given: [
        signedIn(SAML, { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } }),
        signedIn('cognito-identity.amazonaws.com', {
          StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:pool' },
        }),
      ],
    },
    'a service that the configuration names': {
      given: taskTrust({ Principal: { Service: 'lambda.amazonaws.com' }, Condition: CONDITION }),
      config: { services: ['lambda.amazonaws.com'] },
    },
    'a provider that the configuration names': {
      given: trust({ Principal: { Federated: 'arn:x' } }),
      config: { federated: ['arn:x'] },
    },
  },
  unknown: {
    'a user that is not there yet': { given: given(aws.iam.Role, { assumeRolePolicy: UNKNOWN }) },
    'whether an account is its own': {
      given: [
        trust({ Principal: { AWS: OUTSIDE } }, { computed: { arn: UNKNOWN } }),
        trust({ Principal: { AWS: '*' } }),
      ],
      finds: ['statement 1: everyone may assume the role'],
    },
  },
});
