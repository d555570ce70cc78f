/**
 * The statements of the identity policies: which actions on which resources, and why each `*` is needed. Pure: ARNs in,
 * statements out, always in the same order, so that an unchanged program shows no difference.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys" of each service.
 */

/** One statement of an identity policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A table that is replicated. */
export interface TableGrant {
  readonly arn: string;
  /** Key attributes, which may be read again to heal gaps; empty or absent: no item may be read. */
  readonly keyAttributes?: readonly string[] | undefined;
  /** Customer-managed key that encrypts the table; empty without one. */
  readonly kmsKeyArn?: string | undefined;
}

/** The bucket that exports are written to and read from. */
export interface ExportGrant {
  readonly arn: string;
  /** Without leading or trailing slash; `undefined`: the whole bucket. */
  readonly prefix?: string | undefined;
  /** The bucket belongs to another account than the caller. */
  readonly isForeign?: boolean | undefined;
  /** Customer-managed key that encrypts the exports. */
  readonly kmsKeyArn?: string | undefined;
}

/** A secret of Secrets Manager. */
export interface SecretGrant {
  readonly arn: string;
  /** Customer-managed key that encrypts the secret. */
  readonly kmsKeyArn?: string | undefined;
}

export function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Condition,
): Statement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: sorted(actions),
    Resource: sorted(resources),
    ...(condition && { Condition: condition }),
  };
}

function sorted(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

function defined<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  return values.filter((value) => value !== undefined);
}

/**
 * Reading tables: description, exports and streams. `ListStreams` and `ListExports` are not included: they work on `*`
 * only, and the checkpoint has the ARNs. Enabling a stream again changes its label, hence `stream/*`.
 */
export function tableStatements(tables: readonly TableGrant[]): readonly Statement[] {
  const arns = tables.map(({ arn }) => arn);
  // An empty text stands for AWS's own key, as outputs of components are never undefined.
  const keys = defined(tables.map(({ kmsKeyArn }) => kmsKeyArn || undefined));
  return defined([
    allow(
      'DescribeAndExportTables',
      ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable', 'dynamodb:ExportTableToPointInTime'],
      arns,
    ),
    allow(
      'FollowExports',
      ['dynamodb:DescribeExport'],
      arns.map((arn) => `${arn}/export/*`),
    ),
    allow(
      'ReadStreams',
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      arns.map((arn) => `${arn}/stream/*`),
    ),
    keys.length === 0
      ? undefined
      : allow('ReadEncryptedTables', ['kms:Decrypt'], keys, viaService('dynamodb', keys)),
  ]);
}

/**
 * Reading keys again, to heal gaps: of each table only its key attributes, and of its indexes nothing. DynamoDB checks the names of the
 * attributes that a request asks for. `ForAllValues` is also true for a request that names none, hence `Null`; a request for whole
 * items selects `ALL_ATTRIBUTES`. Tables with the same key attributes share a statement.
 * Source: DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control"; IAM User Guide, "Multivalued
 * context keys".
 */
export function keyStatements(tables: readonly TableGrant[]): readonly Statement[] {
  const arnsByKey = new Map<string, readonly string[]>();
  for (const { arn, keyAttributes = [] } of tables) {
    if (keyAttributes.length === 0) continue;
    const key = JSON.stringify(sorted(keyAttributes));
    arnsByKey.set(key, [...(arnsByKey.get(key) ?? []), arn]);
  }
  return sorted([...arnsByKey.keys()]).map((key, index) =>
    allow(
      index === 0 ? 'ReadKeys' : `ReadKeys${index + 1}`,
      ['dynamodb:BatchGetItem'],
      arnsByKey.get(key) ?? [],
      {
        'ForAllValues:StringEquals': { 'dynamodb:Attributes': JSON.parse(key) as readonly string[] },
        Null: { 'dynamodb:Attributes': 'false' },
        StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      },
    ),
  );
}

/** Writing exports: DynamoDB writes them with the rights of the identity that requested the export. */
export function exportWriterStatements(target: ExportGrant): readonly Statement[] {
  const objects = objectsOf(target);
  return defined([
    allow('WriteExports', ['s3:AbortMultipartUpload', 's3:PutObject'], [objects]),
    // Without it, the owner of a bucket with ACLs on could not read the exports.
    target.isForeign ? allow('HandOverExports', ['s3:PutObjectAcl'], [objects]) : undefined,
    target.kmsKeyArn === undefined
      ? undefined
      : allow(
          'EncryptExports',
          // S3 also needs Decrypt, for multipart uploads. Source: S3 User Guide, "Multipart upload API and permissions".
          ['kms:Decrypt', 'kms:GenerateDataKey'],
          [target.kmsKeyArn],
          exportKeyCondition(target, target.kmsKeyArn),
        ),
  ]);
}

