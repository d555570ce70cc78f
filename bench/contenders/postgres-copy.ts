import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { postgresDialect } from '../../runtime/destinations/postgres/dialect';
import { CopyRows } from '../../runtime/destinations/postgres/rows/copy-rows';
import { columnList } from '../../runtime/destinations/relational/sql';
import { wholeLines } from '../../runtime/export/lines';
import { ScanningBlockDecoder } from '../../runtime/item/scanner/scanning-block-decoder';
import { decompressed, type Input, type InputFile, knownCatalog, PIECE_BYTES } from '../shapes/input';
import { begin } from '../begin';
import { type Contender, databaseOf, type Task, type Work } from './contender';

const LONGEST_LINE_BYTES = 16 * 1024 * 1024;
/** The shadow table of the first generation. */
const TABLE = '"public"."__r_loading_1"';

/** One file after the other, as most people load files. */
export const postgresCopy: Contender = (task) => copyReady(task, 1);
/** Over as many connections as our own load uses. */
export const postgresCopyTogether: Contender = (task) => copyReady(task, undefined);

/** Loads ready-made COPY text into the same table as our own load: no load through COPY can be faster. */
async function copyReady(task: Task, chosen: number | undefined): Promise<Work> {
  const { input, files, folder } = task;
  const url = databaseOf(task);
  const { destination, store } = await begin(url, input.columns);
  const connections = chosen ?? (await store.loadConnections());
  await store.release();
  await destination.close();
  const waiting: string[] = [];
  for (const [i, file] of files.entries()) {
    const path = join(folder, `${i}.copy`);
    await writeCopyText(input, file, path);
    waiting.push(path);
  }
  const copy = `COPY ${TABLE} (${columnList(input.columns.map(({ name }) => name))}) FROM STDIN (FORMAT text)`;
  return {
    async run() {
      const worker = async () => {
        const client = new Client(url);
        await client.connect();
        let rows = 0;
        for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
          const into = client.query(copyFrom(copy));
          await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), into);
          rows += into.rowCount;
        }
        await client.end();
        return rows;
      };
      const rows = await Promise.all(Array.from({ length: connections }, worker));
      return rows.reduce((sum, count) => sum + count, 0);
    },
  };
}

async function writeCopyText(input: Input, file: InputFile, path: string): Promise<void> {
  const catalog = knownCatalog(input.columns, postgresDialect);
  const decoder = new ScanningBlockDecoder();
  const rows = new CopyRows(catalog.columns);
  const out = createWriteStream(path);
  const send = async (bytes: Buffer) => {
    if (!out.write(Buffer.from(bytes))) await once(out, 'drain');
  };
  for await (const block of wholeLines(decompressed(file), PIECE_BYTES, LONGEST_LINE_BYTES)) {
    decoder.decode(block, catalog, rows);
    await rows.send(send);
  }
  await rows.sendAll(send);
  out.end();
  await once(out, 'close');
}
