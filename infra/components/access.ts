import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { ReplicatorAccessArgs } from '../arguments/access';
import { refuse } from '../errors';
import { existingRole } from './existing-role';
import { outputsOf } from './outputs';
import { executionDocument, policyText, sourceRoleDocument, taskDocument } from '../plan/iam/documents';
import { tasksTrust } from '../plan/iam/trust';
import { PhysicalNames } from './names';
import { providerPlace } from './place';
import { ServiceAccount } from './service-account';
import { replicatorAccessProblems } from '../validate/access';
import { nameProblems } from '../validate/names';

/**
 * The replicator's IAM roles: one for its code, one for ECS to start it. Each allows exactly the actions that are called,
 * on exactly the resources that they are called on. With `serviceAccount`, also a service account for an outside reader.
 */
export class ReplicatorAccess extends pulumi.ComponentResource {
  /** ARN of the role that the replicator's code runs with. Known once its policy is attached. */
  readonly taskRoleArn: pulumi.Output<string>;
  /** ARN of the role that ECS starts the task with. Known once its policy is attached. */
  readonly executionRoleArn: pulumi.Output<string>;
  /** Policy that the task role needs. */
  readonly taskRolePolicy: pulumi.Output<string>;
  /** Policy that the execution role needs. */
  readonly executionRolePolicy: pulumi.Output<string>;
  /** Policy that the role in the account that owns the tables needs; empty without `sourceRole`. */
  readonly sourceRolePolicy: pulumi.Output<string>;
  /** ARN of the service account's role. */
  readonly serviceRoleArn?: pulumi.Output<string>;
  /** Id of the service account's access key; a secret. */
  readonly accessKeyId?: pulumi.Output<string>;
  /** The service account's secret access key; a secret. */
  readonly secretAccessKey?: pulumi.Output<string>;

  constructor(name: string, args: ReplicatorAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`ReplicatorAccess ${name}`, [...replicatorAccessProblems(args), ...nameProblems(args.names)]);
    super('dynamodb-replicator:index:ReplicatorAccess', name, {}, opts);
    const place = providerPlace(this);
    const {
      tables,
      bucket,
      secrets = [],
      injectedSecrets = [],
      sourceRole,
      repositoryArn,
      sidecarRepositoryArns = [],
      repositoryCredentials,
      logGroupName,
    } = args;
    const grants = pulumi
      .all([pulumi.output(tables), pulumi.output(bucket), pulumi.output(secrets), sourceRole?.roleArn])
      .apply(([someTables, someBucket, someSecrets, sourceRoleArn]) => ({
        tables: someTables,
        exports: someBucket,
        secrets: someSecrets,
        sourceRoleArn,
      }));
    this.taskRolePolicy = grants.apply((given) =>
      policyText(taskDocument(given), 'inline', 'policy of the task role'),
    );
    this.executionRolePolicy = pulumi
      .all([
        place,
        logGroupName,
        pulumi.all([...(repositoryArn === undefined ? [] : [repositoryArn]), ...sidecarRepositoryArns]),
        pulumi.output(injectedSecrets),
        pulumi.output(repositoryCredentials),
      ])
      .apply(([{ partition, region, account }, logGroup, repositoryArns, injected, credentials]) =>
        policyText(
          executionDocument({
            logGroupArn: `arn:${partition}:logs:${region}:${account}:log-group:${logGroup}`,
            repositoryArns,
            injectedSecrets: injected,
            registrySecrets: credentials === undefined ? [] : [credentials],
          }),
          'inline',
          'policy of the execution role',
        ),
      );
    this.taskRoleArn = this.#role(name, args, args.taskRoleArn, {
      purpose: 'task',
      description: 'What the replicator may do',
      policy: this.taskRolePolicy,
    });
    this.executionRoleArn = this.#role(name, args, args.executionRoleArn, {
      purpose: 'execution',
      description: 'What ECS may do to start the replicator',
      policy: this.executionRolePolicy,
    });
    this.sourceRolePolicy =
      sourceRole === undefined
        ? pulumi.output('')
        : grants.apply((given) =>
            policyText(sourceRoleDocument(given), 'managed', 'policy of the source role'),
          );
    if (args.serviceAccount) {
      const account = new ServiceAccount(
        name,
        {
          ...args.serviceAccount,
          tables,
          bucket,
          ...(args.path !== undefined && { path: args.path }),
          ...(args.names !== undefined && { names: args.names }),
          ...(args.permissionsBoundaryArn !== undefined && {
            permissionsBoundaryArn: args.permissionsBoundaryArn,
          }),
        },
        { parent: this },
      );
      if (account.roleArn) this.serviceRoleArn = account.roleArn;
      if (account.accessKeyId) this.accessKeyId = account.accessKeyId;
      if (account.secretAccessKey) this.secretAccessKey = account.secretAccessKey;
    }
    this.registerOutputs(outputsOf(this));
  }

  /** Each role has one inline policy: it is deleted with the role, and cannot be attached to another. */
  #role(
    name: string,
    { path, permissionsBoundaryArn, attachPolicies, names }: ReplicatorAccessArgs,
    existing: pulumi.Input<string> | undefined,
    { purpose, description, policy }: RolePlan,
  ): pulumi.Output<string> {
    const physical = new PhysicalNames(name, names);
    const inline = physical.of('rolePolicy', purpose);
    if (existing !== undefined) {
      const attach = attachPolicies ? { named: inline, policy } : undefined;
      return existingRole(`${name}-${purpose}`, { arn: existing, attach }, this);
    }
    const named = physical.of('role', purpose);
    const role = new aws.iam.Role(
      `${name}-${purpose}`,
      {
        ...named.input,
        description,
        path: path ?? '/',
        assumeRolePolicy: providerPlace(this).apply((here) => JSON.stringify(tasksTrust(here))),
        ...(permissionsBoundaryArn !== undefined && { permissionsBoundary: permissionsBoundaryArn }),
      },
      { parent: this, ...named.options },
    );
    const attached = new aws.iam.RolePolicy(
      `${name}-${purpose}`,
      { ...inline.input, role: role.name, policy },
      { parent: role, ...inline.options },
    );
    // ECS may start a task before the role's policy is attached, and the task then fails.
    return pulumi.all([role.arn, attached.id]).apply(([arn]) => arn);
  }
}

/** A role and its only policy. */
interface RolePlan {
  readonly purpose: 'task' | 'execution';
  readonly description: string;
  readonly policy: pulumi.Output<string>;
}
