/** Who may assume a role. Pure. */

const TASKS = 'ecs-tasks.amazonaws.com';

interface TrustStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly Service: string } | { readonly AWS: string };
  readonly Action: 'sts:AssumeRole';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface TrustDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly TrustStatement[];
}

/** Partition, account and region of a role. */
export interface Place {
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/**
 * Trusts ECS tasks of this account and region. The conditions keep other accounts from using ECS as a confused deputy.
 * Source: Amazon ECS Developer Guide, "Amazon ECS task IAM role", confused deputy.
 */
export function tasksTrust({ partition, account, region }: Place): TrustDocument {
  return document({
    Sid: 'EcsTasks',
    Effect: 'Allow',
    Principal: { Service: TASKS },
    Action: 'sts:AssumeRole',
    Condition: {
      ArnLike: { 'aws:SourceArn': `arn:${partition}:ecs:${region}:${account}:*` },
      StringEquals: { 'aws:SourceAccount': account },
    },
  });
}

/** Whether a role's trust policy lets ECS tasks assume the role, whatever its conditions. @param policy JSON text from IAM */
export function trustsTasks(policy: string): boolean {
  const { Statement } = JSON.parse(policy) as { Statement: ForeignStatement | readonly ForeignStatement[] };
  return [Statement].flat().some((statement) => {
    const { Effect, Principal, Action } = statement as ForeignStatement;
    const services = typeof Principal === 'string' ? [] : [Principal?.Service ?? []].flat();
    const actions = [Action ?? []].flat();
    return Effect === 'Allow' && services.includes(TASKS) && actions.some(isAssume);
  });
}

/** A statement as others write it. */
interface ForeignStatement {
  readonly Effect: string;
  readonly Principal?: string | { readonly Service?: string | readonly string[] };
  readonly Action?: string | readonly string[];
}

function isAssume(action: string): boolean {
  return ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase());
}

/** The principal that a service account's role trusts. */
export type Trusted =
  /** An AWS service, such as `ec2.amazonaws.com`. */
  | { readonly kind: 'service'; readonly service: string }
  /** An account, whose callers have to pass the external id. */
  | { readonly kind: 'account'; readonly account: string; readonly externalId: string | undefined }
  /** A user or role of this account, by ARN. */
  | { readonly kind: 'principal'; readonly arn: string };

/** Trusts an outside reader. */
export function readerTrust(trusted: Trusted, partition: string): TrustDocument {
  const rest = { Effect: 'Allow', Action: 'sts:AssumeRole' } as const;
  switch (trusted.kind) {
    case 'service':
      return document({ Sid: 'TrustedService', Principal: { Service: trusted.service }, ...rest });
    case 'account':
      return document({
        Sid: 'TrustedAccount',
        Principal: { AWS: `arn:${partition}:iam::${trusted.account}:root` },
        ...rest,
        ...(trusted.externalId !== undefined && {
          Condition: { StringEquals: { 'sts:ExternalId': trusted.externalId } },
        }),
      });
    case 'principal':
      return document({ Sid: 'OwnUser', Principal: { AWS: trusted.arn }, ...rest });
  }
}

function document(statement: TrustStatement): TrustDocument {
  return { Version: '2012-10-17', Statement: [statement] };
}
