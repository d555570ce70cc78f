import type { Check } from '../check';
import { unasked } from './experiment';

/** What no run asks, with the reason. */
export const uncheckedAssumptions: readonly Check[] = [
  unasked('E21', 'An export would have to be 90 days old.'),
  unasked('E22', 'It takes more than 300 exports at once, which other work in the account would feel.'),
  // Whether AWS writes exports with a key of the user's, and the replicator reads them.
  unasked('kms', 'It would leave a KMS key in the account: AWS deletes one no sooner than after 7 days.'),
];
