import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../package-folder';

/**
 * Address of a heading in a document of exactly this version, as npm publishes it: the recipient of a mail has no clone at hand.
 * A test checks that the heading exists.
 */
export function manualAddress(document: string, heading: string): string {
  const { name, version } = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  return `https://unpkg.com/${name}@${version}/${document}#${anchorOf(heading)}`;
}

/** GitHub's anchor of a heading that contains only words and spaces. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}
