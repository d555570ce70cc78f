import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { classify } from './classify';
import { silenceNodeVersionNotice } from './connection';
import { readConfigurationFiles } from './configuration-files';
import { type Addresses, commonOf, configuredEndpoints } from './endpoints';
import { profilesIn, signInProfile, UnknownProfile } from './profiles';
import type { AwsSettings } from './settings';

type Completed<Given> = Given & {
  readonly region: string;
  readonly profile: string | undefined;
  readonly signInProfile: string | undefined;
  readonly endpoint: string | undefined;
  readonly endpoints: Addresses;
};

/**
 * Completes the settings from the environment and the AWS configuration files, as the AWS CLI does: region, profile, and the
 * addresses of services.
 * @throws UnknownProfile, UnusableEndpoint, UnknownServices, AwsFault when no region is set
 */
export async function inEnvironment<Given extends Partial<AwsSettings>>(
  given: Given,
): Promise<Completed<Given>> {
  silenceNodeVersionNotice();
  const { AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const profile = given.profile ?? (AWS_PROFILE || undefined);
  const files = readConfigurationFiles(process.env);
  const profiles = profilesIn(files);
  const isNeeded = profile !== undefined && profile !== 'default' && given.credentials === undefined;
  if (isNeeded && !profiles.has(profile)) throw new UnknownProfile(profile, profiles.keys());
  const region = given.region ?? (AWS_REGION || AWS_DEFAULT_REGION || (await regionOf(profile)));
  const endpoints =
    given.endpoint === undefined
      ? configuredEndpoints(process.env, files, profiles.get(profile ?? 'default'))
      : {};
  const endpoint = given.endpoint ?? commonOf(endpoints);
  return { ...given, profile, signInProfile: signInProfile(profiles, profile), region, endpoint, endpoints };
}

async function regionOf(profile: string | undefined): Promise<string> {
  const client = new DynamoDBClient({ ...(profile !== undefined && { profile }) });
  try {
    return await client.config.region();
  } catch (error) {
    throw classify('DescribeTable', error, { region: 'unknown', profile });
  } finally {
    client.destroy();
  }
}
