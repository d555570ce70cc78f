import { ServiceError, validation } from '../../service-error';
import type { Input } from '../request';
import { checkLength, checkMembers, missing, optionalList, requiredText } from '../request';
import type { Table } from '../table';
import type { TableDirectory } from '../table-directory';
import { checkTagCount, readTags } from '../tags';
import { unexpected } from '../value';
import type { Operations } from './operations';

const TAG = new Set(['ResourceArn', 'Tags']);
const UNTAG = new Set(['ResourceArn', 'TagKeys']);
const LIST = new Set(['ResourceArn', 'NextToken']);

/** Operations on a table's tags. Those that change tags return an empty response. */
export function tagOperations(directory: TableDirectory): Operations {
  return {
    TagResource(input) {
      checkMembers('TagResource', input, TAG);
      const list = optionalList(input, 'Tags');
      if (!list) throw missing('Tags');
      checkLength('Tags', list, Infinity);
      const given = readTags(input);
      const table = tagged(directory, input);
      const tags = new Map([...table.tags, ...given]);
      checkTagCount(tags);
      table.tags = tags;
    },

    UntagResource(input) {
      checkMembers('UntagResource', input, UNTAG);
      const keys = optionalList(input, 'TagKeys');
      if (!keys) throw missing('TagKeys');
      for (const key of keys) if (typeof key !== 'string') throw unexpected(key, 'String');
      const table = tagged(directory, input);
      table.tags = new Map([...table.tags].filter(([key]) => !keys.includes(key)));
    },

    ListTagsOfResource(input) {
      checkMembers('ListTagsOfResource', input, LIST);
      const { tags } = tagged(directory, input);
      return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

/** @throws ServiceError ValidationException, ResourceNotFoundException */
function tagged(directory: TableDirectory, input: Input): Table {
  const arn = requiredText(input, 'ResourceArn');
  const name = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/([\w.-]{3,255})$/.exec(arn)?.[1];
  if (!arn.startsWith('arn:')) throw validation(`Invalid ResourceArn: ARNs must start with 'arn:': ${arn}`);
  if (name === undefined) throw validation(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  const table = directory.get(name);
  if (table?.arn === arn) return table;
  throw new ServiceError(
    'ResourceNotFoundException',
    `Requested resource not found: ResourcArn: ${arn} not found`,
  );
}
