import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { ReplicatorError } from '../errors';
import { classify } from './classify';
import { silenceNodeVersionNotice } from './connection';
import type { Service } from './operations';
import { readProfiles, signInProfile, UnknownProfile } from './profiles';
import type { AwsSettings } from './settings';

/** The environment or a configuration file has an invalid address. */
export class UnusableEndpoint extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly endpoint: string) {
    super(
      `The address "${endpoint}" in AWS_ENDPOINT_URL (or a variable such as AWS_ENDPOINT_URL_S3, or endpoint_url of the profile) is ` +
        `invalid. Expected an http:// or https:// address, such as http://localhost:4566.`,
    );
  }
}

/** Addresses of services that are not AWS's own. */
type Addresses = NonNullable<AwsSettings['endpoints']>;

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
 * @throws UnknownProfile, UnusableEndpoint, AwsFault when no region is set
 */
export async function inEnvironment<Given extends Partial<AwsSettings>>(
  given: Given,
): Promise<Completed<Given>> {
  silenceNodeVersionNotice();
  const { AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const profile = given.profile ?? (AWS_PROFILE || undefined);
  const profiles = readProfiles(process.env);
  const isNeeded = profile !== undefined && profile !== 'default' && given.credentials === undefined;
  if (isNeeded && !profiles.has(profile)) throw new UnknownProfile(profile, profiles.keys());
  const region = given.region ?? (AWS_REGION || AWS_DEFAULT_REGION || (await regionOf(profile)));
  const endpoints = given.endpoint === undefined ? await endpointsOf(profile, region) : {};
  const endpoint = given.endpoint ?? commonOf(Object.values(endpoints));
  return { ...given, profile, signInProfile: signInProfile(profiles, profile), region, endpoint, endpoints };
}

/** The common address of all services; `undefined` when they differ or some are AWS's own. */
function commonOf(addresses: readonly (string | undefined)[]): string | undefined {
  const [first] = addresses;
  return addresses.every((one) => one === first) ? first : undefined;
}

/** The address of a service; `undefined` when it is AWS's own. */
export function serverOf(settings: Partial<AwsSettings>, service: Service): string | undefined {
  const { endpoint, streamsEndpoint, endpoints } = settings;
  return (service === 'streams' ? streamsEndpoint : undefined) ?? endpoint ?? endpoints?.[service];
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

async function endpointsOf(profile: string | undefined, region: string): Promise<Addresses> {
  const config = { region, ...(profile !== undefined && { profile }) };
  const clients = {
    dynamodb: new DynamoDBClient(config),
    streams: new DynamoDBStreamsClient(config),
    s3: new S3Client(config),
    sts: new STSClient(config),
  };
  const found: Record<string, string | undefined> = {};
  for (const [service, client] of Object.entries(clients)) {
    found[service] = await configuredEndpoint(client);
    client.destroy();
  }
  return found;
}

/** The address that the SDK finds for a client outside its settings. @throws UnusableEndpoint */
export async function configuredEndpoint(client: {
  readonly config: { readonly serviceConfiguredEndpoint?: unknown };
}): Promise<string | undefined> {
  const find = client.config.serviceConfiguredEndpoint as (() => Promise<string | undefined>) | undefined;
  const endpoint = await find?.();
  if (!endpoint) return undefined;
  if (!/^https?:\/\/[^/]/.test(endpoint) || !URL.canParse(endpoint)) throw new UnusableEndpoint(endpoint);
  return endpoint;
}
