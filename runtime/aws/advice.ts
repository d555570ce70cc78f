import { reload, sentence } from '../errors';
import { awsCommand, awsSetup, turnOnRecovery, turnOnStream } from './cli-command';
import { type Permission, statementFor } from './faults';
import { PERMISSIONS, subjectOf, type CallContext, type Operation } from './operations';

/** A failed call, from which its message is made. */
export interface Failure {
  readonly operation: Operation;
  readonly context: CallContext;
  /** Wire name of the error or the socket's code. */
  readonly code: string;
  /** The message of the service or the socket. */
  readonly message: string;
}

export type Advice = (failure: Failure) => string;

/** The message for a response whose body the SDK could not read. */
export const UNREAD_BODY = 'The body cannot be read; a proxy or a sign-in page may have sent it.';

const call = ({ operation, context }: Failure): string => `${operation} on ${subjectOf(operation, context)}`;
const aws = ({ context }: Failure, words: string): string => awsCommand(context, words);
const whoami = (f: Failure): string => aws(f, 'sts get-caller-identity');
const where = ({ context }: Failure): string => serverOf(context) ?? `AWS in ${context.region}`;
const serverOf = ({ server, endpoint }: CallContext): string | undefined => server ?? endpoint;
const quote = ({ message }: Failure): string => {
  // The SDK's message for a response without a body.
  if (message === '' || message === 'UnknownError') return '';
  return message === UNREAD_BODY ? ` ${message}` : ` AWS says: ${sentence(message)}`;
};
const tableOf = ({ context }: Failure): string =>
  context.table ?? context.arn?.match(/table\/([^/]+)/)?.[1] ?? 'TABLE';

export const transient: Advice = (f) => `${call(f)} failed (${f.code}); retrying.${quote(f)}`;

export const unreadableAnswer: Advice = (f) =>
  `${call(f)} got a response that is cut off or that AWS would not send (${f.code}); retrying. ${f.message}`;

export const foreignAnswer: Advice = (f) =>
  `${call(f)} got a response that AWS would not send; retrying. ${f.message}`;

export const serverTrouble: Advice = (f) =>
  `${call(f)} failed at the server (${f.code}); retrying. If this continues, check ` +
  `${serverOf(f.context) === undefined ? 'https://health.aws.amazon.com' : `the log of ${where(f)}`}.`;

export const throttled: Advice = (f) => `${call(f)} is throttled (${f.code}); retrying more slowly.`;

export const exportQuota: Advice = (f) =>
  `${where(f)} already runs as many exports as the account may have; retrying until one ends.` +
  `${quote(f)} List them: ${aws(f, 'dynamodb list-exports')}`;

export const unreachable: Advice = (f) =>
  `Cannot reach ${where(f)} (${f.message.includes(f.code) ? f.message : [f.code, f.message].filter(Boolean).join(': ')}). Check the network, the proxy and the ` +
  `region's name${serverOf(f.context) ? ', and that the server at this endpoint is running' : ''}.`;

export const proxy: Advice = (f) => `${call(f)} failed. ${f.message}`;

export const certificate: Advice = (f) =>
  `The TLS certificate of ${where(f)} is not trusted (${f.code}). Behind a proxy with its own certificate authority, ` +
  `name its file in NODE_EXTRA_CA_CERTS.`;

export const fileDescriptors: Advice = (f) =>
  `This process has no file descriptors left for ${call(f)}. Raise the limit: ulimit -n 4096`;

/** The permission whose lack denied access: the one that AWS names, or else the one that the operation needs. */
export function missingPermission(f: Failure): Permission {
  const needed = PERMISSIONS[f.operation];
  const named = /not authorized to perform: (\S+?)(?: on resource: "?([^\s"]+)"?)?(?:\s|$)/.exec(f.message);
  return {
    action: named?.[1] ?? needed.action,
    resource: named?.[2] ?? needed.resource(f.context),
    ...limitedTo(f.context.attributes),
  };
}

/**
 * Limits a permission to reads of these attributes, as the stack does (`keyStatements` of infra/plan/iam): `ForAllValues` is also true for a
 * request that names no attribute, hence `Null`.
 * Source: IAM User Guide, "Amazon DynamoDB: Allows access to specific attributes"; "Multivalued context keys".
 */
const limitedTo = (attributes: readonly string[] | undefined): Pick<Permission, 'condition'> =>
  attributes === undefined
    ? {}
    : {
        condition: {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...attributes].sort() },
          Null: { 'dynamodb:Attributes': 'false' },
          StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        },
      };

