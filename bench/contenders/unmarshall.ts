import type { Contender } from './contender';
import { UNMARSHALL_VARIABLE } from './outside';
import { perLine } from './json-parse';

interface UtilDynamodb {
  unmarshall(item: unknown, options: { readonly wrapNumbers: boolean }): object;
}

/** What an application with the AWS SDK does. Numbers wrapped, otherwise it throws where they have more digits than JavaScript's. */
export const unmarshall: Contender = async (task) => {
  // oxlint-disable-next-line typescript/no-require-imports -- at a path known at the time only
  const sdk = require(String(process.env[UNMARSHALL_VARIABLE])) as UtilDynamodb;
  const read = (line: string) =>
    sdk.unmarshall((JSON.parse(line) as { Item: unknown }).Item, { wrapNumbers: true });
  return perLine(read)(task);
};
