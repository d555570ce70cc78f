import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { awsCommand } from '../../runtime/aws/cli-command';
import { UnsuitableResource } from '../errors';
import type { Subnets } from './network/subnets';
import { cliFlags } from './place';

/**
 * Ids of existing security groups, known once they are checked.
 * @throws UnsuitableResource through the output
 */
export function existingGroups(
  ids: pulumi.Input<pulumi.Input<string>[]>,
  subnets: pulumi.Output<Subnets>,
  parent: pulumi.Resource,
): pulumi.Output<string[]> {
  return pulumi.all([pulumi.output(ids), subnets]).apply(async ([known, { vpcId }]) => {
    await requireGroupsIn(vpcId, known, { parent });
    return known;
  });
}

/** @throws UnsuitableResource for the first group that does not exist, or that is in another VPC than the task */
export async function requireGroupsIn(
  vpcId: string,
  ids: readonly string[],
  options: pulumi.InvokeOptions,
): Promise<void> {
  for (const id of ids) {
    const list = awsCommand(
      await cliFlags(options),
      `ec2 describe-security-groups --filters Name=vpc-id,Values=${vpcId}`,
    );
    const found = await aws.ec2.getSecurityGroup({ id }, options).catch((error: unknown) => {
      const problem = `task.securityGroupIds: it cannot be read (${(error as Error).message}); ${list} lists the groups`;
      throw new UnsuitableResource(`security group ${id}`, problem);
    });
    if (found.vpcId === vpcId) continue;
    throw new UnsuitableResource(
      `security group ${id}`,
      `task.securityGroupIds: it is in ${found.vpcId}, but the subnets are in ${vpcId}; ${list} lists the groups there`,
    );
  }
}
