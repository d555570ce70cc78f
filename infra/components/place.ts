import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { CliFlags } from '../../runtime/aws/cli-command';
import type { Place } from '../plan/iam/trust';

/** Where the provider of a component works: partition, account, region. */
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

/** First part of the physical names of a component's resources: two stacks of one program stay two. */
export function namesOf(component: string): string {
  return `${component}-${pulumi.getStack()}`;
}

/** For the commands that messages name: they go where the provider goes, with the profile of the stack's configuration. */
export async function cliFlags(options: pulumi.InvokeOptions): Promise<CliFlags> {
  const { region } = await aws.getRegion({}, options);
  return cliFlagsIn(region);
}

/** The same, where the region is known. */
export function cliFlagsIn(region: string): CliFlags {
  return { region, profile: aws.config.profile };
}
