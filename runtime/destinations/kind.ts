import type { z } from 'zod';
import type { ColumnType } from '../item/column';
import type { Dialect } from '../item/dialect';
import type { OperableDestination } from './destination';

/**
 * A kind of destination: all that has to be known of it before one is opened. It is pure, and names no driver; `open` loads
 * the implementation when it is wanted, so that a replicator into one kind need not hold the drivers of the others.
 */
export interface DestinationKind<
  Name extends string = string,
  Group extends z.ZodObject = z.ZodObject,
  Settings = unknown,
> {
  /** Of its folder and of its group of settings: `duckdb`. */
  readonly name: Name;
  /** For people, as a heading: `DuckDB`. */
  readonly title: string;
  /** For people, in a sentence: `does not apply with a DuckDB file`. */
  readonly phrase: string;
  readonly location: LocationTexts;
  /** How many loads are open at once where `load.connections` does not say so: `1 for DuckDB`. */
  readonly loadConnections: string;
  /** Most columns for attributes, where there is a limit below that of the settings. */
  readonly mostColumns?: { readonly count: number; readonly because: string };
  /** That of every destination of this kind. */
  readonly dialect: Dialect;
  /** How a column of this type is declared: `numeric`. */
  columnType(type: ColumnType): string;
  /** Its settings; each with a description and an example. */
  readonly group: Group;
  /** Whether a value of `--to` names a destination of this kind. */
  matches(to: string): boolean;
  /** The settings that `--to` and the group name together, or all that is wrong with them. An option that could not be read is left out. */
  settings(to: string, options: Partial<z.output<Group>>): SettingsRead<Settings>;
  /** The destination of these settings; nothing is reached before it is asked for something. */
  open(settings: Settings, context: DestinationContext): OperableDestination;
}

/** How `--to` names a destination of a kind; for messages and documents. */
export interface LocationTexts {
  /** `a DuckDB file, which is made when it does not exist`. */
  readonly description: string;
  /** `the path of a DuckDB file`. */
  readonly expected: string;
  /** What exactly it looks like: `a file name that ends in .duckdb, .ddb or .db`. */
  readonly form: string;
  readonly example: string;
  readonly placeholder: string;
}

export type SettingsRead<Settings> =
  | { readonly settings: Settings }
  | { readonly problems: readonly SettingProblem[] };

/** A setting, as a file names it, and what is wrong with it, for people. */
export interface SettingProblem {
  readonly setting: string;
  readonly problem: string;
}

/** What destinations need from outside. */
export interface DestinationContext {
  /** The text of an AWS Secrets Manager secret. @throws ReplicatorError */
  readonly readSecret: (arn: string) => Promise<string>;
}
