import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, whether it runs from the sources or compiled. */
export function packageFolder(from: string = __dirname): string {
  return existsSync(join(from, 'PulumiPlugin.yaml')) ? from : packageFolder(dirname(from));
}
