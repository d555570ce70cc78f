import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** This package's version, from the package.json above the sources or dist. */
export function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'pulumi-dynamodb-replicator' && version !== undefined) return version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    if (folder === dirname(folder)) return 'unknown';
  }
}
