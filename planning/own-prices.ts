import { readText } from '../runtime/config/read-text';
import { WrongUse } from '../runtime/verbs/exit-codes';
import { type PriceName, PRICES, type Prices } from '../cost/prices';

/** A file of prices is invalid. */
export class UnusablePrices extends WrongUse {
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(
      `--prices: ${file}: ${reason}. Expected prices in US dollars by name, such as {"exportGb": 0.114}. Names: ${NAMES}.`,
    );
  }
}

const NAMES = Object.keys(PRICES).join(', ');

/** The list prices, with those of the file, if given, merged into them. @throws UnusablePrices, WrongUse when it cannot be read */
export function pricesOf(file: string | undefined): Prices {
  if (file === undefined) return PRICES;
  const read = readText(file);
  if ('problem' in read) throw new WrongUse(`--prices: ${read.problem}`);
  return withPrices(file, read.text);
}

/**
 * The list prices with those of a file merged into them.
 * @param text JSON: name of a price → US dollars
 * @throws UnusablePrices
 */
export function withPrices(file: string, text: string): Prices {
  let own: unknown;
  try {
    own = JSON.parse(text);
  } catch (error) {
    throw new UnusablePrices(file, `not valid JSON (${(error as Error).message})`);
  }
  if (typeof own !== 'object' || own === null || Array.isArray(own))
    throw new UnusablePrices(file, 'not a JSON object');
  const prices: Record<PriceName, Prices[PriceName]> = { ...PRICES };
  for (const [name, usd] of Object.entries(own)) {
    if (!(name in PRICES)) throw new UnusablePrices(file, `unknown price ${name}`);
    if (typeof usd !== 'number' || usd < 0)
      throw new UnusablePrices(file, `${name} must be a non-negative number`);
    prices[name as PriceName] = { ...PRICES[name as PriceName], usd, source: file };
  }
  return prices;
}
