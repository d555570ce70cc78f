import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Simulator } from '../../simulator';
import { progress } from '../tiers/progress';
import { exportLines, type Shape } from './shapes';

/** A data file of an export. */
export interface ExportFile {
  readonly name: string;
  readonly items: number;
  /** Uncompressed size. */
  readonly bytes: number;
  /** MD5 of the body, hexadecimal. */
  readonly md5: string;
  readonly body: Buffer;
}

const md5 = (bytes: Buffer | string): Buffer => createHash('md5').update(bytes).digest();

export function fileName(n: number): string {
  return `${String(n).padStart(26, 'a')}.json.gz`;
}

/** Generates data files of about `bytesEach` uncompressed bytes. */
export function generateFiles(shape: Shape, count: number, bytesEach: number): ExportFile[] {
  return Array.from({ length: count }, (_, n) => {
    const pieces: Buffer[] = [];
    let [items, bytes] = [0, 0];
    for (const line of exportLines(shape, n * 10_000_000)) {
      progress();
      const piece = Buffer.from(line);
      pieces.push(piece);
      bytes += piece.length;
      items += 1;
      if (bytes >= bytesEach) break;
    }
    const body = gzipSync(Buffer.concat(pieces), { level: 4 });
    return { name: fileName(n), items, bytes, md5: md5(body).toString('hex'), body };
  });
}

/**
 * Makes the next export of an empty table consist of these files. So the simulator need not hold their items in memory, nor
 * their bodies if they are generated on request.
 */
export function exportInstead(simulator: Simulator, files: readonly ExportFile[]): void {
  const { store } = simulator;
  const put = store.putObject.bind(store);
  const written = new Map<string, Buffer>();
  store.putObject = (bucket, key, body, options) => {
    const [, folder = '', name = ''] = /^(.*)\/(manifest-(?:files|summary)\.(?:json|md5))$/.exec(key) ?? [];
    let replaced = body;
    if (name === 'manifest-files.json') {
      for (const file of files) {
        Object.defineProperties(put(bucket, `${folder}/data/${file.name}`, Buffer.alloc(0)), {
          body: { get: () => file.body },
          etag: { value: `"${file.md5}-1"` },
        });
      }
      replaced = Buffer.from(files.map((file) => `${manifestLine(file, folder)}\n`).join(''));
    } else if (name === 'manifest-summary.json') {
      const itemCount = files.reduce((sum, { items }) => sum + items, 0);
      replaced = Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), itemCount }));
    } else if (name.endsWith('.md5')) {
      replaced = Buffer.from(md5(written.get(key.replace(/md5$/, 'json')) ?? '').toString('base64'));
    }
    written.set(key, replaced);
    return put(bucket, key, replaced, options);
  };
}

function manifestLine({ name, items, md5: hex }: ExportFile, folder: string): string {
  return JSON.stringify({
    itemCount: items,
    md5Checksum: Buffer.from(hex, 'hex').toString('base64'),
    etag: `${hex}-1`,
    dataFileS3Key: `${folder}/data/${name}`,
  });
}
