import * as aws from '@pulumi/aws';
import { noWildcardResource } from '../../../policy/rules/iam/no-wildcard-resource';
import { examine, given, UNKNOWN } from '../examine';
import { role, TABLE } from './role-policy';

const KIND = 'arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}';

examine(noWildcardResource, {
  violating: {
    'an export of any table': {
      given: role({ Action: ['dynamodb:ExportTableToPointInTime', 'dynamodb:ListExports'], Resource: '*' }),
      finds: [
        `statement S: it allows dynamodb:ExportTableToPointInTime on every resource; limit it to ${KIND}`,
      ],
    },
    'every table of the account': {
      given: role({
        Action: 'dynamodb:DescribeTable',
        Resource: 'arn:aws:dynamodb:eu-west-1:123456789012:table/*',
      }),
      finds: [`statement S: it allows dynamodb:DescribeTable on every resource; limit it to ${KIND}`],
    },
    'every bucket': {
      given: role({ Action: 's3:DeleteBucket', Resource: 'arn:aws:s3:::*' }),
      finds: ['statement S: it allows s3:DeleteBucket on every resource; name the resources'],
    },
    'every key': {
      given: role({ Action: 'kms:Decrypt', Resource: 'arn:aws:kms:eu-west-1:123456789012:key/*' }),
      finds: [
        'statement S: it allows kms:Decrypt on every resource; limit it to arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}',
      ],
    },
    'an action that has a resource, of a service with some that have none': {
      given: role({ Action: ['ec2:TerminateInstances', 'ec2:DescribeVpcAttribute'], Resource: '*' }),
      finds: [
        'statement S: it allows ec2:TerminateInstances on every resource; name the resources',
        'statement S: it allows ec2:DescribeVpcAttribute on every resource; name the resources',
      ],
    },
    'patterns that match actions with a resource': {
      given: role({ Action: ['ec2:Create*', 'secretsmanager:Get*', 'ec2:D*', 'lambda:*'], Resource: '*' }),
      finds: [
        'statement S: it allows ec2:Create* on every resource; name the resources',
        'statement S: it allows secretsmanager:Get* on every resource; limit it to ' +
          'arn:${Partition}:secretsmanager:${Region}:${Account}:secret:${SecretId}',
        'statement S: it allows ec2:D* on every resource; name the resources',
        'statement S: it allows lambda:* on every resource; name the resources',
      ],
    },
    'an action that AWS does not have': {
      given: role({ Action: 'xray:Nothing', Resource: '*' }),
      finds: ['statement S: it allows xray:Nothing on every resource; name the resources'],
    },
    'metrics in any namespace': {
      given: role({ Action: 'cloudwatch:PutMetricData', Resource: '*' }),
      finds: [
        'statement S: it allows cloudwatch:PutMetricData in every namespace; add a condition on cloudwatch:namespace',
      ],
    },
    'every resource but some': {
      given: role({ Action: 's3:GetObject', NotResource: 'arn:aws:s3:::mine/*' }),
      finds: ['statement S: NotResource matches everything except arn:aws:s3:::mine/*; name the resources'],
    },
  },
  satisfying: {
    'a table, its streams and exports': {
      given: role({
        Action: 'dynamodb:GetRecords',
        Resource: [TABLE, `${TABLE}/stream/*`, `${TABLE}/export/*`],
      }),
    },
    'actions that AWS has no resource for': {
      given: role({ Action: ['ecr:GetAuthorizationToken', 'dynamodb:ListStreams'], Resource: '*' }),
    },
    'actions of any service without a resource': {
      given: role({
        Action: [
          'autoscaling:DescribeAutoScalingGroups',
          'EC2:describevpcs',
          'logs:DescribeLogGroups',
          'ssmmessages:OpenDataChannel',
          'sts:GetCallerIdentity',
          'xray:PutTraceSegments',
        ],
        Resource: '*',
      }),
    },
    'patterns whose actions have no resource, or only list things': {
      given: role({ Action: ['ec2:Describe*', 'ec2:DescribeVpc*', 'xray:Put*'], Resource: '*' }),
    },
    'a pattern that the configuration allows': {
      given: role({ Action: 'rekognition:DetectCustomLabels', Resource: '*' }),
      config: { actions: ['rekognition:Detect*'] },
    },
    'metrics of one namespace': {
      given: role({
        Action: 'cloudwatch:PutMetricData',
        Resource: '*',
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Shop' } },
      }),
    },
    'objects of one bucket': { given: role({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::mine/*' }) },
  },
  unknown: {
    'a policy that names what is not there yet': { given: given(aws.iam.Policy, { policy: UNKNOWN }) },
  },
});
