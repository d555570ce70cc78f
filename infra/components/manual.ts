import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../package-folder';

/**
 * Address of a heading in one of the documents, in this very version, as npm publishes them: whoever gets a mail has no clone at hand.
 * A test looks the heading up.
 */
export function manualAddress(document: string, heading: string): string {
  const { name, version } = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  return `https://unpkg.com/${name}@${version}/${document}#${anchorOf(heading)}`;
}

/** As GitHub makes it of a heading in plain words. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}
