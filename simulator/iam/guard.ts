import type { Service } from '../faults';
import { ServiceError } from '../service-error';
import type { Input } from '../tables/request';
import type { Caller } from './caller';
import type { Iam, ResourceGrant } from './iam';
import { exportPermissions, listRequest, objectPermissions } from './object-permissions';
import type { ObjectCall } from './object-permissions';
import { rolePermission } from './role-operations';
import { accessDenied } from './refusals';
import { tablePermissions } from './table-permissions';

/** What the guard needs to know about the services. */
interface Guarded {
  readonly region: string;
  /** Account of the tables and secrets, 12 digits. */
  readonly accountId: string;
  secretArn(id: string): string;
  /** Account that owns a bucket; undefined if there is no such bucket. */
  bucketOwner(bucket: string): string | undefined;
  hasObject(bucket: string, key: string): boolean;
}

const READS = ['GetObject', 'HeadObject'];

/** Checks every call over HTTP against the caller's policies. */
export class Guard {
  constructor(
    private readonly iam: Iam,
    private readonly guarded: Guarded,
  ) {}

  /** @throws ServiceError AccessDeniedException; ResourceNotFoundException for a table of the caller's own account */
  call(service: Exclude<Service, 's3' | 'sts'>, operation: string, input: Input, caller: Caller): void {
    if (caller.identity === undefined) return;
    if (service === 'secretsmanager') {
      const id = input['SecretId'];
      if (typeof id !== 'string') return;
      const request = { action: `secretsmanager:${operation}`, resource: this.guarded.secretArn(id) };
      return this.iam.require(service, caller, request, { account: this.guarded.accountId });
    }
    if (service === 'iam')
      return this.iam.require(service, caller, rolePermission(operation, input, caller.account));
    const { region, accountId } = this.guarded;
    for (const request of tablePermissions(operation, input, { region, account: caller.account })) {
      const account = accountOf(request.resource) ?? caller.account;
      this.iam.require(service, caller, request, { account });
      if (account !== accountId)
        throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
    }
  }

  /** @returns the account on whose behalf the call runs @throws ServiceError AccessDenied */
  objects(operation: string, call: ObjectCall, caller: Caller): string {
    if (caller.identity === undefined) return caller.account;
    const { bucket, keys } = call;
    const grant = this.bucketGrant(bucket, caller);
    for (const request of objectPermissions(operation, call)) this.iam.require('s3', caller, request, grant);
    const missing = READS.includes(operation) && !keys.every((key) => this.guarded.hasObject(bucket, key));
    // Only those who may list the bucket learn whether a key exists (API reference, "GetObject", Permissions).
    if (missing && !this.iam.allows(caller, listRequest(bucket), grant))
      throw accessDenied('s3', caller, listRequest(bucket), 'no identity policy');
    return grant.account;
  }

  /** Whether a file of an export that this caller requested may be written. */
  mayExport(caller: Caller, bucket: string, key: string): boolean {
    const grant = this.bucketGrant(bucket, caller);
    if (caller.identity === undefined) return grant.account === caller.account;
    const requests = exportPermissions(bucket, key, grant.account !== caller.account);
    return requests.every((request) => this.iam.decide(caller, request, grant) === undefined);
  }

  private bucketGrant(bucket: string, caller: Caller): ResourceGrant {
    return {
      account: this.guarded.bucketOwner(bucket) ?? caller.account,
      policy: this.iam.bucketPolicy(bucket),
    };
  }
}

/** The account in a DynamoDB ARN; undefined for `*`. */
const accountOf = (arn: string): string | undefined => arn.split(':')[4];
