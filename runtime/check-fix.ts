import { awsCommand } from './aws/cli-command';
import { AwsFault, type Permission, statementFor } from './aws/faults';
import { isForSource, type Operation } from './aws/operations';
import type { AwsServices } from './aws/services';

/** Who runs the commands, and whose rights they grant. */
export interface FixContext {
  readonly aws: Pick<AwsServices, 'cli'>;
  /** ARN of the caller, once known. */
  readonly caller?: string | undefined;
  /** ARN of the identity that reads the tables, once known: the caller or the assumed role. */
  readonly source?: string | undefined;
}

/** The command that fixes a fault; `undefined` when no command can. */
export function fixOf(error: unknown, context: FixContext, bucket: string): string | undefined {
  if (!(error instanceof AwsFault)) return undefined;
  if (error.permission) return grant(error.permission, error.operation, context);
  if (error.operation === 'DescribeTable' && error.code === 'ResourceNotFoundException')
    return awsCommand(context.aws.cli, 'dynamodb list-tables');
  if (error.operation === 'HeadBucket' && error.httpStatus === 404)
    return awsCommand(context.aws.cli, `s3 mb s3://${bucket}`);
  return undefined;
}

/** Adds an inline policy to the user or role that was denied, named by operation, as a policy replaces one of the same name. */
function grant(
  missing: Permission,
  operation: Operation,
  { aws, caller, source }: FixContext,
): string | undefined {
  const denied = isForSource(operation) ? source : caller;
  const identity = /^arn:[^:]*:(?:iam|sts)::\d+:(user|assumed-role)\/(.+)$/.exec(denied ?? '');
  const [, kind, path = ''] = identity ?? [];
  const name = kind === 'user' ? path.slice(path.lastIndexOf('/') + 1) : path.split('/')[0];
  // Roles of IAM Identity Center can only be changed there.
  if (kind === undefined || name === undefined || name.startsWith('AWSReservedSSO_')) return undefined;
  const who = kind === 'user' ? `put-user-policy --user-name ${name}` : `put-role-policy --role-name ${name}`;
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [statementFor(missing)],
  });
  return awsCommand(
    aws.cli,
    `iam ${who} --policy-name dynamodb-replicator-${operation} --policy-document '${policy}'`,
  );
}