export const accessDenied: Advice = (f) => {
  const missing = missingPermission(f);
  const { action, resource } = missing;
  const { sourceRole } = f.context;
  const policy =
    sourceRole === undefined
      ? `the caller's policy (${whoami(f)} shows the caller)`
      : `a policy of the source role ${sourceRole}`;
  return (
    `Access denied: ${f.operation} needs ${action} on ${resource}. Add this to ${policy}: ` +
    `${JSON.stringify(statementFor(missing))}.${quote(f)}`
  );
};

/** The trust policy that lets the refused caller assume the role. */
function trustPolicy({ context, message }: Failure): string {
  const caller = /^User: (\S+) is not authorized/.exec(message)?.[1];
  // A trust policy names the role of a session, not the session.
  const principal = caller?.replace(
    /^(arn:[^:]*):sts::(\d+):assumed-role\/([^/]+)\/.*$/,
    '$1:iam::$2:role/$3',
  );
  const { externalId } = context;
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: principal ?? 'ARN_OF_THE_CALLER' },
    Action: 'sts:AssumeRole',
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

export const roleDenied: Advice = (f) => {
  const { arn = 'ROLE', externalId } = f.context;
  const own = JSON.stringify({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: arn });
  const hint =
    externalId === undefined ? ' (or give the external id that it requires: --source-external-id)' : '';
  const update = aws(
    f,
    `iam update-assume-role-policy --role-name ${arn.split('/').at(-1)} --policy-document '${trustPolicy(f)}'`,
  );
  return (
    `Access denied: role ${arn} cannot be assumed. Two policies must allow it. One is the role's trust policy, in the account that ` +
    `owns it${hint}; this replaces the present policy, so keep its other statements: ${update}. The other is the caller's policy ` +
    `(${whoami(f)} shows the caller): ${own}.${quote(f)}`
  );
};

export const objectDenied: Advice = (f) => {
  const encryption =
    f.operation === 'PutObject'
      ? ' If it demands encryption headers, set kmsKeyId: exports are then written with them.'
      : '';
  return (
    `${accessDenied(f)} Also check that bucket ${f.context.bucket} is this account's and that its policy allows this: ` +
    `${aws(f, `s3api get-bucket-policy --bucket ${f.context.bucket}`)}.${encryption}` +
    (f.operation === 'GetObject' ? orMissing(f) : '')
  );
};

/** Source: S3 API reference, "GetObject", permissions. */
function orMissing(f: Failure): string {
  const listing: Permission = { action: 's3:ListBucket', resource: bucketArn(f) };
  const also =
    missingPermission(f).action === listing.action
      ? ''
      : ` To let it say so, add this too: ${JSON.stringify(statementFor(listing))}.`;
  return (
    ` ${subjectOf(f.operation, f.context)} is missing, or not allowed to be read: without s3:ListBucket, S3 does not say ` +
    `which.${also}`
  );
}
const bucketArn = (f: Failure): string => `arn:aws:s3:::${f.context.bucket}`;

const signIn = ({ context }: Failure): string =>
  `"${awsSetup(context, 'sso login')}" or "${awsSetup(context, 'configure')}"`;

export const ssoExpired: Advice = (f) => {
  // The SDK names the profile that has to sign in, if it knows it.
  const named = /profile=([^\s,]+)/.exec(f.message)?.[1];
  const context = named === undefined ? f.context : { ...f.context, signInProfile: named };
  return (
    `The AWS sign-in (SSO)${of(context)} is missing or has expired. Sign in: ${awsSetup(context, 'sso login')}. Then check with: ` +
    whoami(f)
  );
};
const of = ({ profile, signInProfile = profile }: CallContext): string =>
  signInProfile === undefined ? '' : ` of profile ${signInProfile}`;

export const noCredentials: Advice = (f) =>
  `No AWS credentials were found (${f.message}). Sign in with ${signIn(f)}, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and ` +
  `AWS_SECRET_ACCESS_KEY; then check with: ${whoami(f)}`;

export const badCredentials: Advice = (f) =>
  `AWS rejects the credentials (${f.code}: ${f.message}). Renew them with ${signIn(f)}, then check with: ${whoami(f)}`;

export const clockSkew: Advice = (f) =>
  `AWS rejects the request's time (${f.code}: ${f.message}). This machine's clock is wrong; set it: timedatectl set-ntp true`;

export const noRegion: Advice = ({ context }) =>
  `No AWS region is set. Give --region (such as eu-west-1), set AWS_REGION, or set it permanently: ` +
  awsSetup(context, 'configure set region eu-west-1');

export const encryptionKey: Advice = (f) =>
  `The KMS key behind ${subjectOf(f.operation, f.context)} cannot be used (${f.code}).${quote(f)} Enable the ` +
  `key (${aws(f, 'kms enable-key --key-id KEY')}) or allow ${identityOf(f)} kms:Decrypt and kms:GenerateDataKey on it.`;
