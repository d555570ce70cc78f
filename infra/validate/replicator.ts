import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import type { RuntimeSettings } from '../arguments/runtime';
import type { ReplicatedTable } from '../arguments/table';
import { leaves } from '../../runtime/config';
import { problemsOf } from '../../runtime/config/issues';
import { tableSchema } from '../../runtime/config/schema';
import { STOP_TIMEOUT_SECONDS } from '../plan/container';
import { accessProblems } from './access';
import { bucketProblems } from './bucket';
import { destinationProblems } from './destination';
import { imageProblems } from './image';
import { monitoringProblems } from './monitoring';
import { networkProblems } from './network';
import { type Problems, under } from './rules';
import { tablesProblems } from './tables';
import { taskProblems } from './service';

/** Everything that is wrong with the arguments of a whole replicator. */
export function replicatorProblems(args: DynamoDBReplicatorArgs): Problems {
  const { access = {}, exportBucket = {}, task = {}, monitoring = {}, settings = {} } = args;
  return [
    ...tablesProblems(args.tables),
    ...args.tables.flatMap((table, index) => under(`tables[${index}]`, writtenProblems(table))),
    ...(access.sourceRole === undefined ? [] : foreignProblems(args.tables)),
    ...destinationProblems(args.destination),
    ...under('network', networkProblems(args.network)),
    ...imageProblems(args.image),
    ...under('exportBucket', bucketProblems(exportBucket)),
    ...under('access', accessProblems(access)),
    ...under('task', taskProblems(task)),
    ...under('monitoring', monitoringProblems(monitoring)),
    ...under('settings', settingsProblems(settings)),
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
              'tables that are read by access.sourceRole are managed in their own account: leave it out',
          },
        ],
  );
}

/** How a table is written, by the rules of the runtime itself. */
function writtenProblems(table: ReplicatedTable): Problems {
  return (['destinationTable', 'destinationSchema', 'columns', 'maxColumns', 'deletes'] as const).flatMap(
    (name) => {
      const read = tableSchema.shape[name].safeParse(table[name]);
      return read.success ? [] : inWords(name, table[name], read.error.issues);
    },
  );
}

/** The runtime's own rules, so that a wrong setting is told here and not by a task that does not start. */
export function settingsProblems(settings: RuntimeSettings): Problems {
  const given = new Map(
    Object.entries(settings).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([inner, leaf]) => [`${key}.${inner}`, leaf as unknown] as const)
        : [[key, value] as const],
    ),
  );
  const wrong = leaves.flatMap(({ name, schema }) => {
    const value = given.get(name);
    const read = schema.safeParse(value);
    return value === undefined || read.success ? [] : inWords(name, value, read.error.issues);
  });
  const { stopMs } = settings.timeouts ?? {};
  const most = (STOP_TIMEOUT_SECONDS - 5) * 1000;
  return stopMs !== undefined && stopMs > most
    ? [
        ...wrong,
        {
          argument: 'timeouts.stopMs',
          problem: `expected at most ${most}: ECS kills the task after ${STOP_TIMEOUT_SECONDS} s`,
        },
      ]
    : wrong;
}

function inWords(name: string, value: unknown, issues: Parameters<typeof problemsOf>[2]): Problems {
  return problemsOf(name, { value, origin: '' }, issues, []).map(({ setting, problem }) => ({
    argument: setting,
    problem,
  }));
}
