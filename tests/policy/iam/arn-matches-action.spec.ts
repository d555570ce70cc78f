import * as aws from '@pulumi/aws';
import { arnMatchesAction } from '../../../policy/rules/iam/arn-matches-action';
import { examine, given, UNKNOWN } from '../examine';
import { role, TABLE } from './role-policy';

examine(arnMatchesAction, {
  violating: {
    'an export that is looked for among streams': {
      given: role({ Action: 'dynamodb:DescribeExport', Resource: [TABLE, `${TABLE}/stream/*`] }),
      finds: [
        `statement S: dynamodb:DescribeExport allows nothing on ${TABLE}, ${TABLE}/stream/*; ` +
          'it takes arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/export/${ExportName}',
      ],
    },
    'a list that takes * only': {
      given: role({ Action: 'dynamodb:ListStreams', Resource: `${TABLE}/stream/*` }),
      finds: [`statement S: dynamodb:ListStreams takes * only, so on ${TABLE}/stream/* it allows nothing`],
    },
    'a bucket’s place asked of its objects': {
      given: role({ Action: ['s3:GetBucketLocation', 's3:GetObject'], Resource: 'arn:aws:s3:::mine/*' }),
      finds: [
        'statement S: s3:GetBucketLocation allows nothing on arn:aws:s3:::mine/*; it takes ' +
          'arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName} or arn:${Partition}:s3:::${BucketName}',
      ],
    },
    'objects asked of a bucket': {
      given: role({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::mine' }),
      finds: [
        'statement S: s3:GetObject allows nothing on arn:aws:s3:::mine; it takes ' +
          'arn:${Partition}:s3:${Region}:${Account}:accesspoint/${AccessPointName}/object/${ObjectName} or ' +
          'arn:${Partition}:s3:::${BucketName}/${ObjectName}',
      ],
    },
  },
  satisfying: {
    'each its own': {
      given: role({
        Action: ['dynamodb:DescribeTable', 'dynamodb:DescribeExport', 'dynamodb:GetRecords'],
        Resource: [TABLE, `${TABLE}/export/*`, `${TABLE}/stream/*`],
      }),
    },
    everything: { given: role({ Action: 'dynamodb:DescribeExport', Resource: '*' }) },
    'a name that is left open at its end': {
      given: role({ Action: 's3:GetObject', Resource: 'arn:aws:s3:::exports-*' }),
    },
    'a pattern of which some fit': { given: role({ Action: 'dynamodb:Describe*', Resource: TABLE }) },
    'a service that the table does not have': {
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
