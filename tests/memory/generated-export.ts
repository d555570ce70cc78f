import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Simulator } from '../../simulator';
import { exportLines, type Shape } from './shapes';

interface File {
  readonly name: string;
  readonly items: number;
  readonly bytes: number;
  readonly body: Buffer;
}

const md5 = (bytes: Buffer | string): string => createHash('md5').update(bytes).digest('base64');

/** Data files of about so many uncompressed bytes each. */
export function generateFiles(shape: Shape, count: number, bytesEach: number): File[] {
  return Array.from({ length: count }, (_, n) => {
    const pieces: Buffer[] = [];
    let [items, bytes] = [0, 0];
    for (const line of exportLines(shape, n * 10_000_000)) {
      const piece = Buffer.from(line);
      pieces.push(piece);
      bytes += piece.length;
      items += 1;
      if (bytes >= bytesEach) break;
    }
    const body = gzipSync(Buffer.concat(pieces), { level: 4 });
    return { name: `${String(n).padStart(26, 'a')}.json.gz`, items, bytes, body };
  });
}

/**
 * Has the next export of a table, an empty one as far as the simulator knows, consist of these files: so the simulator need
 * not hold their items.
 */
export function exportInstead(simulator: Simulator, files: readonly File[]): void {
  const { store } = simulator;
  const put = store.putObject.bind(store);
  const written = new Map<string, Buffer>();
  store.putObject = (bucket, key, body, options) => {
    const [, folder = '', name = ''] = /^(.*)\/(manifest-(?:files|summary)\.(?:json|md5))$/.exec(key) ?? [];
    let replaced = body;
    if (name === 'manifest-files.json') {
      for (const file of files) put(bucket, `${folder}/data/${file.name}`, file.body);
      replaced = Buffer.from(files.map((file) => `${manifestLine(file, folder)}\n`).join(''));
    } else if (name === 'manifest-summary.json') {
      const itemCount = files.reduce((sum, { items }) => sum + items, 0);
      replaced = Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), itemCount }));
    } else if (name.endsWith('.md5')) {
      replaced = Buffer.from(md5(written.get(key.replace(/md5$/, 'json')) ?? ''));
    }
    written.set(key, replaced);
    return put(bucket, key, replaced, options);
  };
}

function manifestLine({ name, items, body }: File, folder: string): string {
  return JSON.stringify({
    itemCount: items,
    md5Checksum: md5(body),
    etag: `${createHash('md5').update(body).digest('hex')}-1`,
    dataFileS3Key: `${folder}/data/${name}`,
  });
}
