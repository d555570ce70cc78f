import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, from its sources as well as from what is compiled of them. */
export function packageFolder(from: string = __dirname): string {
  return existsSync(join(from, 'PulumiPlugin.yaml')) ? from : packageFolder(dirname(from));
}
