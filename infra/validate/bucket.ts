import type { ExportBucketArgs } from '../arguments/bucket';
import { eachFormed, formed } from './formats';
import { readableSetting } from './readable';
import { type Problems, problems, type Rule, whole } from './rules';

export function bucketProblems(args: ExportBucketArgs): Problems {
  const exists = args.existingBucketName !== undefined;
  const forNew = (value: unknown, argument: string): Rule => [
    exists && value !== undefined,
    argument,
    'is for a bucket that is created here, and existingBucketName names one that exists: leave out one of the two',
  ];
  return problems(
    forNew(args.expirationDays, 'expirationDays'),
    forNew(args.forceDestroy, 'forceDestroy'),
    forNew(args.writerRoleArns, 'writerRoleArns'),
    [
      !exists && args.existingBucketOwner !== undefined,
      'existingBucketOwner',
      'is for a bucket that exists: name it with existingBucketName',
    ],
    formed(args.existingBucketName, 'existingBucketName', 'bucket'),
    readableSetting('existingBucketOwner', args.existingBucketOwner, 'bucketOwner'),
    formed(args.kmsKeyArn, 'kmsKeyArn', 'key'),
    ...eachFormed(args.writerRoleArns, 'writerRoleArns', 'role'),
    [
      args.prefix !== undefined && !/^[^/\s](?:[^\s]*[^/\s])?$/.test(args.prefix),
      'prefix',
      'expected a folder without slashes at its ends, such as replicator/dev',
    ],
    whole(
      args.expirationDays,
      'expirationDays',
      { least: 2 },
      'expected whole days, at least 2: a load that was interrupted needs its export again',
    ),
  );
}
