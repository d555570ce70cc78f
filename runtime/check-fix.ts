import { awsCommand } from './aws/cli-command';
import { AwsFault, type Permission } from './aws/faults';
import { isForSource, type Operation } from './aws/operations';
import type { AwsServices } from './aws/services';

/** Whom commands are for. */
export interface FixContext {
  readonly aws: Pick<AwsServices, 'cli'>;
  /** ARN of the caller, once known. */
  readonly caller?: string | undefined;
  /** ARN of who reads the tables, once known: the caller's own or the assumed role's. */
  readonly source?: string | undefined;
}

/** The command that mends what a fault found; `undefined` where the message alone can say what to do. */
export function fixOf(error: unknown, context: FixContext, bucket: string): string | undefined {
  if (!(error instanceof AwsFault)) return undefined;
  if (error.permission) return grant(error.permission, error.operation, context);
  if (error.operation === 'DescribeTable' && error.code === 'ResourceNotFoundException')
    return awsCommand(context.aws.cli, 'dynamodb list-tables');
  if (error.operation === 'HeadBucket' && error.httpStatus === 404)
    return awsCommand(context.aws.cli, `s3 mb s3://${bucket}`);
  return undefined;
}

/** Adds an inline policy to the user or role that calls. A name per operation, as a second policy of a name replaces the first. */
function grant(
  { action, resource }: Permission,
  operation: Operation,
  { aws, caller, source }: FixContext,
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
  return awsCommand(
    aws.cli,
    `iam ${who} --policy-name dynamodb-replicator-${operation} --policy-document '${policy}'`,
  );
}
