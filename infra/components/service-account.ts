import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { ServiceAccountArgs } from '../arguments/access';
import { refuse } from '../errors';
import { outputsOf } from './outputs';
import { keptKey } from '../plan/access-key';
import { policyText, readerDocument } from '../plan/iam/documents';
import { readerTrust, type Trusted } from '../plan/iam/trust';
import { PhysicalNames } from './names';
import { providerPlace } from './place';
import { serviceAccountProblems } from '../validate/access';
import { nameProblems } from '../validate/names';

/** Maximum session of the role in seconds: an hour, the lowest value that IAM accepts. */
const SESSION_SECONDS = 3_600;
const DESCRIPTION = 'Reads tables, their streams and exports';
/** Last part of the names. */
const PURPOSE = 'reader';

/**
 * A service account for an outside reader, such as Artie: a role and a policy and, if wanted, a user in a group
 * with an access key, which is also stored in Secrets Manager.
 *
 *     new ServiceAccount('artie', {
 *       tables: [{ arn: table.arn }],
 *       bucket: { arn: bucket.arn },
 *       trustedAccountId: '210987654321',
 *       externalId: 'reader-7f3a',
 *     });
 */
export class ServiceAccount extends pulumi.ComponentResource {
  /** ARN of the role. */
  readonly roleArn?: pulumi.Output<string>;
  /** Name of the user. */
  readonly userName?: pulumi.Output<string>;
  /** Id of the access key; a secret. */
  readonly accessKeyId?: pulumi.Output<string>;
  /** The secret access key; a secret. */
  readonly secretAccessKey?: pulumi.Output<string>;
  /** ARN of the secret that stores the access key. */
  readonly accessKeySecretArn?: pulumi.Output<string>;

  constructor(name: string, args: ServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`ServiceAccount ${name}`, [...serviceAccountProblems(args), ...nameProblems(args.names)]);
    super('dynamodb-replicator:index:ServiceAccount', name, {}, opts);
    const names = new PhysicalNames(name, args.names);
    const policy = this.#policy(name, args, names);
    const user = args.user ? this.#user(name, args, names, policy) : undefined;
    if (user) this.userName = user.name;
    if (args.role ?? true) this.roleArn = this.#role(name, args, names, policy, user);
    if (user && args.accessKey) {
      const key = new aws.iam.AccessKey(`${name}-reader`, { user: user.name }, { parent: user });
      this.accessKeyId = pulumi.secret(key.id);
      this.secretAccessKey = pulumi.secret(key.secret);
      this.accessKeySecretArn = this.#kept(name, names, key);
    }
    this.registerOutputs(outputsOf(this));
  }

  #policy(
    name: string,
    { tables, bucket, listing, path, policyName, policyDescription }: ServiceAccountArgs,
    names: PhysicalNames,
  ): aws.iam.Policy {
    const named = names.of('policy', PURPOSE, policyName);
    const text = pulumi
      .all([pulumi.output(tables), pulumi.output(bucket)])
      .apply(([someTables, someBucket]) =>
        policyText(
          readerDocument({
            tables: someTables,
            exports: someBucket,
            listing: listing ?? true,
          }),
          'managed',
          'policy of the service account',
        ),
      );
    return new aws.iam.Policy(
      `${name}-reader`,
      {
        ...named.input,
        path: path ?? '/',
        description: policyDescription ?? DESCRIPTION,
        policy: text,
      },
      { parent: this, ...named.options },
    );
  }

  #role(
    name: string,
    args: ServiceAccountArgs,
    names: PhysicalNames,
    policy: aws.iam.Policy,
    user: aws.iam.User | undefined,
  ): pulumi.Output<string> {
    const named = names.of('role', PURPOSE, args.roleName);
    const trust = pulumi
      .all([providerPlace(this), user?.arn])
      .apply(([{ partition }, userArn]) => JSON.stringify(readerTrust(trustedBy(args, userArn), partition)));
    const role = new aws.iam.Role(
      `${name}-reader`,
      {
        ...named.input,
        description: DESCRIPTION,
        path: args.path ?? '/',
        assumeRolePolicy: trust,
        maxSessionDuration: SESSION_SECONDS,
        ...(args.permissionsBoundaryArn !== undefined && {
          permissionsBoundary: args.permissionsBoundaryArn,
        }),
      },
      { parent: this, ...named.options },
    );
    new aws.iam.RolePolicyAttachment(
      `${name}-reader`,
      { role: role.name, policyArn: policy.arn },
      { parent: role },
    );
    return role.arn;
  }

  /** The user gets its permissions through a group (Security Hub IAM.2). */
  #user(name: string, args: ServiceAccountArgs, names: PhysicalNames, policy: aws.iam.Policy): aws.iam.User {
    const namedGroup = names.of('group', PURPOSE, args.groupName);
    const named = names.of('user', PURPOSE, args.userName);
    const group = new aws.iam.Group(
      `${name}-readers`,
      { ...namedGroup.input, path: args.path ?? '/' },
      { parent: this, ...namedGroup.options },
    );
    new aws.iam.GroupPolicyAttachment(
      `${name}-readers`,
      { group: group.name, policyArn: policy.arn },
      { parent: group },
    );
    const user = new aws.iam.User(
      `${name}-reader`,
      {
        ...named.input,
        path: args.path ?? '/',
        ...(args.permissionsBoundaryArn !== undefined && {
          permissionsBoundary: args.permissionsBoundaryArn,
        }),
      },
      { parent: this, ...named.options },
    );
    new aws.iam.UserGroupMembership(
      `${name}-reader`,
      { user: user.name, groups: [group.name] },
      { parent: user },
    );
    return user;
  }

  #kept(name: string, names: PhysicalNames, key: aws.iam.AccessKey): pulumi.Output<string> {
    const named = names.of('secret', 'reader-key');
    const secret = new aws.secretsmanager.Secret(
      `${name}-reader-key`,
      {
        ...named.input,
        description: 'Access key of the service account; deleted with the stack',
        // The key is deleted with the stack. With a recovery window, the secret's name would be blocked for days.
        recoveryWindowInDays: 0,
      },
      { parent: this, ...named.options },
    );
    new aws.secretsmanager.SecretVersion(
      `${name}-reader-key`,
      {
        secretId: secret.id,
        secretString: pulumi.secret(
          pulumi.all([key.id, key.secret]).apply(([id, secretKey]) => keptKey(id, secretKey)),
        ),
      },
      { parent: secret },
    );
    return secret.arn;
  }
}

/** The service or account that the arguments name, else the service account's own user. */
function trustedBy(args: ServiceAccountArgs, userArn: string | undefined): Trusted {
  if (args.trustedService !== undefined) return { kind: 'service', service: args.trustedService };
  if (args.trustedAccountId !== undefined)
    return { kind: 'account', account: args.trustedAccountId, externalId: args.externalId };
  return { kind: 'principal', arn: userArn as string };
}
