import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import type { RuntimeSettings } from '../arguments/runtime';
import type { ReplicatedTable } from '../arguments/table';
import { STOP_TIMEOUT_SECONDS } from '../plan/container';
import { accessProblems } from './access';
import { bucketProblems } from './bucket';
import { containerProblems } from './container';
import { destinationProblems } from './destination';
import { imageProblems } from './image';
import { monitoringProblems } from './monitoring';
import { nameProblems } from './names';
import { networkProblems } from './network';
import { type Problems, problems, under } from './rules';
import { tablesProblems } from './tables';
import { loginProblems, placementProblems, taskProblems } from './task';
import { tagsProblems } from './tags';

/** Everything that is wrong with the arguments of a whole replicator. */
export function replicatorProblems(args: DynamoDBReplicatorArgs): Problems {
  const { access = {}, exportBucket = {}, task = {}, monitoring = {}, settings = {} } = args;
  const found = [
    ...tablesProblems(args.tables, access.sourceRole !== undefined),
    ...(access.sourceRole === undefined ? [] : foreignProblems(args.tables)),
    ...destinationProblems(args.destination),
    ...under('network', networkProblems(args.network)),
    ...imageProblems(args.image),
    ...under('exportBucket', bucketProblems(exportBucket)),
    ...under('access', accessProblems(access)),
    ...under('task', taskProblems(task)),
    ...tagsProblems(args.tags),
    ...placementProblems(task, args.network),
    ...under('task', loginProblems(task, args.image.uri)),
    ...under('monitoring', monitoringProblems(monitoring)),
    ...nameProblems(args.names),
  ];
  const reported = new Set(found.map(({ argument }) => argument));
  return [
    ...found,
    ...containerProblems(args).filter(({ argument }) => !reported.has(argument)),
    ...under('settings', stopProblems(settings)),
  ];
}

/** A table of another account cannot be managed from here. */
function foreignProblems(tables: readonly ReplicatedTable[]): Problems {
  return tables.flatMap(({ management }, index) =>
    management === undefined
      ? []
      : [
          {
            argument: `tables[${index}].management`,
            problem:
              'tables that access.sourceRole reads are managed in their own account: remove management',
          },
        ],
  );
}

/** The limit that ECS adds to the replicator's own rules. */
function stopProblems({ timeouts }: RuntimeSettings): Problems {
  const most = (STOP_TIMEOUT_SECONDS - 5) * 1000;
  return problems([
    timeouts?.stopMs !== undefined && timeouts.stopMs > most,
    'timeouts.stopMs',
    `expected at most ${most}: ECS kills the task after ${STOP_TIMEOUT_SECONDS} s`,
  ]);
}
