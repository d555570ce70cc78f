import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Text of a gzipped file in demo/data, from the sources or from dist. @throws Error when it is not there */
export function readDemoFile(name: string): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'demo', 'data', name);
    if (existsSync(path)) return gunzipSync(readFileSync(path)).toString('utf8');
    if (folder === dirname(folder))
      throw new Error(`The demo's data file ${name} is missing from this installation.`);
  }
}