/** Reading exports. */
export function exportReaderStatements(target: ExportGrant): readonly Statement[] {
  return defined([
    allow('ReadExports', ['s3:GetObject'], [objectsOf(target)]),
    // For a missing object, S3 answers 404 only to callers who may list. Others get 403, which looks like a missing
    // permission. HeadBucket and that check carry no prefix, so the condition applies only to requests that have one.
    allow(
      'FindExports',
      ['s3:ListBucket'],
      [target.arn],
      target.prefix === undefined
        ? undefined
        : { StringLikeIfExists: { 's3:prefix': [`${target.prefix}/*`] } },
    ),
    target.kmsKeyArn === undefined
      ? undefined
      : allow(
          'DecryptExports',
          ['kms:Decrypt'],
          [target.kmsKeyArn],
          exportKeyCondition(target, target.kmsKeyArn),
        ),
  ]);
}

/** Reading secrets, and decrypting them if they have a customer-managed key. */
export function secretStatements(sid: string, secrets: readonly SecretGrant[]): readonly Statement[] {
  if (secrets.length === 0) return [];
  const arns = secrets.map(({ arn }) => secretResource(wholeSecret(arn)));
  const keys = defined(secrets.map(({ kmsKeyArn }) => kmsKeyArn));
  return defined([
    allow(sid, ['secretsmanager:GetSecretValue'], arns),
    keys.length === 0
      ? undefined
      : allow(`${sid}Key`, ['kms:Decrypt'], keys, viaService('secretsmanager', keys)),
  ]);
}

/** Assuming the role of the account that owns the tables. */
export function assumeStatements(roleArn: string): readonly Statement[] {
  return [allow('AssumeSourceRole', ['sts:AssumeRole'], [roleArn])];
}

/** What ECS does before the container runs: it pulls the images and opens the log. */
export function startStatements(
  logGroupArn: string,
  repositoryArns: readonly string[],
): readonly Statement[] {
  return defined([
    repositoryArns.length === 0
      ? undefined
      : // The action has no resource type: it works on `*` only.
        allow('AuthorizePull', ['ecr:GetAuthorizationToken'], ['*']),
    repositoryArns.length === 0
      ? undefined
      : allow(
          'PullImage',
          ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          repositoryArns,
        ),
    allow(
      'WriteLog',
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      [`${logGroupArn.replace(/:\*$/, '')}:log-stream:*`],
    ),
  ]);
}

function objectsOf({ arn, prefix }: ExportGrant): string {
  return prefix === undefined ? `${arn}/*` : `${arn}/${prefix}/*`;
}

/** A service uses only keys of its own region, which is not always the stack's: buckets and secrets may be elsewhere. */
function viaService(service: string, keys: readonly string[]): Condition {
  const regions = sorted(keys.map((key) => key.split(':')[3] as string));
  const services = regions.map((region) => `${service}.${region}.amazonaws.com`);
  return { StringEquals: { 'kms:ViaService': services.length === 1 ? (services[0] as string) : services } };
}

/** With a bucket key the encryption context names the bucket, without one the object. Source: S3 User Guide, "Using SSE-KMS". */
function exportKeyCondition(target: ExportGrant, key: string): Condition {
  return {
    ...viaService('s3', [key]),
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': [target.arn, objectsOf(target)] },
  };
}

/** ARN of a whole secret, without the part `:KEY:STAGE:VERSION` that ECS allows after it, to put one value of JSON into a variable.
 * Source: ECS Developer Guide, "Pass Secrets Manager secrets through environment variables". */
export function wholeSecret(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

/**
 * A secret's ARN ends in `-` and six characters that Secrets Manager chose. If the ARN lacks them, the pattern matches any six
 * characters, and not `*`, which would also match secrets with longer names.
 */
export function secretResource(arn: string): string {
  return /-[A-Za-z0-9]{6}$/.test(arn) ? arn : `${arn}-??????`;
}
