import type { Item } from '../../attribute-value';
import { validation } from '../../service-error';
import type { Condition } from '../expression/condition';
import { holds } from '../expression/evaluate';
import type { Path } from '../expression/path';
import type { Placeholders } from '../expression/placeholders';
import { invalid } from '../invalid';
import type { Entry } from '../item-store';
import type { Input } from '../request';
import { optionalEnum, optionalFlag, optionalInteger } from '../request';
import type { SecondaryIndex } from '../secondary-index';
import type { Table } from '../table';
import { Capacity } from './capacity';
import { projected, readCondition, readProjection } from './request-expressions';

const MAX_PAGE_BYTES = 1024 * 1024;
const SELECTS = ['ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES', 'SPECIFIC_ATTRIBUTES', 'COUNT'] as const;

/** The parameters of a Query or Scan that determine what a page contains. */
export interface Page {
  readonly filter: Condition | undefined;
  readonly projection: readonly Path[] | undefined;
  readonly select: (typeof SELECTS)[number] | undefined;
  readonly limit: number;
  readonly isConsistent: boolean;
  readonly capacity: Capacity;
}

/** Reads the parameters, without checks that need the table. @throws ServiceError ValidationException */
export function readPage(input: Input, placeholders: Placeholders, indexName: string | undefined): Page {
  const limit = optionalInteger(input, 'Limit', 1) ?? Infinity;
  const isConsistent = optionalFlag(input, 'ConsistentRead') ?? false;
  const capacity = new Capacity(input);
  const select = optionalEnum(input, 'Select', SELECTS);
  const filter = readCondition(input, 'FilterExpression', placeholders);
  const projection = readProjection(input, placeholders);
  checkSelect(select, projection, indexName);
  return { filter, projection, select, limit, isConsistent, capacity };
}

function checkSelect(
  select: Page['select'],
  projection: readonly Path[] | undefined,
  indexName: string | undefined,
): void {
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && indexName === undefined) {
    throw validation('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && !projection) {
    throw validation(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (!projection || select === undefined || select === 'SPECIFIC_ATTRIBUTES') return;
  const what = select === 'COUNT' ? 'only the Count' : select;
  throw validation(`Cannot specify the ProjectionExpression when choosing to get ${what}`);
}

/** Checks that an index can serve the page. @throws ServiceError ValidationException */
export function checkIndexPage({ select, projection, isConsistent }: Page, index: SecondaryIndex): void {
  if (!index.isGlobal) return;
  const { name, projection: kept } = index.definition;
  if (isConsistent) throw validation('Consistent reads are not supported on global secondary indexes');
  if (select === 'ALL_ATTRIBUTES' && kept.ProjectionType !== 'ALL') {
    throw invalid(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
    );
  }
  const lacking = (projection ?? []).map(([first]) => String(first)).filter((each) => !index.projects(each));
  if (lacking.length > 0) {
    throw invalid(`Global secondary index ${name} does not project [${lacking.join(', ')}]`);
  }
}

/** The response, from the entries of a table or an index. A page ends at Limit entries or 1 MB, both before filtering. */
export function pageOf(
  page: Page,
  table: Table,
  index: SecondaryIndex | undefined,
  entries: Iterable<Entry>,
): object {
  const { filter, projection, limit, capacity } = page;
  const isCounting = page.select === 'COUNT';
  // A local index fetches attributes that it does not project from its table.
  const isWhole =
    index === undefined || (!index.isGlobal && (projection || page.select === 'ALL_ATTRIBUTES'));
  const items: Item[] = [];
  let count = 0;
  let scanned = 0;
  let bytes = 0;
  let last: Entry | undefined;
  for (const entry of entries) {
    scanned++;
    bytes += entry.bytes;
    const image = isWhole ? entry.image : index.view(entry.image);
    if (!filter || holds(filter, image)) {
      count++;
      if (!isCounting) items.push(projected(image, projection));
    }
    if (scanned >= limit || bytes >= MAX_PAGE_BYTES) {
      last = entry;
      break;
    }
  }
  capacity.read(table, bytes, page.isConsistent, 1, index);
  return {
    ...(isCounting ? {} : { Items: items }),
    Count: count,
    ScannedCount: scanned,
    ...(last ? { LastEvaluatedKey: last.key.attributes } : {}),
    ...capacity.single(),
  };
}
