import * as aws from '@pulumi/aws';
import { arnMatchesAction } from '../../../policy/rules/iam/arn-matches-action';
import { examine, given, UNKNOWN } from '../examine';
import { role, TABLE } from './role-policy';

examine(arnMatchesAction, {
  violating: {
    'DescribeExport on streams': {
      given: role({ Action: 'dynamodb:DescribeExport', Resource: [TABLE, `${TABLE}/stream/*`] }),
      finds: [
        `statement S: dynamodb:DescribeExport allows nothing on ${TABLE}, ${TABLE}/stream/*; ` +
          'it needs arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/export/${ExportName}',
      ],
    },
    'ListStreams on a stream': {
      given: role({ Action: 'dynamodb:ListStreams', Resource: `${TABLE}/stream/*` }),
      finds: [`statement S: dynamodb:ListStreams works only on *, so it allows nothing on ${TABLE}/stream/*`],
    },
    'GetBucketLocation on objects': {
      given: role({ Action: ['s3:GetBucketLocation', 's3:GetObject'], Resource: 'arn:aws:s3:::mine/*' }),
      finds: [
        'statement S: s3:GetBucketLocation allows nothing on arn:aws:s3:::mine/*; it needs ' +
          'arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName} or arn:${Partition}:s3:::${BucketName}',
      ],
    },
    'GetObject on a bucket': {
      given: role({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::mine' }),
      finds: [
        'statement S: s3:GetObject allows nothing on arn:aws:s3:::mine; it needs ' +
          'arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${ObjectName} or ' +
          'arn:${Partition}:s3:::${BucketName}/${ObjectName}',
      ],
    },
  },
  satisfying: {
    'each action on its kind of resource': {
      given: role({
        Action: ['dynamodb:DescribeTable', 'dynamodb:DescribeExport', 'dynamodb:GetRecords'],
        Resource: [TABLE, `${TABLE}/export/*`, `${TABLE}/stream/*`],
      }),
    },
    'every resource': { given: role({ Action: 'dynamodb:DescribeExport', Resource: '*' }) },
    'a name that ends in a wildcard': {
      given: role({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::exports-*' }),
    },
    'a pattern of which some actions match': {
      given: role({ Action: 'dynamodb:Describe*', Resource: TABLE }),
    },
    'a service that is not in the table': {
      given: role({
        Action: 'bedrock:InvokeModel',
        Resource: 'arn:aws:bedrock:eu-west-1::foundation-model/x',
      }),
    },
  },
  unknown: {
    'a policy that names what is not there yet': { given: given(aws.iam.RolePolicy, { policy: UNKNOWN }) },
  },
});
