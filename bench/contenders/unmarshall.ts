import type { Contender } from './contender';
import { UNMARSHALL_VARIABLE } from './outside';
import { perLine } from './json-parse';

interface UtilDynamodb {
  unmarshall(item: unknown, options: { readonly wrapNumbers: boolean }): object;
}

/** As an application with the AWS SDK does it. Numbers are wrapped; otherwise it throws for more digits than JavaScript's have. */
export const unmarshall: Contender = async (task) => {
  // oxlint-disable-next-line typescript/no-require-imports -- the path is known only at run time
  const sdk = require(String(process.env[UNMARSHALL_VARIABLE])) as UtilDynamodb;
  const read = (line: string) =>
    sdk.unmarshall((JSON.parse(line) as { Item: unknown }).Item, { wrapNumbers: true });
  return perLine(read)(task);
};
