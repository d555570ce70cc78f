import type { ExportBucketSettings } from '../arguments/bucket';
import { eachFormed, formed } from './formats';
import { readableSetting } from './readable';
import { type Problems, problems, type Rule, whole } from './rules';

export function bucketProblems(args: ExportBucketSettings): Problems {
  const exists = args.existingBucketName !== undefined;
  const forNew = (value: unknown, argument: string): Rule => [
    exists && value !== undefined,
    argument,
    'only applies to a bucket that is created, but existingBucketName names an existing one: remove one of the two',
  ];
  return problems(
    forNew(args.expirationDays, 'expirationDays'),
    forNew(args.forceDestroy, 'forceDestroy'),
    forNew(args.writerRoleArns, 'writerRoleArns'),
    forNew(args.bucketName, 'bucketName'),
    [
      !exists && args.existingBucketOwner !== undefined,
      'existingBucketOwner',
      'only applies to an existing bucket: name it in existingBucketName',
    ],
    formed(args.existingBucketName, 'existingBucketName', 'bucket'),
    formed(args.bucketName, 'bucketName', 'bucket'),
    readableSetting('existingBucketOwner', args.existingBucketOwner, 'bucketOwner'),
    formed(args.kmsKeyArn, 'kmsKeyArn', 'key'),
    ...eachFormed(args.writerRoleArns, 'writerRoleArns', 'role'),
    [
      args.prefix !== undefined && !/^[^/\s](?:[^\s]*[^/\s])?$/.test(args.prefix),
      'prefix',
      'expected a folder without a leading or trailing slash, such as replicator/dev',
    ],
    whole(
      args.expirationDays,
      'expirationDays',
      { least: 2 },
      'expected a whole number of days, at least 2: an interrupted load needs its export again',
    ),
  );
}
