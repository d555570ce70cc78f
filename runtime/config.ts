import type { z } from 'zod';
import { contradictions, missing } from './config/contradictions';
import { problemsOf } from './config/issues';
import { leavesOf, type Leaf } from './config/leaves';
import { InvalidSettings, type Problem } from './config/problems';
import { schema, tableSchema } from './config/schema';
import { gather, type Sources } from './config/sources';
import { type DestinationPlace, destinationPlace, KINDS, type SettingsGroups } from './destinations/kinds';

export { InvalidSettings } from './config/problems';
export { DEFAULT_STOP_MS } from './config/schema';
export type { FlagValues, Sources } from './config/sources';

/** All settings, with their names as flag, as environment variable and in a file. */
export const leaves: readonly Leaf[] = leavesOf(schema);

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Parsed = z.output<typeof schema>;

/** One source table and how it is written. Its own settings override those for all tables. */
export interface TableSettings {
  readonly name: string;
  readonly destinationTable: string;
  readonly destinationSchema: string | undefined;
  readonly columns: 'columns' | 'document';
  readonly maxColumns: number;
  readonly deletes: 'hard' | 'soft';
  readonly dropReplicationAttributes: boolean;
}

/** All settings, validated, with defaults filled in. */
export type Settings = DeepReadonly<Omit<Parsed, 'tables' | 'bucket' | Placing | PerTable>> & {
  readonly tables: readonly TableSettings[];
  readonly bucket: { readonly name: string; readonly prefix: string | undefined };
  readonly destination: DestinationPlace;
  /** As given, without a password. Only for messages. */
  readonly to?: string | undefined;
};
type Placing = 'to' | keyof SettingsGroups;
type PerTable =
  | 'destinationTable'
  | 'destinationSchema'
  | 'columns'
  | 'maxColumns'
  | 'deletes'
  | 'dropReplicationAttributes';

type Needed = 'tables' | 'bucket' | 'destination';
/** Settings in which `tables`, `bucket` and `destination` may be missing. */
type AnySettings = Omit<Settings, Needed> & Partial<Pick<Settings, Needed>>;

/** Settings for a verb that needs only the destination. */
export type DestinationSettings = AnySettings & Pick<Settings, 'destination'>;

/**
 * Reads the settings of a verb that needs tables, bucket and destination. Flags override the environment, which overrides the file.
 * @throws InvalidSettings with every problem found
 */
export function readSettings(sources: Sources): Settings {
  return read(sources, ['tables', 'bucket', 'to']) as Settings;
}

/** Like `readSettings`, but requires only the destination. @throws InvalidSettings */
export function readDestinationSettings(sources: Sources): DestinationSettings {
  return read(sources, ['to']) as DestinationSettings;
}

/** Like `readSettings`, but returns only the health settings and requires none. @throws InvalidSettings */
export function readHealthSettings(sources: Sources): Settings['health'] {
  return read(sources, []).health;
}

/** Settings for a verb that needs only AWS: no bucket and no destination. */
export type ConnectionSettings = AnySettings;

/** Like `readSettings`, but requires no setting. @throws InvalidSettings */
export function readConnectionSettings(sources: Sources): ConnectionSettings {
  return read(sources, []);
}

type DeepPartial<T> = T extends object ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> | undefined } : T;

/**
 * The content of a settings file. Settings that are left out get their defaults. A number may also be given as text (`64 MiB`).
 */
export type GivenSettings = DeepPartial<Omit<Parsed, 'tables' | 'bucket' | 'to'>> & {
  /** Names, or objects with settings for that table only. */
  readonly tables: readonly (string | ({ readonly name: string } & Partial<z.output<typeof tableSchema>>))[];
  /** `NAME` or `NAME/PREFIX`. */
  readonly bucket: string;
  /** The file or the address of the destination: `orders.duckdb`. */
  readonly to: string;
};

const IN_CODE = 'settings passed to replicate';

/** Reads settings from an object with the shape of a settings file. @throws InvalidSettings */
export function settingsOf(values: unknown): Settings {
  return readSettings({
    flags: {},
    environment: {},
    file: { path: 'settings', content: values, origin: IN_CODE },
  });
}

function read(sources: Sources, needed: readonly ('tables' | 'bucket' | 'to')[]): AnySettings {
  const { values, problems } = gather(leaves, sources);
  const found: Problem[] = [...problems];
  const parsed: Record<string, unknown> = {};
  for (const leaf of leaves) {
    const given = values.get(leaf.name);
    const result = leaf.schema.safeParse(given?.value);
    if (result.success) {
      setIn(parsed, leaf.path, result.data);
      continue;
    }
    found.push(...problemsOf(leaf.name, given, result.error.issues, Object.keys(tableSchema.shape)));
  }
  const inCode = sources.file?.origin === IN_CODE;
  const known = parsed as Partial<Parsed>;
  found.push(
    ...contradictions(known, values, sources.environment),
    ...missing(needed, leaves, values, inCode),
  );
  if (found.length > 0) throw new InvalidSettings(found, inCode);
  return complete(parsed as Parsed);
}

function complete(parsed: Parsed): AnySettings {
  const { tables, bucket, to, destinationTable, destinationSchema, ...rest } = parsed;
  const { columns, maxColumns, deletes, dropReplicationAttributes, ...others } = rest;
  return {
    ...withoutGroups(others),
    ...(to !== undefined && { destination: destinationPlace(to, others), to: withoutPassword(to) }),
    ...(bucket && { bucket: { name: bucket.name, prefix: bucket.prefix } }),
    ...(tables && {
      tables: tables.map((table) => ({
        name: table.name,
        destinationTable: table.destinationTable ?? destinationTable ?? table.name,
        destinationSchema: table.destinationSchema ?? destinationSchema,
        columns: table.columns ?? columns,
        maxColumns: table.maxColumns ?? maxColumns,
        deletes: table.deletes ?? deletes,
        dropReplicationAttributes,
      })),
    }),
  };
}

/** In an address. */
function withoutPassword(to: string): string {
  return to.replace(/^(\w+:\/\/[^/:@]*):[^/]*@/, '$1@');
}

/** Removes the groups of the destinations' kinds: `destination` has replaced them. */
function withoutGroups<Given extends object>(settings: Given): Omit<Given, keyof SettingsGroups> {
  const groups = KINDS.map(({ name }) => name);
  const kept = Object.entries(settings).filter(([name]) => !groups.includes(name));
  return Object.fromEntries(kept) as Omit<Given, keyof SettingsGroups>;
}

function setIn(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [step, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) target[step] = value;
  else setIn((target[step] ??= {}) as Record<string, unknown>, rest, value);
}
