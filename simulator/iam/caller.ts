import type { Principal } from './policy';

/** Who makes a call. */
export interface Caller {
  /** 12 digits. */
  readonly account: string;
  /** The ARN that GetCallerIdentity and error messages show. */
  readonly arn: string;
  readonly userId: string;
  /** ARN of the user or role whose policies apply; undefined: it may do everything in its account. */
  readonly identity: string | undefined;
  /** A session of a role, with credentials that expire. */
  readonly isSession: boolean;
}

/** A caller as policies name it: a session matches its own ARN and its role's. */
export function principalOf({ account, arn, identity }: Caller): Principal {
  return { kind: 'AWS', account, arns: identity === undefined ? [arn] : [arn, identity] };
}

/** Account and name in the ARN of a role or user; undefined for any other ARN. */
export function identityOf(arn: string): { readonly account: string; readonly name: string } | undefined {
  const match = /^arn:aws:iam::(\d{12}):(?:role|user)\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { account: match[1], name: match[2] };
}
