import { type Request, signedRegionOf } from '../http/message';
import { ServiceError } from '../service-error';
import { textOf } from '../xml';
import type { ObjectStore } from './object-store';
import type { Address } from './operation';
import { uploadBody } from './upload-body';

/**
 * Regions of buckets. All regions have the simulator's one address, so a request's region is that of its signature; without one, the
 * simulator's.
 */

/** Its endpoint serves older clients of all regions: it creates buckets anywhere, and knows where each bucket is. */
const DEFAULT_REGION = 'us-east-1';

/** Header with a bucket's region. */
export const REGION_HEADER = 'x-amz-bucket-region';

/** As GetBucketLocation shows it: the default region has no name. */
export const locationOf = (region: string): string => (region === DEFAULT_REGION ? '' : region);

/**
 * The region in which CreateBucket creates a bucket. Source: API reference, "CreateBucket".
 * @param home region of a request whose signature has none
 * @throws ServiceError IllegalLocationConstraintException, InvalidLocationConstraint
 */
export function requestedRegion(request: Request, home: string): string {
  const endpoint = signedRegionOf(request) ?? home;
  const constraint = textOf(uploadBody(request).body.toString(), 'LocationConstraint') || undefined;
  if (
    constraint === DEFAULT_REGION ||
    (constraint !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(constraint))
  )
    throw new ServiceError('InvalidLocationConstraint', 'The specified location-constraint is not valid');
  if (endpoint === DEFAULT_REGION) return constraint ?? DEFAULT_REGION;
  if (constraint === endpoint) return endpoint;
  throw new ServiceError(
    'IllegalLocationConstraintException',
    `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

/** @throws ServiceError PermanentRedirect if the bucket is in another region than the one that the request was sent to */
export function checkRegion(
  store: Pick<ObjectStore, 'regionOf'>,
  request: Request,
  { operation, bucket }: Pick<Address, 'bucket'> & { readonly operation: string },
): void {
  const region = store.regionOf(bucket);
  const asked = signedRegionOf(request);
  if (region === undefined || asked === undefined || asked === region || operation === 'CreateBucket') return;
  if (operation === 'GetBucketLocation' && asked === DEFAULT_REGION) return;
  throw new ServiceError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    { Endpoint: `${bucket}.s3.${region}.amazonaws.com`, Bucket: bucket },
  );
}