const identityOf = ({ context: { sourceRole } }: Failure): string =>
  sourceRole === undefined ? 'the caller' : `the source role ${sourceRole}`;

export const pointInTimeRecoveryOff: Advice = (f) =>
  `Point-in-time recovery of table ${tableOf(f)} is off, and an export needs it. Turn it on: ` +
  aws(f, turnOnRecovery(tableOf(f)));

export const pointInTimeRecoveryStarting: Advice = (f) =>
  `Point-in-time recovery of table ${tableOf(f)} is being set up; retrying.`;

export const exportTime: Advice = (f) => {
  const { window } = f.context;
  const show = aws(f, `dynamodb describe-continuous-backups --table-name ${tableOf(f)}`);
  if (window === undefined) {
    return (
      `The requested time is outside the point-in-time recovery window of table ${tableOf(f)}.${quote(f)} ` +
      `Show the window: ${show}`
    );
  }
  const [from, to] = [window.from, window.to].map((ms) => new Date(ms).toISOString());
  return (
    `AWS refuses to export the changes of table ${tableOf(f)} from ${from} to ${to}.${quote(f)} Show how far back ` +
    `point-in-time recovery reaches: ${show} . If it no longer reaches back to ${from}, load the table again: ${reload()}`
  );
};

export const exportConflict: Advice = (f) =>
  `An export was already requested with this token but with other settings.${quote(f)} List the exports: ` +
  aws(f, `dynamodb list-exports${f.context.arn === undefined ? '' : ` --table-arn ${f.context.arn}`}`);

export const exportUnknown: Advice = (f) =>
  `Export ${f.context.arn} is unknown: AWS forgets exports after 90 days. A new one is needed.`;

export const tableUnknown: Advice = (f) =>
  `There is no table ${tableOf(f)} at ${where(f)}. List the tables: ${aws(f, 'dynamodb list-tables')}`;

export const streamUnknown: Advice = (f) =>
  `${subjectOf(f.operation, f.context)} or the requested shard no longer exists.${quote(f)} Show the table's stream: ` +
  aws(f, `dynamodb describe-table --table-name ${tableOf(f)} --query Table.LatestStreamArn`);

export const secretUnknown: Advice = (f) =>
  `There is no secret ${f.context.arn} at ${where(f)}.${quote(f)} List the secrets: ` +
  aws(f, 'secretsmanager list-secrets');

export const secretUnusable: Advice = (f) =>
  `The secret ${f.context.arn} cannot be read (${f.code}).${quote(f)} If it was deleted, restore it: ` +
  aws(f, `secretsmanager restore-secret --secret-id ${f.context.arn}`);

export const iteratorExpired: Advice = (f) =>
  `The shard iterator is older than 15 minutes (${f.code}); a new one is needed.`;

export const trimmed: Advice = (f) =>
  `The stream ${f.context.arn ?? ''} no longer has the requested position: it keeps records for 24 hours.${quote(f)}`;

export const unsupportedRecord: Advice = (f) =>
  `The stream ${f.context.arn ?? ''} cannot be replicated: ${f.message}. Its view type must be NEW_IMAGE or ` +
  `NEW_AND_OLD_IMAGES, which only a new stream can have: disable it and enable it again with ` +
  aws(f, turnOnStream(tableOf(f)));

export const bucketUnknown: Advice = (f) =>
  `There is no bucket ${f.context.bucket}. Create it: ${aws(f, `s3 mb s3://${f.context.bucket}`)}`;

export const objectUnknown: Advice = (f) =>
  `${subjectOf(f.operation, f.context)} does not exist. Check: ${aws(f, `s3 ls ${subjectOf(f.operation, f.context)}`)} . If it was ` +
  `deleted, load from a new export: ${reload()}`;

export const objectChanged: Advice = (f) =>
  `${subjectOf(f.operation, f.context)} was replaced while it was read. Nothing else may write under the export's prefix.`;

export const otherRegion: Advice = (f) =>
  `Bucket ${f.context.bucket} is in another region and was not found there (${f.code}). Show its region: ` +
  aws(f, `s3api get-bucket-location --bucket ${f.context.bucket}`);

export const refused: Advice = (f) =>
  `${call(f)} was refused as invalid (${f.code}): ${f.message}. Check the settings that it uses.`;

export const refusedBy: Advice = (f) => `${call(f)} was refused (${f.code}).${quote(f)}`;

export const unsupported: Advice = (f) =>
  `${where(f)} does not support ${f.operation}. An endpoint must offer DynamoDB, its Streams, exports and S3.`;

export const unknownError: Advice = (f) =>
  `${call(f)} failed with an unknown error (${f.code}): ${f.message}`;
