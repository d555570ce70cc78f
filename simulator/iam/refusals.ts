import type { Service } from '../faults';
import { ServiceError } from '../service-error';
import type { Caller } from './caller';
import type { AccessRequest } from './policy';

/** Why a request is denied. */
export type Reason = 'no identity policy' | 'no resource policy' | 'explicit deny';

/**
 * A denial with the service's message. Source: IAM User Guide, "Troubleshoot access denied error messages"; Amazon S3 User
 * Guide, "Troubleshoot access denied (403 Forbidden) errors": another account learns no reason.
 */
export function accessDenied(
  service: Service,
  { arn }: Caller,
  { action, resource }: AccessRequest,
  reason: Reason,
): ServiceError {
  const isObject = service === 's3';
  if (isObject && reason === 'no resource policy')
    return new ServiceError('AccessDenied', 'Access Denied', 403);
  const because =
    reason === 'explicit deny'
      ? ' with an explicit deny'
      : ` because no ${reason === 'no identity policy' ? 'identity' : 'resource'}-based policy allows the ${action} action`;
  const said =
    `User: ${arn} is not authorized to perform: ${action} on resource: ${isObject ? `"${resource}"` : resource}` +
    (service === 'sts' ? '' : because);
  if (isObject || service === 'sts' || service === 'iam') return new ServiceError('AccessDenied', said, 403);
  return new ServiceError('AccessDeniedException', said);
}

type Credential = 'unknown key' | 'wrong token' | 'expired';

const INVALID = 'The security token included in the request is invalid.';
const EXPIRED = 'The security token included in the request is expired';

const JSON_REFUSALS = {
  'unknown key': ['UnrecognizedClientException', INVALID, 400],
  'wrong token': ['UnrecognizedClientException', INVALID, 400],
  expired: ['ExpiredTokenException', EXPIRED, 400],
} as const;

const QUERY_REFUSALS = {
  'unknown key': ['InvalidClientTokenId', INVALID, 403],
  'wrong token': ['InvalidClientTokenId', INVALID, 403],
  expired: ['ExpiredToken', EXPIRED, 403],
} as const;

const REFUSALS: Readonly<
  Record<Service, Readonly<Record<Credential, readonly [type: string, message: string, status: number]>>>
> = {
  dynamodb: JSON_REFUSALS,
  streams: JSON_REFUSALS,
  secretsmanager: JSON_REFUSALS,
  sts: QUERY_REFUSALS,
  iam: QUERY_REFUSALS,
  s3: {
    'unknown key': [
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      403,
    ],
    'wrong token': ['InvalidToken', 'The provided token is malformed or otherwise invalid.', 400],
    expired: ['ExpiredToken', 'The provided token has expired.', 400],
  },
};

/** Rejects credentials with the service's message. */
export function credentialsRefused(service: Service, why: Credential): ServiceError {
  const [type, message, status] = REFUSALS[service][why];
  return new ServiceError(type, message, status);
}
