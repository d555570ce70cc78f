import { WrongUse } from './exit-codes';

/** A flag's number. @throws WrongUse when the text is none from `least` to `most` */
export function numberIn(text: string, flag: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most)) {
    throw new WrongUse(`${flag} takes a number from ${least} to ${most}, not ${text}.`);
  }
  return value;
}

/** A flag's whole number. @throws WrongUse when the text is none */
export function wholeNumber(text: string, flag: string): number {
  if (!/^\d+$/.test(text)) throw new WrongUse(`${flag}: expected a whole number, not ${text}.`);
  return Number(text);
}
