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

/** The settings one by one, with their names as flag, variable and in a file. */
export const leaves: readonly Leaf[] = leavesOf(schema);

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Parsed = z.output<typeof schema>;

/** One source table and how it is written; what the file leaves out for it is filled in from the settings for all. */
export interface TableSettings {
  readonly name: string;
  readonly destinationTable: string;
  readonly destinationSchema: string | undefined;
  readonly columns: 'columns' | 'document';
  readonly maxColumns: number;
  readonly deletes: 'hard' | 'soft';
  readonly dropReplicationAttributes: boolean;
}

/** The settings, complete and checked. */
export type Settings = DeepReadonly<Omit<Parsed, 'tables' | 'bucket' | Placing | PerTable>> & {
  readonly tables: readonly TableSettings[];
  readonly bucket: { readonly name: string; readonly prefix: string | undefined };
  readonly destination: DestinationPlace;
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
/** Settings of which those are only there when they were given. */
type AnySettings = Omit<Settings, Needed> & Partial<Pick<Settings, Needed>>;

/** Settings for a verb that only looks at the destination. */
export type DestinationSettings = AnySettings & Pick<Settings, 'destination'>;

/**
 * Reads the settings of a verb that needs tables, bucket and destination. Flags go before the environment, that before the file.
 * @throws InvalidSettings with every problem found, not only the first
 */
export function readSettings(sources: Sources): Settings {
  return read(sources, ['tables', 'bucket', 'to']) as Settings;
}

/** Like `readSettings`, where only the destination has to be known. @throws InvalidSettings */
export function readDestinationSettings(sources: Sources): DestinationSettings {
  return read(sources, ['to']) as DestinationSettings;
}

/** Like `readSettings`, where only health is of interest and nothing has to be known. @throws InvalidSettings */
export function readHealthSettings(sources: Sources): Settings['health'] {
  return read(sources, []).health;
}

/** Settings for a verb that only looks at AWS: no bucket and no destination. */
export type ConnectionSettings = AnySettings;

/** Like `readSettings`, where nothing has to be known. @throws InvalidSettings */
export function readConnectionSettings(sources: Sources): ConnectionSettings {
  return read(sources, []);
}

type DeepPartial<T> = T extends object ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> | undefined } : T;

/**
 * What a settings file holds: the settings by their names there, those left out with their defaults. Text is read where a
 * number is asked for too (`64 MiB`).
 */
export type GivenSettings = DeepPartial<Omit<Parsed, 'tables' | 'bucket' | 'to'>> & {
  /** Names, or what is to hold for that table only. */
  readonly tables: readonly (string | ({ readonly name: string } & Partial<z.output<typeof tableSchema>>))[];
  /** `NAME` or `NAME/PREFIX`. */
  readonly bucket: string;
  /** The file or the address of the destination: `orders.duckdb`. */
  readonly to: string;
};

/** Settings from an object of the shape a settings file has. @throws InvalidSettings */
export function settingsOf(values: unknown): Settings {
  return readSettings({ flags: {}, environment: {}, file: { path: 'settings', content: values } });
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
  const known = parsed as Partial<Parsed>;
  found.push(...contradictions(known, values), ...missing(needed, leaves, values));
  if (found.length > 0) throw new InvalidSettings(found);
  return complete(parsed as Parsed);
}

function complete(parsed: Parsed): AnySettings {
  const { tables, bucket, to, destinationTable, destinationSchema, ...rest } = parsed;
  const { columns, maxColumns, deletes, dropReplicationAttributes, ...others } = rest;
  return {
    ...withoutGroups(others),
    ...(to !== undefined && { destination: destinationPlace(to, others) }),
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

/** What a destination's kind says is in its place. */
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
