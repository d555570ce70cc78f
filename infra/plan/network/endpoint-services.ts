import { isInEcr } from '../image-address';

/** VPC endpoints that a task without a route to the internet needs. Pure. */

export interface EndpointService {
  /** Last part of the service's name: `com.amazonaws.REGION.KEY`. */
  readonly key: string;
  readonly kind: 'Gateway' | 'Interface';
  /** Whether AWS's own host name resolves to the endpoint inside the VPC. Not for DynamoDB Streams (DynamoDB Developer Guide, "AWS PrivateLink for DynamoDB Streams"). */
  readonly privateDns: boolean;
}

export const STREAMS_ENDPOINT = 'dynamodb-streams';
/** Services with gateway endpoints. A route table has at most one endpoint of each. */
export const GATEWAYS = ['dynamodb', 's3'] as const;

const gateway = (key: string): EndpointService => ({ key, kind: 'Gateway', privateDns: false });
const inside = (key: string): EndpointService => ({ key, kind: 'Interface', privateDns: true });

/** Which AWS services the task needs beyond those that every task needs. */
export interface EndpointNeeds {
  /** The image is in ECR. */
  readonly pullsFromEcr: boolean;
  readonly assumesRole: boolean;
}

/** @param imageUri `undefined` if not known yet; the image is then in the stack's own repository, or may be */
export function endpointNeeds(imageUri: string | undefined, assumesRole: boolean): EndpointNeeds {
  return { pullsFromEcr: imageUri === undefined || isInEcr(imageUri), assumesRole };
}

/** Secrets Manager is always needed, for the destination's password. KMS is not, as the services call it; nor CloudWatch metrics, which are log lines. */
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
