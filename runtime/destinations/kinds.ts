import type { OperableDestination } from './destination';
import { duckdb } from './duckdb/kind';
import type { DestinationContext, DestinationKind, SettingsRead } from './kind';
import { postgres } from './postgres/kind';

/** To add a kind, add it here: its settings, messages, documents and types follow. */
const BUILT_IN = [duckdb, postgres] as const;

/** Every kind of destination. A program adds its own kind before it loads the settings (runtime/config). */
export const KINDS: DestinationKind[] = [...BUILT_IN];

type BuiltIn = (typeof BUILT_IN)[number];

/** The settings group of each kind, by name. */
export type SettingsGroups = { readonly [Kind in BuiltIn as Kind['name']]: Kind['group'] };

type Places = {
  readonly [Kind in BuiltIn as Kind['name']]: { readonly kind: Kind['name'] } & {
    readonly [Name in Kind['name']]: Parameters<Kind['open']>[0];
  };
};
/** Where rows go: `{ kind: 'duckdb', duckdb: … }`. */
export type DestinationPlace = Places[keyof Places];

/** The type lists only the built-in kinds. The result also contains those that were added. */
export function settingsGroups(): SettingsGroups {
  return Object.fromEntries(KINDS.map(({ name, group }) => [name, group])) as unknown as SettingsGroups;
}

/** @throws RangeError when no kind has this name */
export function kindNamed(name: string): DestinationKind {
  const kind = KINDS.find((one) => one.name === name);
  if (kind === undefined) throw new RangeError(`Unknown kind of destination: ${name}.`);
  return kind;
}

/** The kind that a `--to` value names. */
export function kindOf(to: string): DestinationKind | undefined {
  return KINDS.find((kind) => kind.matches(to));
}

/**
 * The settings of a destination of this kind, or all problems with them.
 * @param groups the settings of each kind, by name
 */
export function readGroup(kind: DestinationKind, to: string, groups: object): SettingsRead<unknown> {
  return kind.settings(to, (groups as Readonly<Record<string, object | undefined>>)[kind.name] ?? {});
}

/** The place that a `--to` value and the settings of its kind name. @throws RangeError when they name none */
export function destinationPlace(to: string, groups: object): DestinationPlace {
  const kind = kindOf(to);
  if (kind === undefined) throw new RangeError(`to: ${to} is not a destination`);
  const read = readGroup(kind, to, groups);
  if ('settings' in read)
    return { kind: kind.name, [kind.name]: read.settings } as unknown as DestinationPlace;
  throw new RangeError(read.problems.map(({ setting, problem }) => `${setting}: ${problem}`).join('; '));
}

/** The destination at a place. It connects to nothing before its first use. */
export function openDestination(place: DestinationPlace, context: DestinationContext): OperableDestination {
  const kind = kindNamed(place.kind);
  return kind.open((place as Readonly<Record<string, unknown>>)[kind.name], context);
}
