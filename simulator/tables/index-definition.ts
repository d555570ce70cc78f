import { notSimulated } from '../service-error';
import { invalid } from './invalid';
import { keyName, readKeySchema } from './key-definition';
import type { Input } from './request';
import {
  missing,
  optionalEnum,
  optionalList,
  optionalStructure,
  requiredText,
  structures,
  checkLength,
  checkMembers,
} from './request';
import type { KeySchemaElement } from './table-view';
import type { Throughput } from './throughput';
import { readThroughput } from './throughput';
import type { WarmThroughput } from './warm-throughput';
import { checkWarmThroughput, readWarmThroughput } from './warm-throughput';

export interface Projection {
  readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  readonly NonKeyAttributes?: readonly string[];
}

/** Settings of a secondary index from CreateTable and UpdateTable. */
export interface IndexDefinition {
  readonly kind: 'global' | 'local';
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly projection: Projection;
  /** Only for a global index with provisioned throughput. */
  readonly throughput?: Throughput;
  readonly warmThroughput?: WarmThroughput;
}

export const INDEX_NAME = { least: 3, most: 255, pattern: /^[a-zA-Z0-9_.-]+$/ };
const MEMBERS = new Set(['IndexName', 'KeySchema', 'Projection', 'ProvisionedThroughput', 'WarmThroughput']);
const LISTS = { global: 'GlobalSecondaryIndexes', local: 'LocalSecondaryIndexes' } as const;
const MOST_NON_KEY_ATTRIBUTES = 20;
const MOST = { global: 20, local: 5 } as const;

/** The indexes in CreateTable's input. @throws ServiceError ValidationException */
export function readIndexes(input: Input, tableKeys: readonly KeySchemaElement[]): IndexDefinition[] {
  const indexes = (['local', 'global'] as const).flatMap((kind) => {
    const list = optionalList(input, LISTS[kind]);
    if (!list) return [];
    if (list.length === 0) throw invalid(`List of ${LISTS[kind]} is empty`);
    return structures(list).map((element) => readIndex(kind, element));
  });
  checkIndexes(indexes, tableKeys);
  return indexes;
}

/** @throws ServiceError ValidationException */
export function readIndex(kind: IndexDefinition['kind'], input: Input): IndexDefinition {
  checkMembers('an index', input, MEMBERS);
  const name = requiredText(input, 'IndexName', INDEX_NAME);
  const list = optionalList(input, 'KeySchema');
  // Since 2025 a global index may have up to four attributes in each part of its key.
  const types = structures(list ?? []).map(({ KeyType }) => KeyType);
  if (kind === 'global' && (types.length > 2 || types[1] === 'HASH'))
    throw notSimulated(`index keys with several attributes in one part (${name})`);
  const throughput = throughputOf(input);
  const warmThroughput = readWarmThroughput(input);
  checkWarmThroughput(`index ${name}`, warmThroughput, throughput);
  return {
    kind,
    name,
    keySchema: readKeySchema(input),
    projection: readProjection(input),
    ...throughput,
    ...(warmThroughput ? { warmThroughput } : {}),
  };
}

function throughputOf(input: Input): Pick<IndexDefinition, 'throughput'> {
  const throughput = optionalStructure(input, 'ProvisionedThroughput');
  return throughput ? { throughput: readThroughput(throughput) } : {};
}

function readProjection(input: Input): Projection {
  const given = optionalStructure(input, 'Projection');
  if (!given) throw missing('Projection');
  const type = optionalEnum(given, 'ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE']);
  if (!type) throw invalid('Unknown ProjectionType: null');
  const names = optionalList(given, 'NonKeyAttributes');
  if (type !== 'INCLUDE') {
    if (names) throw invalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
    return { ProjectionType: type };
  }
  if (!names || names.length === 0)
    throw invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  checkLength('NonKeyAttributes', names, MOST_NON_KEY_ATTRIBUTES);
  const attributes = names.map((name) => keyName({ AttributeName: name }));
  const twice = attributes.find((name, i) => attributes.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`Duplicate attribute in NonKeyAttributes: ${twice}`);
  return { ProjectionType: type, NonKeyAttributes: attributes };
}

/** The index after its table switched to on-demand: it no longer has its own throughput. */
export const onDemand = ({
  kind,
  name,
  keySchema,
  projection,
  warmThroughput,
}: IndexDefinition): IndexDefinition => ({
  kind,
  name,
  keySchema,
  projection,
  ...(warmThroughput ? { warmThroughput } : {}),
});

/** Checks a table's indexes together. @throws ServiceError ValidationException */
export function checkIndexes(
  indexes: readonly IndexDefinition[],
  tableKeys: readonly KeySchemaElement[],
): void {
  const names = new Set<string>();
  for (const { name } of indexes) {
    if (names.has(name)) throw invalid(`Duplicate index name: ${name}`);
    names.add(name);
  }
  for (const kind of ['global', 'local'] as const) {
    if (indexes.filter((index) => index.kind === kind).length > MOST[kind]) {
      const what = LISTS[kind].replace(/es$/, '');
      throw invalid(`${what} count exceeds the per-table limit of ${MOST[kind]}`);
    }
  }
  const [hash, range] = tableKeys;
  for (const { kind, name, keySchema } of indexes) {
    if (kind === 'global') continue;
    if (!range)
      throw invalid(
        'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
      );
    if (!keySchema[1]) throw invalid(`Index KeySchema does not have a range key for index: ${name}`);
    if (keySchema[0]?.AttributeName !== hash?.AttributeName) {
      throw invalid(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. ` +
          `index hash key: ${keySchema[0]?.AttributeName}, table hash key: ${hash?.AttributeName}`,
      );
    }
  }
}
