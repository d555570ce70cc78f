import * as aws from '@pulumi/aws';
import type { PolicyResource, StackValidationArgs } from '@pulumi/policy';
import { matches } from '../exceptions';
import { known, refersTo } from './known';

/** A resource that holds a setting of a bucket, by the class that the setting is. */
type SettingClass = Parameters<PolicyResource['isType']>[0];

/** The buckets of a stack. */
export function bucketsOf({ resources }: StackValidationArgs): readonly PolicyResource[] {
  return resources.filter((one) => one.isType(aws.s3.Bucket));
}

/** The settings of one kind that a bucket has. */
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

/** Days after which what is in a bucket is deleted; `undefined` where it is kept. */
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

/** Configuration of the rules that let buckets be whose objects can be made again, and are deleted soon. */
export interface ShortLived {
  readonly shortLivedDays: number;
}

export const SHORT_LIVED = {
  shortLivedDays: {
    type: 'integer',
    minimum: 0,
    description:
      'Buckets that delete their objects after at most so many days are let be: exports can be made again.',
    default: 30,
  },
} as const;

/** Whether a bucket's objects are deleted within the days. */
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
