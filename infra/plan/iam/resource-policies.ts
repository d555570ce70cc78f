/** Resource policies: who may use the bucket and the topic. Pure. */

interface ResourceStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly Service: readonly string[] } | { readonly AWS: readonly string[] };
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface ResourcePolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly ResourceStatement[];
}

export interface BucketGrants {
  readonly bucketArn: string;
  readonly prefix: string | undefined;
  /** Roles of other accounts that request exports into this bucket. */
  readonly writerArns: readonly string[];
}

/**
 * Policy of the export bucket: TLS 1.2 or newer, and exports by roles of other accounts. It denies no principal:
 * that easily locks out the export itself, which DynamoDB writes with the caller's rights.
 */
export function bucketPolicy({ bucketArn, prefix, writerArns }: BucketGrants): ResourcePolicy {
  const all = [bucketArn, `${bucketArn}/*`];
  const denied = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: all } as const;
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'TlsOnly', ...denied, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Sid: 'Tls12OrNewer', ...denied, Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } },
      ...(writerArns.length === 0
        ? []
        : [
            {
              Sid: 'ExportsFromOtherAccounts',
              Effect: 'Allow' as const,
              Principal: { AWS: [...writerArns].sort() },
              // The actions that AWS lists for exports into another account's bucket.
              Action: ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'],
              Resource: prefix === undefined ? `${bucketArn}/*` : `${bucketArn}/${prefix}/*`,
            },
          ]),
    ],
  };
}

/**
 * Policy of the alarm topic: alarms of this account and EventBridge may publish. EventBridge sends no source account to SNS, so a
 * condition on it would drop every message. Source: Amazon EventBridge User Guide, "Using resource-based policies", "Amazon SNS
 * permissions".
 */
export function topicPolicy(topicArn: string, account: string): ResourcePolicy {
  const publish = { Effect: 'Allow', Action: 'sns:Publish', Resource: topicArn } as const;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Alarms',
        ...publish,
        Principal: { Service: ['cloudwatch.amazonaws.com'] },
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
      { Sid: 'Rules', ...publish, Principal: { Service: ['events.amazonaws.com'] } },
    ],
  };
}

/**
 * Policy of the key that encrypts the alarm topic: its account administers it, and CloudWatch and EventBridge encrypt what they
 * publish. AWS's own key for SNS lets neither. For EventBridge there is no condition, as in `topicPolicy`. Source: Amazon SNS
 * Developer Guide, "Managing Amazon SNS encryption keys and costs", "Enable compatibility between event sources from AWS services
 * and encrypted topics".
 */
export function topicKeyPolicy({
  partition,
  account,
}: {
  partition: string;
  account: string;
}): ResourcePolicy {
  const encrypt = {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
  } as const;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Administer',
        Effect: 'Allow',
        Principal: { AWS: [`arn:${partition}:iam::${account}:root`] },
        Action: 'kms:*',
        Resource: '*',
      },
      {
        Sid: 'Alarms',
        ...encrypt,
        Principal: { Service: ['cloudwatch.amazonaws.com'] },
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
      { Sid: 'Rules', ...encrypt, Principal: { Service: ['events.amazonaws.com'] } },
    ],
  };
}
