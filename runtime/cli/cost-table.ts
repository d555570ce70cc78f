import { readFileSync } from 'node:fs';
import { withPrices } from '../cost/own-prices';
import { PRICES, PRICES_AS_OF, PRICES_REGION, type Prices } from '../cost/prices';
import type { Cost } from '../cost/replicated-table';
import { textTable } from './text-table';

/** Costs for people: each with its price and where that is from. */
export function costTable(costs: readonly Cost[]): string {
  const rows = costs.map(({ what, when, usd, price }) => [
    what,
    when,
    `$${usd.toFixed(2)}`,
    `$${price.usd} per ${price.per}`,
    price.source,
  ]);
  const sum = (when: Cost['when']) =>
    costs.filter((one) => one.when === when).reduce((total, { usd }) => total + usd, 0);
  return (
    `${textTable(['what', 'when', 'cost', 'price', 'source'], rows)}\n\n` +
    `$${sum('once').toFixed(2)} once, $${sum('a month').toFixed(2)} a month. List prices of ${PRICES_REGION} as of ${PRICES_AS_OF} where ` +
    `--prices does not say others; a busy shard is read more often, and logs come by their size.\n`
  );
}

/** @throws UnusablePrices */
export function pricesOf(file: string | undefined): Prices {
  return file === undefined ? PRICES : withPrices(file, readFileSync(file, 'utf8'));
}
