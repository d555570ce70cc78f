import { validation } from '../service-error';
import type { Input } from './request';
import { constraint, requiredText } from './request';

const ARN = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/([\w.-]+)$/;

/** @throws ServiceError ValidationException if it is not a valid table name */
export function checkTableName(name: string): void {
  if (name.length < 3 || name.length > 255) {
    throw validation('TableName must be at least 3 characters long and at most 255 characters long');
  }
  if (!/^[a-zA-Z0-9_.-]+$/.test(name)) {
    throw constraint('TableName', name, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  }
}

/** @throws ServiceError ValidationException if it is neither the name nor the ARN of a table */
export function checkTableNameOrArn(text: string): void {
  checkTableName(ARN.exec(text)?.[1] ?? text);
}

/** TableName of a request, given as name or ARN. @throws ServiceError ValidationException if it is neither */
export function readTableName(input: Input): string {
  const nameOrArn = requiredText(input, 'TableName');
  checkTableNameOrArn(nameOrArn);
  return nameOrArn;
}
