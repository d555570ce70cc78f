import type { Operation } from '../../operation';
import { wrongExpressions } from './wrong/expressions';
import { wrongReadsAndBatches } from './wrong/reads-and-batches';
import { KEY, TableName } from './wrong/requests';
import { wrongValues } from './wrong/values';

/** Requests that AWS refuses, each alone in its table beside one item. */
export function wrongRequests(): Operation[] {
  const item = { ...KEY, kept: { S: 'text' } };
  const byRule = Object.entries({ ...wrongValues, ...wrongExpressions, ...wrongReadsAndBatches });
  return [
    { name: 'PutItem', about: 'the item beside wrong requests', input: { TableName, Item: item } },
    ...byRule.flatMap(([wrong, requests]) =>
      requests.map(([name, input]): Operation => ({ name, input, wrong })),
    ),
  ];
}
