import type { Column } from '../../runtime/item/column';
import { sqlType, storageType } from '../../runtime/destinations/duckdb/types';
import { quote } from '../../runtime/destinations/relational/sql';

/** The types seen for a value in DynamoDB JSON: by type tag, the fields of its maps or the types in its lists. */
type Seen = Map<string, Map<string, Seen> | Seen | undefined>;

const SCALARS: Readonly<Record<string, string>> = { BOOL: 'BOOLEAN', NULL: 'BOOLEAN' };

/** How DuckDB's `read_json` reads an export. */
export interface ReadJson {
  /** SQL type of `Item`, for `read_json`. */
  readonly itemType: string;
  /** SQL expression of each column. */
  readonly expressions: readonly string[];
}

/**
 * Types and expressions that make `read_json` produce the same columns as our own load.
 * @param documents `plain`: rewritten to plain JSON like ours, but with numbers as DOUBLE; `as they are`: DynamoDB JSON
 */
export function readJson(
  items: Iterable<Readonly<Record<string, object>>>,
  columns: readonly Column[],
  documents: 'plain' | 'as they are',
): ReadJson {
  const fields = new Map<string, Seen>();
  for (const item of items) seeFields(fields, item);
  const types: string[] = [];
  const expressions: string[] = [];
  for (const column of columns) {
    const { attribute, type } = column;
    const seen = fields.get(attribute) ?? new Map<string, undefined>();
    const value = `Item.${quote(attribute)}`;
    const isDocument = type.kind === 'json';
    const left = isDocument && documents === 'as they are';
    types.push(`${quote(attribute)} ${left ? 'JSON' : typeOf(seen)}`);
    const made = isDocument ? (left ? value : `to_json(${plain(value, seen, 0)})`) : cell(value, column);
    expressions.push(`${made} AS ${quote(column.name)}`);
  }
  return { itemType: `STRUCT(${types.join(', ')})`, expressions };
}

function seeFields(fields: Map<string, Seen>, item: Readonly<Record<string, object>>): void {
  for (const [name, value] of Object.entries(item)) {
    const seen = fields.get(name) ?? (new Map() as Seen);
    fields.set(name, seen);
    see(seen, value);
  }
}

function see(seen: Seen, value: object): void {
  for (const [tag, content] of Object.entries(value)) {
    if (tag === 'M') {
      const fields = (seen.get(tag) ?? new Map()) as Map<string, Seen>;
      seen.set(tag, fields);
      seeFields(fields, content as Record<string, object>);
    } else if (tag === 'L') {
      const element = (seen.get(tag) ?? new Map()) as Seen;
      seen.set(tag, element);
      for (const one of content as readonly object[]) see(element, one);
    } else {
      seen.set(tag, undefined);
    }
  }
}

function typeOf(seen: Seen): string {
  const fields = [...seen].map(([tag, inner]) => `${quote(tag)} ${contentType(tag, inner)}`);
  return `STRUCT(${fields.join(', ')})`;
}

function contentType(tag: string, inner: Map<string, Seen> | Seen | undefined): string {
  if (tag === 'M') {
    const fields = [...(inner as Map<string, Seen>)].map(([name, seen]) => `${quote(name)} ${typeOf(seen)}`);
    return `STRUCT(${fields.join(', ')})`;
  }
  if (tag === 'L') return `${typeOf(inner as Seen)}[]`;
  if (tag.endsWith('S') && tag !== 'S') return 'VARCHAR[]';
  return SCALARS[tag] ?? 'VARCHAR';
}

/** SQL that rewrites a value to plain JSON. @throws Error for a value of several types */
function plain(value: string, seen: Seen, depth: number): string {
  const parts = [...seen].filter(([tag]) => tag !== 'NULL');
  const made = parts.map(([tag, inner]) => plainContent(`${value}.${quote(tag)}`, tag, inner, depth));
  if (made.length > 1) throw new Error(`${value} has values of several types.`);
  return made[0] ?? 'NULL';
}

function plainContent(
  content: string,
  tag: string,
  inner: Map<string, Seen> | Seen | undefined,
  depth: number,
): string {
  switch (tag) {
    case 'N':
      return `${content}::DOUBLE`;
    case 'NS':
      return `list_sort(${content}::DOUBLE[])`;
    case 'SS':
    case 'BS':
      return `list_sort(${content})`;
    case 'L': {
      const element = `e${depth}`;
      return `list_transform(${content}, lambda ${element}: ${plain(element, inner as Seen, depth + 1)})`;
    }
    case 'M': {
      const fields = [...(inner as Map<string, Seen>)].map(
        ([name, seen]) => `${quote(name)} := ${plain(`${content}.${quote(name)}`, seen, depth)}`,
      );
      return `struct_pack(${fields.join(', ')})`;
    }
    default:
      return content;
  }
}

function cell(value: string, { type }: Column): string {
  switch (type.kind) {
    case 'number':
      return `${value}.N::${sqlType(storageType(type))}`;
    case 'binary':
      return `from_base64(${value}.B)`;
    case 'boolean':
      return `${value}.BOOL`;
    default:
      return `${value}.S`;
  }
}
