import type { z } from 'zod';
import type { VerifySettings } from '../arguments/runtime';
import { leaves } from '../../runtime/config';
import type { schema } from '../../runtime/config/schema';

/** All settings of the runtime, as its schema reads them. */
type Settings = z.output<typeof schema>;

type Partly<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: Partly<Value[Key]> }
    : Value;

/** Settings that a task must not get, and why. All others may be in its environment. */
export const NOT_FOR_A_TASK = {
  profile: 'credentials come from the task role',
  endpoint: 'is only for the simulator',
  clockRate: 'is only for the simulator',
  destinationTable: 'each table has its own',
  yes: 'verify and resync are run by hand, with --yes',
  'duckdb.memoryLimitBytes': 'a task’s disk does not outlive the task',
  'duckdb.threads': 'a task’s disk does not outlive the task',
  'postgres.password': 'it would be readable in the task definition; it comes from Secrets Manager',
  'postgres.passwordFile': 'a task has no such file',
} as const satisfies Readonly<Record<string, string>>;

type LeftOut = keyof typeof NOT_FOR_A_TASK;
/** Whether a setting is left out, or a group because all its settings are. */
type IsLeftOut<Name extends string, Value> = Name extends LeftOut
  ? true
  : Value extends object
    ? `${Name}.${keyof Value & string}` extends LeftOut
      ? true
      : false
    : false;
type ForATask<Group, Path extends string = ''> = Group extends readonly unknown[]
  ? Group
  : Group extends object
    ? {
        [Key in keyof Group & string as IsLeftOut<`${Path}${Key}`, Group[Key]> extends true
          ? never
          : Key]: ForATask<Group[Key], `${Path}${Key}.`>;
      }
    : Group;

/** Settings of the container: all settings of the runtime except those in `NOT_FOR_A_TASK`. */
export type ContainerSettings = Omit<Partly<ForATask<Settings>>, 'verify'> & {
  /** `every` is the text of a duration. */
  readonly verify?: VerifySettings | undefined;
};

/** Environment variable → value, sorted by name. For settings that are `undefined`, the runtime's defaults apply. */
export function environmentOf(settings: ContainerSettings): Readonly<Record<string, string>> {
  const entries = leaves
    .filter(({ name }) => !(name in NOT_FOR_A_TASK))
    .map((leaf) => [leaf.variable, textOf(valueAt(settings, leaf.path))] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Name of the environment variable of a setting: `postgres.url` → `DYNAMODB_REPLICATOR_POSTGRES_URL`. */
export function variableOf(setting: string): string {
  const leaf = leaves.find(({ name }) => name === setting);
  if (leaf === undefined) throw new RangeError(`The runtime has no setting ${setting}.`);
  return leaf.variable;
}

/** A setting in a container's environment: the text of its variable, else of its default. */
export function settingIn(
  environment: Readonly<Record<string, string>>,
  setting: string,
): string | undefined {
  const given = environment[variableOf(setting)];
  return given ?? textOf(leaves.find(({ name }) => name === setting)?.defaultValue);
}

function valueAt(settings: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], settings);
}

/** A value in the format that the runtime reads: a bucket as NAME/PREFIX, a list of tables as JSON. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) {
    const { name, prefix } = value as { name: string; prefix?: string };
    return prefix === undefined ? name : `${name}/${prefix}`;
  }
  return String(value);
}
