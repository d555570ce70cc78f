import { parseIterator } from '../streams/iterator';
import type { Input } from '../tables/request';
import type { AccessRequest } from './policy';
import { readContext } from './read-context';

/** Resolves table names to ARNs. */
interface Scope {
  readonly region: string;
  /** The caller's account: a name without an ARN means a table in it. */
  readonly account: string;
}

const ANY = '*';
/** Operations whose action has no resource. Source: Service Authorization Reference, "Actions … for Amazon DynamoDB". */
const WITHOUT_RESOURCE = new Set(['ListTables', 'ListStreams', 'ListExports']);
const WRITES: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

const text = (input: Input, name: string): string | undefined => {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
};

/**
 * The permissions that an operation of DynamoDB or its streams needs. Empty if the request names no resource: then the
 * operation itself rejects it.
 */
export function tablePermissions(operation: string, input: Input, scope: Scope): AccessRequest[] {
  if (WITHOUT_RESOURCE.has(operation)) return [{ action: `dynamodb:${operation}`, resource: ANY }];
  if (operation === 'TransactWriteItems' || operation === 'TransactGetItems')
    return inTransaction(input, scope);
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    return Object.entries((input['RequestItems'] ?? {}) as Record<string, Input>).map(([table, request]) => ({
      action: `dynamodb:${operation}`,
      resource: tableArn(table, scope),
      ...(operation === 'BatchGetItem' ? { context: readContext(request ?? {}) } : {}),
    }));
  }
  const resource = resourceOf(operation, input, scope);
  if (resource === undefined) return [];
  const context = operation === 'GetItem' ? { context: readContext(input) } : {};
  return [{ action: `dynamodb:${operation}`, resource, ...context }];
}

function resourceOf(operation: string, input: Input, scope: Scope): string | undefined {
  switch (operation) {
    case 'GetRecords':
      return parseIterator(text(input, 'ShardIterator') ?? '')?.streamArn;
    case 'DescribeStream':
    case 'GetShardIterator':
      return text(input, 'StreamArn');
    case 'DescribeExport':
      return text(input, 'ExportArn');
    case 'ExportTableToPointInTime':
      return text(input, 'TableArn');
    case 'TagResource':
    case 'UntagResource':
    case 'ListTagsOfResource':
      return text(input, 'ResourceArn');
  }
  const table = text(input, 'TableName');
  if (table === undefined) return undefined;
  const index = text(input, 'IndexName');
  return index === undefined ? tableArn(table, scope) : `${tableArn(table, scope)}/index/${index}`;
}

function inTransaction(input: Input, scope: Scope): AccessRequest[] {
  const items = input['TransactItems'];
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) =>
    Object.entries((item ?? {}) as Record<string, Input>).map(([kind, about]) => ({
      action: `dynamodb:${WRITES[kind] ?? kind}`,
      resource: tableArn(text(about, 'TableName') ?? ANY, scope),
      ...(kind === 'Get' ? { context: readContext(about ?? {}) } : {}),
    })),
  );
}

const tableArn = (nameOrArn: string, { region, account }: Scope): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:dynamodb:${region}:${account}:table/${nameOrArn}`;
