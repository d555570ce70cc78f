import type { ReplicatedTable } from '../arguments/table';
import type { ArgumentProblem } from '../errors';
import { shapeOf } from './config-shape';

/** The tables of a list that have the shape of a table. The others are only among the problems. */
export interface ListedTables {
  readonly tables: readonly ReplicatedTable[];
  /** Where each table is listed: `tables[2]`, `tables/shop.yaml prod[0]`. */
  readonly places: readonly string[];
  readonly problems: readonly ArgumentProblem[];
}

export const NO_TABLES: ListedTables = { tables: [], places: [], problems: [] };

/** Reads a list of tables. @param path of the list, for messages */
export function listedTables(path: string, value: unknown): ListedTables {
  if (!Array.isArray(value))
    return { ...NO_TABLES, problems: shapeOf(path, value, 'ReplicatedTable[]').problems };
  return allOf(
    value.map((entry: unknown, index) => {
      const place = `${path}[${index}]`;
      const { value: table, problems } = shapeOf(place, entry, 'ReplicatedTable');
      return table === undefined
        ? { ...NO_TABLES, problems }
        : { tables: [table as ReplicatedTable], places: [place], problems };
    }),
  );
}

/** The tables of several lists, in their order. */
export function allOf(lists: readonly ListedTables[]): ListedTables {
  return {
    tables: lists.flatMap(({ tables }) => tables),
    places: lists.flatMap(({ places }) => places),
    problems: lists.flatMap(({ problems }) => problems),
  };
}
