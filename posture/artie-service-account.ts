import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';

/**
 * The resources of the Terraform on artie.com/docs/sources/dynamodb ("Creating a service account"), with the same settings, for
 * comparison.
 */
export function artieServiceAccount(): void {
  const document = readFileSync(join(__dirname, '../tests/posture/artie-published.json'), 'utf8');
  const role = new aws.iam.Role('dynamodb_streams_role', {
    name: 'DynamoDBStreamsRole',
    assumeRolePolicy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Sid: '', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    }),
  });
  const policy = new aws.iam.Policy('dynamodb_streams_access', {
    name: 'DynamoDBStreamsAccess',
    policy: document,
  });
  new aws.iam.RolePolicyAttachment('dynamodb_streams_role', { role: role.name, policyArn: policy.arn });
  const user = new aws.iam.User('dynamodb_streams_user', { name: 'dynamodb-artie-user', path: '/' });
  new aws.iam.UserPolicyAttachment('user_dynamodb_streams', { user: user.name, policyArn: policy.arn });
  new aws.iam.AccessKey('dynamodb_streams_user_key', { user: user.name });
}
