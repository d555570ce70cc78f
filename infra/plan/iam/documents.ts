import { UnsuitableResource } from '../../errors';
import {
  allow,
  assumeStatements,
  type ExportGrant,
  exportReaderStatements,
  exportWriterStatements,
  keyStatements,
  type SecretGrant,
  secretStatements,
  startStatements,
  type Statement,
  type TableGrant,
  tableStatements,
} from './statements';

/** Whole policy documents, built from the statements. Pure. */

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** What the task role is granted. */
export interface TaskGrants {
  readonly tables: readonly TableGrant[];
  readonly exports: ExportGrant;
  /** Secrets that the runtime reads itself, such as the destination's password, so that they can be rotated. */
  readonly secrets: readonly SecretGrant[];
  /** Role in the account that owns the tables. It then also requests the exports. */
  readonly sourceRoleArn?: string | undefined;
}

/** Policy of the task role: only what the runtime calls. */
export function taskDocument({ tables, exports, secrets, sourceRoleArn }: TaskGrants): PolicyDocument {
  return document([
    ...(sourceRoleArn === undefined
      ? [...tableStatements(tables), ...keyStatements(tables), ...exportWriterStatements(exports)]
      : assumeStatements(sourceRoleArn)),
    ...exportReaderStatements(exports),
    ...secretStatements('ReadDestinationSecret', secrets),
  ]);
}

/** Policy for the role in the account that owns the tables; its owner attaches it. */
export function sourceRoleDocument({
  tables,
  exports,
}: Pick<TaskGrants, 'tables' | 'exports'>): PolicyDocument {
  return document([
    ...tableStatements(tables),
    ...keyStatements(tables),
    ...exportWriterStatements({ ...exports, isForeign: true }),
  ]);
}

/** What the execution role is granted. */
export interface ExecutionGrants {
  readonly logGroupArn: string;
  /** Repositories in ECR that images are pulled from. */
  readonly repositoryArns: readonly string[];
  /** Only those that ECS puts into the environment. */
  readonly injectedSecrets: readonly SecretGrant[];
  /** Credentials of a private registry. */
  readonly registrySecrets: readonly SecretGrant[];
}

/** Policy of the execution role. AWS's own AmazonECSTaskExecutionRolePolicy grants the same on `*`. */
export function executionDocument(grants: ExecutionGrants): PolicyDocument {
  return document([
    ...startStatements(grants.logGroupArn, grants.repositoryArns),
    ...secretStatements('LogInToRegistry', grants.registrySecrets),
    ...secretStatements('InjectSecrets', grants.injectedSecrets),
  ]);
}

/** What an outside reader is granted. */
export interface ReaderGrants {
  readonly tables: readonly TableGrant[];
  readonly exports: ExportGrant;
  /** `ListStreams` and `ListExports`, which AWS grants only for all tables. They return names only. */
  readonly listing: boolean;
}

/**
 * Policy of the service account: what Artie's setup page lists, each action limited to the narrowest resource that AWS supports.
 * Source: artie.com/docs/sources/dynamodb, "Creating a service account"; docs/SECURITY.md compares the two.
 */
export function readerDocument({ tables, exports, listing }: ReaderGrants): PolicyDocument {
  return document([
    ...tableStatements(tables),
    ...(listing
      ? [allow('ListStreamsAndExports', ['dynamodb:ListExports', 'dynamodb:ListStreams'], ['*'])]
      : []),
    ...exportWriterStatements(exports),
    ...exportReaderStatements(exports),
    // On the bucket. The page lists it on the objects, where the action has no effect.
    allow('LocateBucket', ['s3:GetBucketLocation'], [exports.arn]),
  ]);
}

function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

/**
 * Maximum length of a policy in characters, without white space. Source: IAM User Guide, "IAM and AWS STS quotas": a role's inline
 * policies together, and a managed policy.
 */
export const POLICY_LIMITS = { inline: 10_240, managed: 6_144 } as const;

/**
 * The document as text, without white space.
 * @param subject for the message: `policy of the task role`
 * @throws UnsuitableResource if the text is too long for IAM
 */
export function policyText(
  document: PolicyDocument,
  limit: keyof typeof POLICY_LIMITS,
  subject: string,
): string {
  const text = JSON.stringify(document);
  const most = POLICY_LIMITS[limit];
  if (text.length > most) {
    throw new UnsuitableResource(
      subject,
      `it has ${text.length} characters, but IAM allows ${most}: ${shorter(document)}.`,
    );
  }
  return text;
}

/** How the document gets shorter. */
function shorter({ Statement }: PolicyDocument): string {
  const split = 'move some of the tables to a second replicator';
  return Statement.some(({ Action }) => Action.includes('dynamodb:BatchGetItem'))
    ? `${split}, or set settings.onGap to wait, which needs no permission to read keys`
    : split;
}
