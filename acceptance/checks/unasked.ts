import type { Check } from '../check';
import { unasked } from './experiment';

/** What no run asks, with the reason. */
export const uncheckedAssumptions: readonly Check[] = [
  unasked('E21', 'An export would have to be 90 days old.'),
  unasked('E22', 'It takes more than 300 exports at once, which other work in the account would feel.'),
];
