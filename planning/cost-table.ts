import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices';
import type { Cost } from '../cost/costs';
import { dollars } from '../cost/figures';
import { textTable } from '../runtime/verbs/text-table';

/**
 * Formats costs as text, each with its price and the price's source.
 * @param stack costs of the stack itself, if there is one
 */
export function costTable(ofTables: readonly Cost[], stack: readonly Cost[] = []): string {
  const costs = [...stack, ...ofTables];
  const rows = costs.map(({ what, when, usd, price }) => [
    what,
    when,
    dollars(usd),
    `$${inDollars(price.usd)} per ${price.per}`,
    price.source,
  ]);
  const sum = (when: Cost['when'], some: readonly Cost[] = costs) =>
    dollars(some.filter((one) => one.when === when).reduce((total, { usd }) => total + usd, 0));
  const unconfirmed = costs.some(({ price }) => price.source === 'unconfirmed')
    ? 'Those marked unconfirmed are not verified against AWS’s price pages. '
    : '';
  const itself = stack.length === 0 ? '' : `, ${sum('a month', stack)} of it for the stack itself`;
  return (
    `${textTable(['what', 'when', 'cost', 'price', 'source'], rows)}\n\n` +
    `${sum('once')} once, ${sum('a month')} a month${itself}. A GB has 2^30 bytes, as AWS bills it. List prices of ` +
    `${PRICES_REGION} as of ${PRICES_AS_OF}, unless --prices replaces them. ${unconfirmed}Not included: more reads of busy shards, and logs, ` +
    `which are billed by size.\n`
  );
}

/** A price with its digits, and at least whole cents: `0.10`, `0.00356`. */
function inDollars(usd: number): string {
  const text = String(usd);
  return (text.split('.')[1]?.length ?? 0) < 2 ? usd.toFixed(2) : text;
}
