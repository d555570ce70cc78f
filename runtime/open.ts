import { readSecret } from './aws/secrets';
import type { AwsSettings } from './aws/settings';
import type { ConnectionSettings, DestinationSettings } from './config';
import type { OperableDestination } from './destinations/destination';
import { openDestination } from './destinations/kinds';

/**
 * Opens the destination of the settings, without connecting to it yet.
 * @param credentials for AWS, instead of those that the SDK finds
 */
export async function openPlace(
  settings: DestinationSettings,
  credentials?: AwsSettings['credentials'],
): Promise<OperableDestination> {
  return openDestination(settings.destination, {
    readSecret: (arn) => readSecret(arn, { ...awsOf(settings), credentials }),
  });
}

export function awsOf(settings: ConnectionSettings): Partial<AwsSettings> {
  const { region, endpoint, streamsEndpoint, profile, source, timeouts } = settings;
  return {
    region,
    endpoint,
    streamsEndpoint,
    profile,
    sourceRole:
      source.roleArn === undefined ? undefined : { roleArn: source.roleArn, externalId: source.externalId },
    timeouts,
  };
}
