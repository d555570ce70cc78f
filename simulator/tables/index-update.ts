import { ServiceError, validation } from '../service-error';
import { checkIndexes, INDEX_NAME, readIndex } from './index-definition';
import type { IndexDefinition } from './index-definition';
import { invalid } from './invalid';
import { checkDefined, readAttributeDefinitions } from './key-definition';
import type { Input } from './request';
import {
  checkMembers,
  optionalList,
  optionalStructure,
  requiredStructure,
  requiredText,
  structures,
} from './request';
import type { AttributeDefinition, KeySchemaElement } from './table-view';
import { readThroughput } from './throughput';
import { checkWarmThroughput, readWarmThroughput } from './warm-throughput';

const ACTIONS = ['Create', 'Update', 'Delete'] as const;
const ACTION_SET = new Set<string>(ACTIONS);

/** A change of one index. */
type IndexUpdate =
  | { readonly action: 'Create'; readonly index: IndexDefinition }
  | { readonly action: 'Update'; readonly name: string; readonly changes: Partial<IndexDefinition> }
  | { readonly action: 'Delete'; readonly name: string };

/** The settings of a table that its indexes depend on. */
interface IndexedTable {
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly indexes: readonly IndexDefinition[];
}

/** Index changes of an UpdateTable request. */
export interface IndexUpdates {
  readonly updates: readonly IndexUpdate[];
  /** Those of the request; the table keeps its own as well. */
  readonly attributeDefinitions: readonly AttributeDefinition[];
}

/** Reads GlobalSecondaryIndexUpdates and AttributeDefinitions. @throws ServiceError ValidationException, LimitExceededException */
export function readIndexUpdates(input: Input): IndexUpdates {
  const updates = structures(optionalList(input, 'GlobalSecondaryIndexUpdates') ?? []).map(readUpdate);
  if (updates.filter(({ action }) => action !== 'Update').length > 1) {
    throw new ServiceError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  const given = optionalList(input, 'AttributeDefinitions');
  return { updates, attributeDefinitions: given ? readAttributeDefinitions(input) : [] };
}

function readUpdate(update: Input): IndexUpdate {
  checkMembers('UpdateTable', update, ACTION_SET);
  const [action, ...more] = ACTIONS.filter((name) => optionalStructure(update, name));
  if (!action || more.length > 0) {
    throw validation(
      'One or more parameter values were invalid: GlobalSecondaryIndexUpdate must have exactly one of Create, Update and Delete',
    );
  }
  const input = requiredStructure(update, action);
  if (action === 'Create') return { action, index: readIndex('global', input) };
  const name = requiredText(input, 'IndexName', INDEX_NAME);
  if (action === 'Delete') return { action, name };
  const throughput = optionalStructure(input, 'ProvisionedThroughput');
  const warmThroughput = readWarmThroughput(input);
  const changes = {
    ...(throughput ? { throughput: readThroughput(throughput) } : {}),
    ...(warmThroughput ? { warmThroughput } : {}),
  };
  return { action, name, changes };
}

/** Applies the updates to a table's indexes. @throws ServiceError ValidationException, ResourceNotFoundException */
export function updateIndexes(
  definition: IndexedTable,
  { updates, attributeDefinitions: given }: IndexUpdates,
): Pick<IndexedTable, 'indexes' | 'attributeDefinitions'> {
  const indexes = updates.reduce(updated, definition.indexes);
  checkIndexes(indexes, definition.keySchema);
  checkGiven(updates, given);
  const all = [...definition.attributeDefinitions];
  for (const { AttributeName: name, AttributeType: type } of given) {
    const known = all.find(({ AttributeName }) => AttributeName === name);
    if (!known) all.push({ AttributeName: name, AttributeType: type });
    else if (known.AttributeType !== type) {
      throw invalid(
        `Attributes cannot be redefined. Please check that your attribute has the same type as previously defined: ${name}`,
      );
    }
  }
  const named = [definition.keySchema, ...indexes.map(({ keySchema }) => keySchema), given].flat();
  const kept = new Set(named.map(({ AttributeName }) => AttributeName));
  return { indexes, attributeDefinitions: all.filter(({ AttributeName }) => kept.has(AttributeName)) };
}

/** A new index's keys must be defined in the request, even if the table defines them. @throws ServiceError ValidationException */
function checkGiven(updates: readonly IndexUpdate[], given: readonly AttributeDefinition[]): void {
  const defined = given.map(({ AttributeName }) => AttributeName);
  for (const update of updates) {
    if (update.action === 'Create') checkDefined(update.index.keySchema, defined);
  }
}

function updated(indexes: readonly IndexDefinition[], update: IndexUpdate): readonly IndexDefinition[] {
  if (update.action === 'Create') {
    if (indexes.some(({ name }) => name === update.index.name)) {
      throw validation(`Attempting to create an index which already exists: ${update.index.name}`);
    }
    return [...indexes, update.index];
  }
  const found = indexes.find(({ name, kind }) => name === update.name && kind === 'global');
  if (!found) {
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Index: ${update.name} not found`,
    );
  }
  if (update.action === 'Delete') return indexes.filter((index) => index !== found);
  const { warmThroughput } = update.changes;
  checkWarmThroughput(`index ${update.name}`, warmThroughput, found);
  const warmed = { ...found.warmThroughput, ...warmThroughput };
  const changed = { ...found, ...update.changes, warmThroughput: warmed };
  return indexes.map((index) => (index === found ? changed : index));
}
