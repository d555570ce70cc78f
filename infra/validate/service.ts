import type { ReplicatorServiceArgs, TaskSettings } from '../arguments/service';
import { DEFAULT_SIZE, sizeProblem } from '../plan/fargate-size';
import { postgresProblems } from './destination';
import { formed } from './formats';
import { imageUriProblems } from './image';
import { networkProblems } from './network';
import { type Problems, problems, under } from './rules';

/** Source: CloudWatch Logs API, PutRetentionPolicy, `retentionInDays`. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Problems in the arguments of `ReplicatorService`. */
export function serviceProblems(args: ReplicatorServiceArgs): Problems {
  return [
    ...taskProblems(args),
    ...under('network', networkProblems(args.network)),
    ...under('postgres', postgresProblems(args.postgres)),
    ...imageUriProblems(args.imageUri, 'imageUri'),
  ];
}

/** Problems in a replicator's `task`. */
export function taskProblems({
  cpu = DEFAULT_SIZE.cpu,
  memoryMiB = DEFAULT_SIZE.memoryMiB,
  logRetentionDays,
  logKmsKeyArn,
  clusterArn,
  containerInsights,
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
      formed(clusterArn, 'clusterArn', 'cluster'),
      formed(logKmsKeyArn, 'logKmsKeyArn', 'key'),
    ),
  ];
}
