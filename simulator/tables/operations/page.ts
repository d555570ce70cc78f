import type { Item } from '../../attribute-value';
import { validation } from '../../service-error';
import type { Condition } from '../expression/condition';
import { holds } from '../expression/evaluate';
import type { Path } from '../expression/path';
import type { Placeholders } from '../expression/placeholders';
import type { Entry } from '../item-store';
import type { Input } from '../request';
import { optionalEnum, optionalFlag, optionalInteger } from '../request';
import type { Table } from '../table';
import { Capacity } from './capacity';
import { projected, readCondition, readProjection } from './request-expressions';

const MAX_PAGE_BYTES = 1024 * 1024;

/** How one page of a Query or Scan is made of the entries it goes through. */
export interface Page {
  readonly filter: Condition | undefined;
  /** The answer. Ends at Limit entries or at 1 MB before filtering, whichever comes first. */
  of(entries: Iterable<Entry>): object;
}

/** @throws ServiceError ValidationException */
export function readPage(table: Table, input: Input, placeholders: Placeholders): Page {
  const filter = readCondition(input, 'FilterExpression', placeholders);
  const projection = readProjection(input, placeholders);
  const counting = readSelect(input, projection);
  const limit = optionalInteger(input, 'Limit', 1) ?? Infinity;
  const consistent = optionalFlag(input, 'ConsistentRead') ?? false;
  const capacity = new Capacity(input);
  return {
    filter,
    of(entries) {
      const items: Item[] = [];
      let count = 0;
      let scanned = 0;
      let bytes = 0;
      let last: Entry | undefined;
      for (const entry of entries) {
        scanned++;
        bytes += entry.bytes;
        if (!filter || holds(filter, entry.image)) {
          count++;
          if (!counting) items.push(projected(entry.image, projection));
        }
        if (scanned >= limit || bytes >= MAX_PAGE_BYTES) {
          last = entry;
          break;
        }
      }
      capacity.read(table, bytes, consistent);
      return {
        ...(counting ? {} : { Items: items }),
        Count: count,
        ScannedCount: scanned,
        ...(last ? { LastEvaluatedKey: last.key.attributes } : {}),
        ...capacity.single(),
      };
    },
  };
}

/** Whether only the count is wanted. */
function readSelect(input: Input, projection: readonly Path[] | undefined): boolean {
  const select = optionalEnum(input, 'Select', [
    'ALL_ATTRIBUTES',
    'ALL_PROJECTED_ATTRIBUTES',
    'SPECIFIC_ATTRIBUTES',
    'COUNT',
  ]);
  if (select === 'ALL_PROJECTED_ATTRIBUTES') {
    throw validation('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && !projection) {
    throw validation(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (select === 'ALL_ATTRIBUTES' && projection) {
    throw validation('Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES');
  }
  if (select === 'COUNT' && projection) {
    throw validation('Cannot specify the ProjectionExpression when choosing to get only the Count');
  }
  return select === 'COUNT';
}
