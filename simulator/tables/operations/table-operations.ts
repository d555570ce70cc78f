import { ServiceError, validation } from '../../service-error';
import type { Input } from '../request';
import {
  checkMembers,
  missing,
  optionalFlag,
  optionalInteger,
  optionalStructure,
  optionalText,
  requiredStructure,
  requiredText,
} from '../request';
import type { Table } from '../table';
import { readDefinition, readTableUpdate, updateDefinition } from '../table-definition';
import type { TableDirectory } from '../table-directory';
import { readTags } from '../tags';
import type { Operations } from './operations';
import { describeDeleted, describeTable } from './table-description';

const SETTINGS = [
  'TableName',
  'AttributeDefinitions',
  'BillingMode',
  'ProvisionedThroughput',
  'StreamSpecification',
  'DeletionProtectionEnabled',
  'TableClass',
  'SSESpecification',
  'WarmThroughput',
  'OnDemandThroughput',
] as const;
const CREATE = new Set<string>([
  ...SETTINGS,
  'KeySchema',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'Tags',
]);
const UPDATES = [...SETTINGS, 'GlobalSecondaryIndexUpdates'] as const;
const UPDATE = new Set<string>(UPDATES);
const NAME_ONLY = new Set(['TableName']);
const LIST = new Set(['ExclusiveStartTableName', 'Limit']);
const UPDATE_TTL = new Set(['TableName', 'TimeToLiveSpecification']);

/** Operations on tables themselves. */
export function tableOperations(directory: TableDirectory): Operations {
  const { clock, streams } = directory.deps;
  const description = (table: Table, status?: string): object =>
    describeTable(table, status ?? directory.status(table), streams.describe(table), directory.deps);

  return {
    CreateTable(input) {
      checkMembers('CreateTable', input, CREATE);
      const definition = readDefinition(input, clock.now());
      const tags = readTags(input);
      const table = directory.create(definition, optionalStructure(input, 'StreamSpecification'));
      table.tags = tags;
      return { TableDescription: description(table, 'CREATING') };
    },

    DescribeTable(input) {
      checkMembers('DescribeTable', input, NAME_ONLY);
      return { Table: description(directory.named(input)) };
    },

    UpdateTable(input) {
      checkMembers('UpdateTable', input, UPDATE);
      const update = readTableUpdate(input);
      const specification = optionalStructure(input, 'StreamSpecification');
      const table = settled(directory, input, 'updated');
      checkUpdate(table, input);
      const definition = updateDefinition(table.definition, update, clock.now());
      if (specification) streams.updated(table, specification);
      table.definition = definition;
      return { TableDescription: description(table, 'UPDATING') };
    },

    DeleteTable(input) {
      checkMembers('DeleteTable', input, NAME_ONLY);
      const table = settled(directory, input, 'deleted');
      if (table.definition.deletionProtection) {
        throw validation(
          'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
        );
      }
      const answer = { TableDescription: describeDeleted(description(table, 'DELETING')) };
      directory.delete(table);
      return answer;
    },

    ListTables(input) {
      checkMembers('ListTables', input, LIST);
      const start = optionalText(input, 'ExclusiveStartTableName');
      const limit = optionalInteger(input, 'Limit', 1, 100) ?? 100;
      const names = directory
        .all()
        .map(({ name }) => name)
        .sort()
        .filter((name) => start === undefined || name > start);
      const page = names.slice(0, limit);
      return { TableNames: page, ...(names.length > limit ? { LastEvaluatedTableName: page.at(-1) } : {}) };
    },

    UpdateTimeToLive(input) {
      checkMembers('UpdateTimeToLive', input, UPDATE_TTL);
      const specification = requiredStructure(input, 'TimeToLiveSpecification');
      const enabled = optionalFlag(specification, 'Enabled');
      if (enabled === undefined) throw missing('timeToLiveSpecification.enabled');
      const attribute = requiredText(specification, 'AttributeName', { least: 1, most: 255 });
      const table = directory.named(input);
      const current = table.timeToLiveAttribute;
      if (enabled && current !== undefined) throw validation('TimeToLive is already enabled');
      if (!enabled && current === undefined) throw validation('TimeToLive is already disabled');
      if (!enabled && current !== attribute) {
        throw validation(
          'TimeToLive is active on a different AttributeName: current AttributeName is ' + current,
        );
      }
      table.timeToLiveAttribute = enabled ? attribute : undefined;
      return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } };
    },

    DescribeTimeToLive(input) {
      checkMembers('DescribeTimeToLive', input, NAME_ONLY);
      const attribute = directory.named(input).timeToLiveAttribute;
      return {
        TimeToLiveDescription:
          attribute === undefined
            ? { TimeToLiveStatus: 'DISABLED' }
            : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
      };
    },
  };
}

/** @throws ServiceError ResourceInUseException while the table is being created or deleted */
function settled(directory: TableDirectory, input: Input, intent: string): Table {
  const table = directory.named(input);
  const status = directory.status(table);
  if (status === 'ACTIVE') return table;
  const what =
    status === 'CREATING' ? `created: ${table.name} cannot be ${intent} yet` : `deleted: ${table.name}`;
  throw new ServiceError(
    'ResourceInUseException',
    `Attempt to change a resource which is still in use: Table is being ${what}`,
  );
}

function checkUpdate(table: Table, input: Input): void {
  const given = (name: string): boolean => input[name] !== undefined && input[name] !== null;
  const updates = input['GlobalSecondaryIndexUpdates'];
  const isEmpty = (name: string): boolean =>
    name === 'GlobalSecondaryIndexUpdates' && Array.isArray(updates) && updates.length === 0;
  const changes = UPDATES.filter((name) => name !== 'TableName' && name !== 'AttributeDefinitions');
  if (!changes.some((name) => given(name) && !isEmpty(name))) {
    throw validation(
      `At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required: Table ${table.name}`,
    );
  }
}
