import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { CliFlags } from '../../runtime/aws/cli-command';

/** For the commands that messages name: they go where the provider goes, with the profile of the stack's configuration. */
export async function cliFlags(options: pulumi.InvokeOptions): Promise<CliFlags> {
  const { region } = await aws.getRegion({}, options);
  return cliFlagsIn(region);
}

/** The same, where the region is known. */
export function cliFlagsIn(region: string): CliFlags {
  return { region, profile: aws.config.profile };
}
