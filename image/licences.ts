import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle';

const LICENCE_FILE = /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i;

/** The licence texts of packages, which have to be distributed with the bundle. */
export function licencesOf(packages: readonly string[]): string {
  return packages
    .map((name) => {
      const folder = join(ROOT, 'node_modules', name);
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        version: string;
        license?: string;
      };
      const texts = readdirSync(folder)
        .filter((file) => LICENCE_FILE.test(file))
        .sort()
        .map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`## ${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n');
    })
    .join('\n\n\n')
    .concat('\n');
}
