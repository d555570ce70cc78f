import { Random } from '../../../../simulator/random';
import { chosenOperations, closingOperations } from './chosen-operations';
import type { Operation } from './operation';
import { randomOperations } from './random-operations';
import { TABLES } from './tables';
import { wrongRequests } from './wrong-requests';

/** What all emulators are asked, in this order. @param randomCount operations that follow from the seed */
export const operationLog = (seed: number, randomCount: number): Operation[] => [
  ...chosenOperations(),
  ...wrongRequests(),
  ...randomOperations(new Random(seed), randomCount),
  ...closingOperations(TABLES.map(({ name }) => name)),
];
