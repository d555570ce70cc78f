import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the checkout, found from the sources or from the compiled code. */
export function root(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
