import type * as pulumi from '@pulumi/pulumi';
import type { AccessSettings, ServiceAccountSettings } from '../arguments/access';
import type { ExportBucketSettings } from '../arguments/bucket';
import type { PostgresDestination } from '../arguments/destination';
import type { ImageArgs } from '../arguments/image';
import type { MonitoringSettings } from '../arguments/monitoring';
import type { NameSettings } from '../arguments/names';
import type { NetworkArgs } from '../arguments/network';
import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import type { RuntimeSettings } from '../arguments/runtime';
import type { ReplicatedTable } from '../arguments/table';
import type { TaskSettings } from '../arguments/task';
import { didYouMean } from '../../runtime/config/issues';
import { type ArgumentProblem, refuse } from '../errors';
import { GROUPS, shapeProblems } from './config-shape';
import type { TeamTables } from './team-tables';
import { PASSWORD_MISSING } from '../validate/destination';
import { replicatorProblems } from '../validate/replicator';
import { tagsProblems } from '../validate/tags';

/** The stack's configuration, checked. */
export interface StackConfig {
  readonly replicator: DynamoDBReplicatorArgs;
  /** Account that the stack belongs to; `undefined`: any. */
  readonly accountId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** The part of `pulumi.Config` that is used. */
export type ConfigReader = Pick<pulumi.Config, 'get' | 'getObject' | 'getSecret'>;

/** The configuration's keys, without the project's name. */
export interface Keys {
  /** Keys with a value: the defaults in Pulumi.yaml are empty. */
  readonly set: readonly string[];
  readonly isSecret: (key: string) => boolean;
}

/**
 * Reads the stack's configuration.
 * @param teams tables from the teams' files, in addition to those of the configuration
 * @throws InvalidArguments that lists every problem with its key
 */
export function readConfig(
  config: ConfigReader,
  keys: Keys,
  stack: string,
  teams: TeamTables = { tables: [], places: [], problems: [] },
): StackConfig {
  const problems: ArgumentProblem[] = keys.set
    .filter((key) => !(key in GROUPS))
    .map((key) => ({ argument: key, problem: `no such key${didYouMean(key, Object.keys(GROUPS))}` }));
  const read = <Value>(key: keyof typeof GROUPS): Value | undefined => {
    let value: unknown;
    try {
      value = config.getObject(key);
    } catch {
      problems.push({ argument: key, problem: 'expected an object or a list, as in Pulumi.dev.yaml' });
      return undefined;
    }
    if (value === undefined || isEmpty(value)) return undefined;
    const found = shapeProblems(key, value, GROUPS[key]);
    problems.push(...found);
    return found.length === 0 ? (value as Value) : undefined;
  };
  problems.push(...teams.problems);
  const configured = read<ReplicatedTable[]>('tables');
  const tables =
    configured === undefined && teams.tables.length === 0
      ? undefined
      : [...(configured ?? []), ...teams.tables];
  const postgres = read<PostgresDestination>('destination');
  const network = read<NetworkArgs>('network');
  const image = read<ImageArgs>('image');
  const exportBucket = read<ExportBucketSettings>('exportBucket');
  const access = read<AccessSettings>('access');
  const serviceAccount = read<ServiceAccountSettings>('serviceAccount');
  const task = read<TaskSettings>('task');
  const monitoring = read<MonitoringSettings>('monitoring');
  const names = read<NameSettings>('names');
  const settings = read<RuntimeSettings>('settings');
  const tags = read<Record<string, string>>('tags');
  const needed = { tables, destination: postgres, network, image };
  for (const key of Object.keys(needed)) {
    if (!keys.set.includes(key) && !(key === 'tables' && teams.tables.length > 0))
      problems.push({ argument: key, problem: `is required; see the example in Pulumi.dev.yaml` });
  }
  problems.push(...tagsProblems(tags));
  const accountId = config.get('accountId') || undefined;
  if (accountId !== undefined && !/^\d{12}$/.test(accountId))
    problems.push({ argument: 'accountId', problem: 'expected an account id: 12 digits, in quotes' });
  const hasPassword = keys.set.includes('destinationPassword');
  if (hasPassword && !keys.isSecret('destinationPassword')) {
    const problem = `is in plain text in Pulumi.${stack}.yaml: pulumi config set --secret destinationPassword`;
    problems.push({ argument: 'destinationPassword', problem });
  }
  const password = hasPassword ? config.getSecret('destinationPassword') : undefined;
  const replicator: DynamoDBReplicatorArgs = {
    tables: tables ?? [],
    destination: { postgres: { ...postgres, ...(password !== undefined && { password }) } },
    network: network ?? {},
    image: image ?? {},
    ...(exportBucket && { exportBucket }),
    access: { ...access, ...(serviceAccount && { serviceAccount }) },
    ...(task && { task }),
    ...(monitoring && { monitoring }),
    ...(names && { names }),
    ...(settings && { settings }),
  };
  const absent = Object.keys(needed).filter((key) => needed[key as keyof typeof needed] === undefined);
  problems.push(
    ...replicatorProblems(replicator)
      .map(({ argument, problem }) => ({ argument: keyOf(argument), problem }))
      .filter(({ argument }) => !absent.includes(argument.split(/[.[]/)[0] as string))
      .map((found) => (found.problem === PASSWORD_MISSING ? PASSWORD_NEEDED : found))
      .map((found) =>
        placed(found, tables ?? [], [...(configured ?? []).map((_, i) => `tables[${i}]`), ...teams.places]),
      ),
  );
  refuse(`Configuration of stack ${stack} (Pulumi.${stack}.yaml)`, problems);
  return { replicator, accountId, tags: tags ?? {} };
}

/** In a stack's configuration, a command sets the password. */
const PASSWORD_NEEDED: ArgumentProblem = {
  argument: 'destinationPassword',
  problem:
    'is required: pulumi config set --secret destinationPassword, or set destination.passwordSecretArn to the ARN of a ' +
    'Secrets Manager secret',
};

/** Names the team's file instead of a position in the list of all tables, and every place of a table that is listed twice. */
function placed(
  { argument, problem }: ArgumentProblem,
  tables: readonly ReplicatedTable[],
  places: readonly string[],
): ArgumentProblem {
  const [, repeated] = /^(.+) is listed more than once$/.exec(problem) ?? [];
  if (repeated !== undefined) {
    const found = places.filter((_, position) => tables[position]?.name === repeated);
    return { argument, problem: `${problem}: ${found.join(', ')}` };
  }
  const [, index, rest = ''] = /^tables\[(\d+)\](.*)$/.exec(argument) ?? [];
  const place = index === undefined ? undefined : places[Number(index)];
  return place === undefined ? { argument, problem } : { argument: place + rest, problem };
}

/** The configuration's key for an argument. It has no level for the kind of destination, and the password is a key of its own. */
function keyOf(argument: string): string {
  return argument
    .replace(/^destination\.postgres\.?/, 'destination.')
    .replace(/^destination\.$/, 'destination')
    .replace(/^destination\.password$/, 'destinationPassword')
    .replace(/^access\.serviceAccount\./, 'serviceAccount.');
}

function isEmpty(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !Array.isArray(value)
  );
}
