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
import type { TaskSettings } from '../arguments/task';
import { didYouMean } from '../../runtime/config/issues';
import { type ArgumentProblem, refuse } from '../errors';
import { GROUPS, shapeOf } from './config-shape';
import { allOf, type ListedTables, listedTables, NO_TABLES } from './listed-tables';
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

/** The stack's configuration, with everything that is wrong with it. */
export interface CheckedConfig extends StackConfig {
  /** Where each table is listed, in the order of `replicator.tables`. */
  readonly places: readonly string[];
  /** If there are any, `replicator` lacks the values that are not even of the right type. */
  readonly problems: readonly ArgumentProblem[];
}

/**
 * Reads the stack's configuration.
 * @throws InvalidArguments that lists every problem with its key
 */
export function readConfig(
  config: ConfigReader,
  keys: Keys,
  stack: string,
  teams: ListedTables = NO_TABLES,
): StackConfig {
  const { problems, places: _, ...read } = checkConfig(config, keys, stack, teams);
  refuse(configurationOf(stack), problems);
  return read;
}

/** A stack's configuration, for messages. */
export function configurationOf(stack: string): string {
  return `Configuration of stack ${stack} (Pulumi.${stack}.yaml)`;
}

/**
 * Reads the stack's configuration, and reports every problem with its key.
 * @param teams tables from the teams' files, in addition to those of the configuration
 */
export function checkConfig(
  config: ConfigReader,
  keys: Keys,
  stack: string,
  teams: ListedTables = NO_TABLES,
): CheckedConfig {
  const problems: ArgumentProblem[] = keys.set
    .filter((key) => !(key in GROUPS))
    .map((key) => ({ argument: key, problem: `no such key${didYouMean(key, Object.keys(GROUPS))}` }));
  const given = (key: keyof typeof GROUPS): unknown => {
    let value: unknown;
    try {
      value = config.getObject(key);
    } catch {
      problems.push({ argument: key, problem: 'expected an object or a list, as in Pulumi.dev.yaml' });
      return undefined;
    }
    return value === undefined || isEmpty(value) ? undefined : value;
  };
  const read = <Value>(key: keyof typeof GROUPS): Value | undefined => {
    const value = given(key);
    if (value === undefined) return undefined;
    const shape = shapeOf(key, value, GROUPS[key]);
    problems.push(...shape.problems);
    return shape.value as Value | undefined;
  };
  const configured = given('tables');
  const { tables, places, ...listed } = allOf([
    configured === undefined ? NO_TABLES : listedTables('tables', configured),
    teams,
  ]);
  problems.push(...listed.problems);
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
  for (const key of ['tables', 'destination', 'network', 'image']) {
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
    tables: [...tables],
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
  const misshapen = problems.map(({ argument }) => argument);
  problems.push(
    ...replicatorProblems(replicator)
      .map(({ argument, problem }) => ({
        isGiven: isGiven(replicator, argument),
        found: placed({ argument: keyOf(argument), problem }, tables, places),
      }))
      .filter(({ isGiven: known, found }) => {
        const group = groupOf(found.argument, places);
        // What is missing there may be what was misspelled.
        return known
          ? !misshapen.includes(found.argument)
          : !misshapen.some((one) => groupOf(one, places) === group);
      })
      .map(({ found }) => (found.problem === PASSWORD_MISSING ? PASSWORD_NEEDED : found)),
  );
  return { replicator, accountId, tags: tags ?? {}, places, problems };
}

/** The key of the configuration, or the table, that an argument belongs to. */
function groupOf(argument: string, places: readonly string[]): string {
  const table = places.find((place) => argument.startsWith(`${place}.`));
  return table ?? /^[a-zA-Z]*/.exec(argument)?.[0] ?? argument;
}

/** Whether the arguments have a value there. */
function isGiven(args: object, argument: string): boolean {
  const value = argument
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>((at, step) => (at as Readonly<Record<string, unknown>> | undefined)?.[step], args);
  const isNothing =
    value === undefined || (typeof value === 'object' && Object.keys(value as object).length === 0);
  return !isNothing;
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
  tables: ListedTables['tables'],
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
