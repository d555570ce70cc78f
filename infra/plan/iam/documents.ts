import { UnsuitableResource } from '../../errors';
import {
  allow,
  assumeStatements,
  type ExportGrant,
  exportReaderStatements,
  exportWriterStatements,
  type SecretGrant,
  secretStatements,
  startStatements,
  type Statement,
  type TableGrant,
  tableStatements,
} from './statements';

/** Whole policy documents, made of the statements. Pure. */

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** What the replicator's code does. */
export interface TaskGrants {
  readonly region: string;
  readonly tables: readonly TableGrant[];
  readonly exports: ExportGrant;
  /** The destination's password and the like, read by the runtime itself, so that they may be rotated. */
  readonly secrets: readonly SecretGrant[];
  /** Role of the account that owns the tables; it then asks for the exports too. */
  readonly sourceRoleArn?: string | undefined;
}

/** The task role's rights: nothing but what the runtime calls. */
export function taskDocument({
  region,
  tables,
  exports,
  secrets,
  sourceRoleArn,
}: TaskGrants): PolicyDocument {
  return document([
    ...(sourceRoleArn === undefined
      ? [...tableStatements(tables, region), ...exportWriterStatements(exports, region)]
      : assumeStatements(sourceRoleArn)),
    ...exportReaderStatements(exports, region),
    ...secretStatements('ReadDestinationSecret', secrets, region),
  ]);
}

/** What the role in the account that owns the tables has to allow; its owner attaches it. */
export function sourceRoleDocument({
  region,
  tables,
  exports,
}: Pick<TaskGrants, 'region' | 'tables' | 'exports'>): PolicyDocument {
  return document([
    ...tableStatements(tables, region),
    ...exportWriterStatements({ ...exports, isForeign: true }, region),
  ]);
}

/** What ECS does for the task. */
export interface ExecutionGrants {
  readonly region: string;
  readonly logGroupArn: string;
  /** `undefined`: the image is not in ECR. */
  readonly repositoryArn: string | undefined;
  /** Only those that ECS puts into the environment. */
  readonly injectedSecrets: readonly SecretGrant[];
}

/** The execution role's rights; AWS's own AmazonECSTaskExecutionRolePolicy has them on `*`. */
export function executionDocument(grants: ExecutionGrants): PolicyDocument {
  return document([
    ...startStatements(grants.logGroupArn, grants.repositoryArn),
    ...secretStatements('InjectSecrets', grants.injectedSecrets, grants.region),
  ]);
}

/** What an outside reader of the tables does. */
export interface ReaderGrants {
  readonly region: string;
  readonly tables: readonly TableGrant[];
  readonly exports: ExportGrant;
  /** `ListStreams`, `ListExports`, which AWS can only allow for all tables; they tell names and nothing else. */
  readonly listing: boolean;
}

/**
 * The service account's rights: what Artie's setup page lists, each action on the resource that it can be allowed on.
 * Source: artie.com/docs/sources/dynamodb, "Creating a service account"; docs/SECURITY.md compares the two.
 */
export function readerDocument({ region, tables, exports, listing }: ReaderGrants): PolicyDocument {
  return document([
    ...tableStatements(tables, region),
    ...(listing
      ? [allow('ListStreamsAndExports', ['dynamodb:ListExports', 'dynamodb:ListStreams'], ['*'])]
      : []),
    ...exportWriterStatements(exports, region),
    ...exportReaderStatements(exports, region),
    // On the bucket: on its objects, as the page has it, the action allows nothing.
    allow('LocateBucket', ['s3:GetBucketLocation'], [exports.arn]),
  ]);
}

function document(statements: readonly Statement[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: statements };
}

/**
 * Most characters of a policy, white space not counted. Source: IAM User Guide, "IAM and AWS STS quotas": a role's inline
 * policies together, and a managed policy.
 */
export const POLICY_LIMITS = { inline: 10_240, managed: 6_144 } as const;

/**
 * The document as text, without white space.
 * @param subject for people: `policy of the task role`
 * @throws UnsuitableResource when IAM would not take it
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
      `it has ${text.length} characters and IAM takes ${most}: give some of the tables to a second replicator.`,
    );
  }
  return text;
}
