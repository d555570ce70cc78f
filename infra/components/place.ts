import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { CliFlags } from '../../runtime/aws/cli-command';
import type { Place } from '../plan/iam/trust';

/** Partition, account and region of a component's provider. */
export function providerPlace(component: pulumi.Resource): pulumi.Output<Place> {
  const parent = { parent: component };
  return pulumi
    .all([
      aws.getPartitionOutput({}, parent),
      aws.getCallerIdentityOutput({}, parent),
      aws.getRegionOutput({}, parent),
    ])
    .apply(([{ partition }, { accountId }, { region }]) => ({ partition, account: accountId, region }));
}

/** Flags for the AWS CLI commands in messages: the provider's region, and the profile of the stack's configuration. */
export async function cliFlags(options: pulumi.InvokeOptions): Promise<CliFlags> {
  const { region } = await aws.getRegion({}, options);
  return cliFlagsIn(region);
}

/** The same flags for a known region. */
export function cliFlagsIn(region: string): CliFlags {
  return { region, profile: aws.config.profile };
}
