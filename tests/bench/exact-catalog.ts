import { emptyCatalog } from '../../bench/shapes/input';
import { duckdbDialect } from '../../runtime/destinations/duckdb/dialect';
import type { Catalog } from '../../runtime/item/catalog';
import { JsonBlockDecoder } from '../../runtime/item/json-block-decoder';

/** The columns that the lines of an export need. */
export function exactCatalog(lines: string): Catalog {
  return new JsonBlockDecoder().observe(Buffer.from(lines), emptyCatalog(duckdbDialect)).catalog;
}
