import { WrongUse } from './exit-codes';

/** Parses a flag's number. @throws WrongUse unless the text is a number from `least` to `most` */
export function numberIn(text: string, flag: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) {
    throw new WrongUse(`${flag} takes a number from ${least} to ${most}, not ${text}.`);
  }
  return value;
}

/** Parses a flag's whole number. @throws WrongUse unless the text is one */
export function wholeNumber(text: string, flag: string): number {
  if (!/^\d+$/.test(text)) throw new WrongUse(`${flag}: expected a whole number, not ${text}.`);
  return Number(text);
}
