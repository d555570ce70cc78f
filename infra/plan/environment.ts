import type { z } from 'zod';
import { leaves } from '../../runtime/config';
import type { schema } from '../../runtime/config/schema';

/** The runtime's settings as its schema reads them, complete. */
type Settings = z.output<typeof schema>;

type Partly<Value> = Value extends readonly unknown[]
  ? Value
  : Value extends object
    ? { readonly [Key in keyof Value]?: Partly<Value[Key]> }
    : Value;

/** Settings that a task has no use for, and why; all others may stand in its environment. */
export const NOT_FOR_A_TASK = {
  profile: 'credentials come from the task role',
  endpoint: 'is for the simulator',
  clockRate: 'is for the simulator',
  destinationTable: 'each table says its own',
  yes: 'verify and resync are run by hand, with --yes',
  'duckdb.memoryLimitBytes': 'a task’s disk does not last',
  'duckdb.threads': 'a task’s disk does not last',
  'postgres.password': 'it would be readable in the task definition; it comes from Secrets Manager',
  'postgres.passwordFile': 'a task has no file of its own',
} as const satisfies Readonly<Record<string, string>>;

type LeftOut = keyof typeof NOT_FOR_A_TASK;
/** Whether a setting is left out by its name, or a group as all its settings are. */
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

/** What a container gets: every setting of the runtime but those of `NOT_FOR_A_TASK`. */
export type ContainerSettings = Partly<ForATask<Settings>>;

/** Environment variable → value, sorted by name. Settings that are `undefined` are left to the runtime's defaults. */
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

function valueAt(settings: object, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], settings);
}

/** As the runtime's readers take it: a bucket as NAME/PREFIX, a list of tables as JSON. */
function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return JSON.stringify(value);
  if (typeof value === 'object' && value !== null) {
    const { name, prefix } = value as { name: string; prefix?: string };
    return prefix === undefined ? name : `${name}/${prefix}`;
  }
  return String(value);
}
