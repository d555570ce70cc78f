import { AwsFault, type Permission } from './aws/faults';
import { isForSource, type Operation } from './aws/operations';
import type { AwsServices } from './aws/services';
import type { Settings } from './config';

/** Whom commands are for. */
export interface FixContext {
  readonly aws: Pick<AwsServices, 'region'>;
  readonly settings: Pick<Settings, 'endpoint' | 'profile'>;
  /** ARN of the caller, once known. */
  readonly caller?: string | undefined;
  /** ARN of who reads the tables, once known: the caller's own or the assumed role's. */
  readonly source?: string | undefined;
}

/** A command of the AWS CLI, for the same region, profile and endpoint. */
export function awsCommand({ aws, settings }: FixContext, words: string): string {
  const endpoint = settings.endpoint === undefined ? '' : ` --endpoint-url ${settings.endpoint}`;
  const profile = settings.profile === undefined ? '' : ` --profile ${settings.profile}`;
  return `aws ${words} --region ${aws.region}${profile}${endpoint}`;
}

/** The command that mends what a fault found; `undefined` where the message alone can say what to do. */
export function fixOf(error: unknown, context: FixContext, bucket: string): string | undefined {
  if (!(error instanceof AwsFault)) return undefined;
  if (error.permission) return grant(error.permission, error.operation, context);
  if (error.operation === 'DescribeTable' && error.code === 'ResourceNotFoundException')
    return awsCommand(context, 'dynamodb list-tables');
  if (error.operation === 'HeadBucket' && error.httpStatus === 404)
    return awsCommand(context, `s3 mb s3://${bucket}`);
  return undefined;
}

/** Adds an inline policy to the user or role that calls. A name per operation, as a second policy of a name replaces the first. */
function grant(
  { action, resource }: Permission,
  operation: Operation,
  { settings, caller, source }: FixContext,
): string | undefined {
  const denied = isForSource(operation) ? source : caller;
  const identity = /^arn:[^:]*:(?:iam|sts)::\d+:(user|assumed-role)\/(.+)$/.exec(denied ?? '');
  const [, kind, path = ''] = identity ?? [];
  const name = kind === 'user' ? path.slice(path.lastIndexOf('/') + 1) : path.split('/')[0];
  // Roles of IAM Identity Center are changed there only.
  if (kind === undefined || name === undefined || name.startsWith('AWSReservedSSO_')) return undefined;
  const who = kind === 'user' ? `put-user-policy --user-name ${name}` : `put-role-policy --role-name ${name}`;
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
  });
  const profile = settings.profile === undefined ? '' : ` --profile ${settings.profile}`;
  return `aws iam ${who} --policy-name dynamodb-replicator-${operation} --policy-document '${policy}'${profile}`;
}
