import { Random } from '../../../../../simulator/random';
import { chosenNumbers } from './chosen/numbers';
import { chosenReads } from './chosen/reads';
import { chosenValues } from './chosen/values';
import { chosenWrites } from './chosen/writes';
import type { Operation } from '../../operation';
import { randomOperations } from './random-operations';
import { CHOSEN_TABLE, TABLES } from './tables';
import { wrongExpressions } from './wrong/expressions';
import { wrongReadsAndBatches } from './wrong/reads-and-batches';
import { KEY, TableName } from './wrong/requests';
import { wrongValues } from './wrong/values';

/**
 * The operations for all emulators, in order: chosen ones, requests that AWS rejects, then `randomCount` operations drawn from
 * the seed. At the end every table is read.
 */
export const operationLog = (seed: number, randomCount: number): Operation[] => [
  ...chosenNumbers(),
  ...chosenValues(),
  ...chosenWrites(),
  ...chosenReads(),
  ...wrongRequests(),
  ...randomOperations(new Random(seed), randomCount),
  ...[...TABLES, CHOSEN_TABLE].flatMap(({ name }) => wholeTable(name)),
];

const wholeTable = (TableName: string): Operation[] =>
  [{}, { Limit: 7 }, { Select: 'COUNT' }].map((more) => ({
    name: 'Scan',
    about: 'the end',
    paged: true,
    input: { TableName, ...more },
  }));

/** Requests that AWS rejects, each in a table with only one item. */
function wrongRequests(): Operation[] {
  const item = { ...KEY, kept: { S: 'text' } };
  const byRule = Object.entries({ ...wrongValues, ...wrongExpressions, ...wrongReadsAndBatches });
  return [
    { name: 'PutItem', about: 'the item beside wrong requests', input: { TableName, Item: item } },
    ...byRule.flatMap(([wrong, requests]) =>
      requests.map(([name, input]): Operation => ({ name, input, wrong })),
    ),
  ];
}
