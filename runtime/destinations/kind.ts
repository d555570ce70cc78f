import type { z } from 'zod';
import type { ColumnType } from '../item/column';
import type { Dialect } from '../item/dialect';
import type { OperableDestination } from './destination';

/**
 * A kind of destination: everything about it that is needed before one is opened. It is pure and imports no driver.
 * `open` loads the implementation, so a replicator into one kind does not need the drivers of the others.
 */
export interface DestinationKind<
  Name extends string = string,
  Group extends z.ZodObject = z.ZodObject,
  Settings = unknown,
> {
  /** The name of its folder and of its group of settings: `duckdb`. */
  readonly name: Name;
  /** As a heading: `DuckDB`. */
  readonly title: string;
  /** Within a sentence: `does not apply with a DuckDB file`. */
  readonly phrase: string;
  readonly location: LocationTexts;
  /** Concurrent loads when `load.connections` is not set, for documents: `1 for DuckDB`. */
  readonly loadConnections: string;
  /** Most columns for attributes, if that is below the limit of the settings. */
  readonly mostColumns?: { readonly count: number; readonly because: string };
  /** The dialect of every destination of this kind. */
  readonly dialect: Dialect;
  /** The SQL type of a column: `numeric`. */
  columnType(type: ColumnType): string;
  /** Its settings, each with a description and an example. */
  readonly group: Group;
  /** Whether this value of `--to` names a destination of this kind. */
  matches(to: string): boolean;
  /**
   * The settings that `--to` and the group make together, or all problems with them. Options that could not be read
   * are left out.
   */
  settings(to: string, options: Partial<z.output<Group>>): SettingsRead<Settings>;
  /** The destination with these settings. It connects to nothing before its first use. */
  open(settings: Settings, context: DestinationContext): OperableDestination;
}

/** How `--to` names a destination of a kind, for messages and documents. */
export interface LocationTexts {
  /** `a DuckDB file, which is created if it does not exist` */
  readonly description: string;
  /** `the path of a DuckDB file` */
  readonly expected: string;
  /** The exact form: `a file name that ends in .duckdb, .ddb or .db`. */
  readonly form: string;
  readonly example: string;
  readonly placeholder: string;
}

export type SettingsRead<Settings> =
  | { readonly settings: Settings }
  | { readonly problems: readonly SettingProblem[] };

/** A setting, by its name in a settings file, and the problem with it. */
export interface SettingProblem {
  readonly setting: string;
  readonly problem: string;
}

/** What a destination needs from its environment. */
export interface DestinationContext {
  /** Returns the text of an AWS Secrets Manager secret. @throws ReplicatorError */
  readonly readSecret: (arn: string) => Promise<string>;
}
