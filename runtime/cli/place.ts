import type { AwsSettings } from '../aws/settings';
import type { DestinationSettings } from '../config';
import type { OperableDestination } from '../destinations/destination';
import { openDestination } from '../destinations/open';
import { WrongUse } from './exit-codes';

/** The destination of the settings; nothing of it is reached before it is asked for something. */
export async function openPlace(settings: DestinationSettings): Promise<OperableDestination> {
  return openDestination(settings.destination, {
    readSecret: () => Promise.reject(new WrongUse('Secrets are not read yet.')),
  });
}

export function awsOf({ region, endpoint, profile, timeouts }: DestinationSettings): Partial<AwsSettings> {
  const { connectMs, requestMs, socketMs, callMs } = timeouts;
  return {
    region,
    endpoint,
    profile,
    timeouts: { connect: connectMs, request: requestMs, socket: socketMs, call: callMs },
  };
}
