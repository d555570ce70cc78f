import * as aws from '@pulumi/aws';
import type { PolicyResource, StackValidationArgs } from '@pulumi/policy';
import { matches } from '../exceptions';
import { known, refersTo } from './known';

/** Class of a resource that holds a setting of a bucket. */
type SettingClass = Parameters<PolicyResource['isType']>[0];

/** The buckets of a stack. */
export function bucketsOf({ resources }: StackValidationArgs): readonly PolicyResource[] {
  return resources.filter((one) => one.isType(aws.s3.Bucket));
}

/** A bucket's settings of one kind. */
export function settingsOf(
  bucket: PolicyResource,
  kind: SettingClass,
  { resources }: StackValidationArgs,
): readonly PolicyResource[] {
  return resources.filter((one) => one.isType(kind) && refersTo(one, 'bucket', bucket));
}

interface LifecycleRule {
  readonly status?: string;
  readonly expiration?: { readonly days?: number };
}

/** Days after which a bucket's objects are deleted; `undefined` if they are kept. */
export function expirationDaysOf(bucket: PolicyResource, args: StackValidationArgs): number | undefined {
  const rules = settingsOf(bucket, aws.s3.BucketLifecycleConfiguration, args).flatMap(
    ({ props }) => (props['rules'] ?? []) as readonly LifecycleRule[],
  );
  const days = rules
    .filter(({ status }) => status === 'Enabled')
    .map(({ expiration }) => expiration?.days)
    .filter((one): one is number => typeof one === 'number' && one > 0);
  return days.length === 0 ? undefined : Math.max(...days);
}

/** Setting of the rules that ignore buckets whose objects are deleted soon and can be made again. */
export interface ShortLived {
  readonly shortLivedDays: number;
}

export const SHORT_LIVED = {
  shortLivedDays: {
    type: 'integer',
    minimum: 0,
    description:
      'Buckets that delete their objects after at most this many days are ignored: exports can be made again.',
    default: 30,
  },
} as const;

/** Whether a bucket's objects are deleted within that many days. */
export function isShortLived(bucket: PolicyResource, days: number, args: StackValidationArgs): boolean {
  const expiration = expirationDaysOf(bucket, args);
  return expiration !== undefined && expiration <= days;
}

/** Whether a bucket is for exports, by its logical or physical name. @param patterns with `*` */
export function isExportBucket(bucket: PolicyResource, patterns: readonly string[]): boolean {
  const physical = known(bucket, 'bucket');
  const names = [bucket.name, ...(typeof physical === 'string' ? [physical] : [])];
  return names.some((name) => patterns.some((pattern) => matches(pattern, name)));
}
