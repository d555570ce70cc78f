import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { createGunzip, gzipSync } from 'node:zlib';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { duckdbDialect } from '../../runtime/destinations/duckdb/dialect';
import { Catalog, type CatalogOptions } from '../../runtime/item/catalog';
import type { Column } from '../../runtime/item/column';
import type { Dialect } from '../../runtime/item/dialect';
import { JsonBlockDecoder } from '../../runtime/item/json-block-decoder';
import { exportLines, KEY, type Shape } from './shapes';

/** One data file of a generated export. */
export interface InputFile {
  readonly path: string;
  readonly items: number;
  /** Uncompressed. */
  readonly bytes: number;
  /** MD5 of the compressed bytes, base64. */
  readonly md5: string;
}

/** A generated export and its columns. */
export interface Input {
  readonly shape: Shape;
  readonly files: readonly InputFile[];
  /** All columns that its items need, found by the exact decoder. */
  readonly columns: readonly Column[];
}

/** The size that the runtime uses (runtime/export/data-file.ts). */
export const PIECE_BYTES = 256 * 1024;

export interface InputOptions {
  readonly shape: Shape;
  readonly seed: number;
  readonly files: number;
  /** Approximate size of each file, uncompressed. */
  readonly bytesEach: number;
}

/** Writes an export of one shape into a folder. */
export function writeInput(folder: string, { shape, seed, files, bytesEach }: InputOptions): Input {
  let catalog = emptyCatalog(duckdbDialect);
  const written: InputFile[] = [];
  for (let file = 0; file < files; file++) {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (const line of exportLines(shape, seed, file)) {
      const piece = Buffer.from(line);
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= bytesEach) break;
    }
    catalog = new JsonBlockDecoder().observe(Buffer.concat(pieces), catalog).catalog;
    const body = gzipSync(Buffer.concat(pieces));
    const path = join(folder, `${shape}-${file}.json.gz`);
    writeFileSync(path, body);
    const md5 = createHash('md5').update(body).digest('base64');
    written.push({ path, items: pieces.length, bytes, md5 });
  }
  const input: Input = { shape, files: written, columns: catalog.columns };
  writeFileSync(inputPath(folder, shape), JSON.stringify(input));
  return input;
}

export function inputPath(folder: string, shape: Shape): string {
  return join(folder, `${shape}.input.json`);
}

export function readInput(folder: string, shape: Shape): Input {
  return JSON.parse(readFileSync(inputPath(folder, shape), 'utf8')) as Input;
}

/** Catalog of a destination that knows only the key. */
export function emptyCatalog(dialect: Dialect): Catalog {
  return Catalog.initial(catalogOptions(dialect));
}

/** Catalog with the columns of an export, which are known from its second file on. */
export function knownCatalog(columns: readonly Column[], dialect: Dialect): Catalog {
  return Catalog.restore(columns, catalogOptions(dialect));
}

function catalogOptions(dialect: Dialect): CatalogOptions {
  return {
    keySchema: KEY,
    dialect,
    layout: 'columns',
    maxColumns: 400,
    dropReplicationAttributes: false,
  };
}

/** A data file, decompressed on zlib's threads. */
export function decompressed({ path }: InputFile): Readable {
  const stream = createGunzip({ chunkSize: PIECE_BYTES });
  return pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), stream, () => undefined);
}
