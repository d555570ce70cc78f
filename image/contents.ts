import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundle, packagesIn, ROOT } from './bundle';
import { licencesOf } from './licences';
import { addBinding, type Architecture, bindingFor } from './native';

/**
 * Writes the content of the image's `/app` into a folder: the bundle, DuckDB's engine for the architecture, name and version, and
 * all licences.
 * @returns esbuild's list of the files in the bundle
 */
export async function writeContents(folder: string, architecture: Architecture): Promise<Metafile> {
  mkdirSync(folder, { recursive: true });
  const metafile = await bundle(folder);
  addBinding(folder, architecture);
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, license }, null, 2)}\n`);
  for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(ROOT, file), join(folder, file));
  const packages = packagesIn(metafile).filter((each) => each !== bindingFor(architecture));
  writeFileSync(join(folder, 'THIRD-PARTY-LICENCES.md'), licencesOf(packages));
  return metafile;
}
