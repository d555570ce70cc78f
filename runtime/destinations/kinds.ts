import type { OperableDestination } from './destination';
import { duckdb } from './duckdb/kind';
import type { DestinationContext, DestinationKind, SettingsRead } from './kind';
import { postgres } from './postgres/kind';

/** A new kind is one more here: its settings, messages, documents and types follow. */
const BUILT_IN = [duckdb, postgres] as const;

/** Every kind of destination there is. Who has one of their own adds it before the settings (runtime/config) are loaded. */
export const KINDS: DestinationKind[] = [...BUILT_IN];

type BuiltIn = (typeof BUILT_IN)[number];

/** The group of settings of each kind, by its name. */
export type SettingsGroups = { readonly [Kind in BuiltIn as Kind['name']]: Kind['group'] };

type Places = {
  readonly [Kind in BuiltIn as Kind['name']]: { readonly kind: Kind['name'] } & {
    readonly [Name in Kind['name']]: Parameters<Kind['open']>[0];
  };
};
/** Where rows go: `{ kind: 'duckdb', duckdb: … }`. */
export type DestinationPlace = Places[keyof Places];

/** Types know the kinds that are built in; what is added is there all the same. */
export function settingsGroups(): SettingsGroups {
  return Object.fromEntries(KINDS.map(({ name, group }) => [name, group])) as unknown as SettingsGroups;
}

/** @throws RangeError when there is none of this name */
export function kindNamed(name: string): DestinationKind {
  const kind = KINDS.find((one) => one.name === name);
  if (kind === undefined) throw new RangeError(`There is no destination of kind ${name}.`);
  return kind;
}

/** The kind that a `--to` value names. */
export function kindOf(to: string): DestinationKind | undefined {
  return KINDS.find((kind) => kind.matches(to));
}

/** The settings of a destination of this kind, or all that is wrong with them. @param groups the settings of each kind, by its name */
export function readGroup(kind: DestinationKind, to: string, groups: object): SettingsRead<unknown> {
  return kind.settings(to, (groups as Readonly<Record<string, object | undefined>>)[kind.name] ?? {});
}

/** The place that a `--to` value and the settings of its kind name. @throws RangeError when they name none */
export function destinationPlace(to: string, groups: object): DestinationPlace {
  const kind = kindOf(to);
  if (kind === undefined) throw new RangeError(`to: ${to} names no destination`);
  const read = readGroup(kind, to, groups);
  if ('settings' in read)
    return { kind: kind.name, [kind.name]: read.settings } as unknown as DestinationPlace;
  throw new RangeError(read.problems.map(({ setting, problem }) => `${setting}: ${problem}`).join('; '));
}

/** The destination at a place; nothing is reached before it is asked for something. */
export function openDestination(place: DestinationPlace, context: DestinationContext): OperableDestination {
  const kind = kindNamed(place.kind);
  return kind.open((place as Readonly<Record<string, unknown>>)[kind.name], context);
}
