import type { NetworkArgs } from '../arguments/network';
import type { TaskSettings } from '../arguments/task';
import { DEFAULT_SIZE, sizeProblem } from '../plan/fargate-size';
import { isInEcr } from '../plan/image-address';
import { eachFormed, formed } from './formats';
import { type Problems, problems, whole } from './rules';
import { sidecarsProblems } from './sidecars';

/** Source: CloudWatch Logs API, PutRetentionPolicy, `retentionInDays`. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Problems in a replicator's `task`. */
export function taskProblems(task: TaskSettings): Problems {
  return [...ownProblems(task), ...sidecarsProblems(task)];
}

function ownProblems({
  cpu = DEFAULT_SIZE.cpu,
  memoryMiB = DEFAULT_SIZE.memoryMiB,
  logRetentionDays,
  logKmsKeyArn,
  clusterArn,
  containerInsights,
  ephemeralStorageGiB,
  securityGroupIds,
  repositoryCredentials,
}: TaskSettings): Problems {
  const size = sizeProblem(cpu, memoryMiB);
  return [
    ...(size ? [size] : []),
    ...problems(
      [
        logRetentionDays !== undefined && !RETENTION_DAYS.includes(logRetentionDays),
        'logRetentionDays',
        `CloudWatch Logs can keep logs for ${RETENTION_DAYS.join(', ')} days, but not for ${logRetentionDays}`,
      ],
      [
        clusterArn !== undefined && containerInsights !== undefined,
        'containerInsights',
        'only applies to a cluster that is created, but clusterArn names an existing one: remove one of the two',
      ],
      whole(
        ephemeralStorageGiB,
        'ephemeralStorageGiB',
        { least: 21, most: 200 },
        'expected a whole number of GiB from 21 to 200: every task has 20, and Fargate offers no more than 200',
      ),
      [
        Array.isArray(securityGroupIds) && (securityGroupIds.length < 1 || securityGroupIds.length > 5),
        'securityGroupIds',
        'expected 1 to 5 security groups; without securityGroupIds, one is created',
      ],
      ...eachFormed(securityGroupIds, 'securityGroupIds', 'securityGroup'),
      formed(repositoryCredentials?.arn, 'repositoryCredentials.arn', 'secret'),
      formed(repositoryCredentials?.kmsKeyArn, 'repositoryCredentials.kmsKeyArn', 'key'),
      formed(clusterArn, 'clusterArn', 'cluster'),
      formed(logKmsKeyArn, 'logKmsKeyArn', 'key'),
    ),
  ];
}

/** Problems of a task's place in its network. */
export function placementProblems(
  { securityGroupIds }: TaskSettings,
  { destinationSecurityGroupId, destinationCidrs }: NetworkArgs,
): Problems {
  const unused =
    'only applies to the security group that is created, but securityGroupIds names existing ones: remove it';
  const hasGroups = securityGroupIds !== undefined;
  return problems(
    [hasGroups && destinationSecurityGroupId !== undefined, 'network.destinationSecurityGroupId', unused],
    [hasGroups && destinationCidrs !== undefined, 'network.destinationCidrs', unused],
  );
}

/** Problems of the login at the image's registry. @param imageUri `undefined` if the image is built, and then in ECR; an output is not checked */
export function loginProblems({ repositoryCredentials }: TaskSettings, imageUri: unknown): Problems {
  const isOfEcr = imageUri === undefined || (typeof imageUri === 'string' && isInEcr(imageUri));
  return problems([
    repositoryCredentials !== undefined && isOfEcr,
    'repositoryCredentials',
    'the image is in ECR, where the execution role logs in: remove it',
  ]);
}
