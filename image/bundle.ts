import { build, type Metafile } from 'esbuild';
import { join } from 'node:path';

/** The repository. */
export const ROOT = join(__dirname, '..');

/** Name of the bundle in the image. */
export const BUNDLE = 'dynamodb-replicator.js';

/** Oldest Node that the bundle runs on, as in `engines` of package.json. */
const TARGET = 'node20.19';

/** DuckDB's engine is native code, so it is not in the bundle but next to it, in one package for each architecture. */
const EXTERNAL = ['@duckdb/node-bindings-*'];

/**
 * Writes the replicator as one file into a folder: the verbs of a service and everything that they need, except native code.
 * @returns esbuild's list of the files in the bundle
 */
export async function bundle(folder: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['runtime/container.ts'],
    outfile: join(folder, BUNDLE),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: TARGET,
    external: EXTERNAL,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

/** Names of the packages in a bundle. */
export function packagesIn({ inputs }: Metafile): readonly string[] {
  const names = Object.keys(inputs).map((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}
