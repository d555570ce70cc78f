import { isInEcr } from '../image-address';

/** VPC endpoints that a task without a way to the internet needs. Pure. */

export interface EndpointService {
  /** Last part of its name: `com.amazonaws.REGION.KEY`. */
  readonly key: string;
  readonly kind: 'Gateway' | 'Interface';
  /** Whether AWS's own host name leads to it inside the VPC. DynamoDB Streams' endpoint has none (DynamoDB Developer Guide, "AWS PrivateLink for DynamoDB Streams"). */
  readonly privateDns: boolean;
}

export const STREAMS_ENDPOINT = 'dynamodb-streams';
/** A route table has at most one of each. */
export const GATEWAYS = ['dynamodb', 's3'] as const;

const gateway = (key: string): EndpointService => ({ key, kind: 'Gateway', privateDns: false });
const inside = (key: string): EndpointService => ({ key, kind: 'Interface', privateDns: true });

/** What the task does that has to reach AWS. */
export interface EndpointNeeds {
  /** The image is in ECR. */
  readonly pullsFromEcr: boolean;
  readonly assumesRole: boolean;
}

/** @param imageUri `undefined` where it is not known yet: it is then in a repository of the stack, or may be */
export function endpointNeeds(imageUri: string | undefined, assumesRole: boolean): EndpointNeeds {
  return { pullsFromEcr: imageUri === undefined || isInEcr(imageUri), assumesRole };
}

/** The destination's password is always a secret. KMS is called by the services themselves, and metrics are lines of the log: no endpoint is needed for either. */
export function neededEndpoints(needs: EndpointNeeds): readonly EndpointService[] {
  return [
    ...GATEWAYS.map(gateway),
    { key: STREAMS_ENDPOINT, kind: 'Interface', privateDns: false },
    inside('logs'),
    ...(needs.pullsFromEcr ? [inside('ecr.api'), inside('ecr.dkr')] : []),
    inside('secretsmanager'),
    ...(needs.assumesRole ? [inside('sts')] : []),
  ];
}

export function serviceName(region: string, key: string): string {
  return `com.amazonaws.${region}.${key}`;
}
