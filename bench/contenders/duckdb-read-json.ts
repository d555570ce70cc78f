import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { wholeLines } from '../../runtime/export/lines';
import { decompressed, type InputFile, PIECE_BYTES } from '../shapes/input';
import { type Contender, linesOf } from './contender';
import { readJson } from './read-json-sql';

const LONGEST_LINE_BYTES = 16 * 1024 * 1024;
/** How many items the column types are inferred from. */
const SAMPLE = 2_000;
const THREADS = 2;
/** With less memory it fails on nested documents. */
const MEMORY_LIMIT = '8GB';

/** Loads with DuckDB's `read_json`, with types given, into the same columns of a file, up to the final checkpoint. */
export function duckdbReadJson(documents: 'plain' | 'as they are'): Contender {
  return async ({ input, files, folder }) => {
    const [first] = files;
    if (first === undefined) throw new Error('The export has no files.');
    const { itemType, expressions } = readJson(await sample(first), input.columns, documents);
    const instance = await DuckDBInstance.create(join(folder, 'theirs.duckdb'), {
      memory_limit: MEMORY_LIMIT,
      threads: String(THREADS),
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
    });
    const connection = await instance.connect();
    const paths = files.map(({ path }) => `'${path}'`).join(', ');
    const source = `read_json([${paths}], columns = {'Item': '${itemType.replaceAll("'", "''")}'},
      format = 'newline_delimited', compression = 'gzip', maximum_object_size = ${LONGEST_LINE_BYTES})`;
    return {
      async run() {
        await connection.run(`CREATE TABLE bench AS SELECT ${expressions.join(', ')} FROM ${source}`);
        const reader = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM bench');
        await connection.run('CHECKPOINT');
        connection.closeSync();
        instance.closeSync();
        return Number(reader.getRows()[0]?.[0]);
      },
    };
  };
}

async function sample(file: InputFile): Promise<Record<string, object>[]> {
  const items: Record<string, object>[] = [];
  for await (const block of wholeLines(decompressed(file), PIECE_BYTES, LONGEST_LINE_BYTES)) {
    for (const line of linesOf(block)) {
      items.push((JSON.parse(line.toString('utf8')) as { Item: Record<string, object> }).Item);
    }
    if (items.length >= SAMPLE) break;
  }
  return items;
}

export const readJsonPlain: Contender = (task) => duckdbReadJson('plain')(task);
export const readJsonAsIs: Contender = (task) => duckdbReadJson('as they are')(task);
