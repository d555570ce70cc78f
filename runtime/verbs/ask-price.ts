import { bytes, price } from '../observe/figures';
import { WrongUse } from './exit-codes';
import type { ExportEstimate } from './session';
import type { Terminal } from './terminal';

/** Prints what the exports cost and asks for consent, unless `yes`. @throws WrongUse when there is no terminal to ask on */
export async function agreeToPrice(
  estimates: readonly ExportEstimate[],
  { yes, terminal }: { readonly yes: boolean; readonly terminal: Terminal },
): Promise<boolean> {
  for (const { table, tableBytes, priceUsd } of estimates) {
    terminal.errors.write(`${table}: an export of ${bytes(tableBytes)} costs ${price(priceUsd)}.\n`);
  }
  if (yes) return true;
  const answer = await terminal.ask('Proceed with the export?');
  if (answer === undefined) throw new WrongUse('Not a terminal, so cannot ask. Accept the cost with --yes.');
  if (!answer) terminal.errors.write('No export requested.\n');
  return answer;
}
