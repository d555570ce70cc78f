import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { awsCommand } from '../../runtime/aws/cli-command';
import { UnsuitableResource } from '../errors';
import { isNotFound } from './lookups';
import type { Naming } from './names';
import { cliFlags } from './place';
import { trustsTasks } from '../plan/iam/trust';

/** A role for the task that somebody else created. */
export interface ExistingRole {
  readonly arn: pulumi.Input<string>;
  /** The policy to attach to it; `undefined`: its owner attaches the policy. */
  readonly attach: { readonly named: Naming<'name'>; readonly policy: pulumi.Output<string> } | undefined;
}

/**
 * The ARN of an existing role, known once the role is checked and its policy attached.
 * @throws UnsuitableResource through the output
 */
export function existingRole(
  name: string,
  { arn, attach }: ExistingRole,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const checked = pulumi.output(arn).apply(async (known) => {
    await requireTaskRole(known, { parent });
    return known;
  });
  if (attach === undefined) return checked;
  const attached = new aws.iam.RolePolicy(
    name,
    { ...attach.named.input, role: checked.apply(roleNameOf), policy: attach.policy },
    { parent, ...attach.named.options },
  );
  return pulumi.all([checked, attached.id]).apply(([known]) => known);
}

/**
 * Looks up a role that a task is to run with.
 * @throws UnsuitableResource if it does not exist or does not trust ECS tasks; if it may not be read here, only warns
 */
export async function requireTaskRole(arn: string, options: pulumi.InvokeOptions): Promise<void> {
  const name = roleNameOf(arn);
  let found: aws.iam.GetRoleResult;
  try {
    found = await aws.iam.getRole({ name }, options);
  } catch (error) {
    const { message } = error as Error;
    if (!isNotFound(message)) return pulumi.log.warn(`Role ${name} could not be checked: ${message}`);
    const list = awsCommand(await cliFlags(options), 'iam list-roles');
    throw new UnsuitableResource(`role ${name}`, `it does not exist (${message}); ${list} lists the roles`);
  }
  if (found.arn !== arn) {
    const problem = `the role of that name is ${found.arn}: name a role of this account by its whole ARN, path included`;
    throw new UnsuitableResource(`role ${name}`, problem);
  }
  if (trustsTasks(found.assumeRolePolicy)) return;
  const update = awsCommand(
    await cliFlags(options),
    `iam update-assume-role-policy --role-name ${name} --policy-document file://trust.json`,
  );
  throw new UnsuitableResource(
    `role ${name}`,
    `it does not trust ecs-tasks.amazonaws.com, so no task can run with it. Allow that service sts:AssumeRole in the role’s ` +
      `trust policy: ${update}`,
  );
}

/** The name after the path. */
function roleNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
