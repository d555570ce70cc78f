import type { Item } from '../../attribute-value';
import type { Condition } from '../expression/condition';
import { parseCondition } from '../expression/condition';
import { Parser } from '../expression/parser';
import type { Path } from '../expression/path';
import { project } from '../expression/path';
import type { Placeholders } from '../expression/placeholders';
import { parseProjection } from '../expression/projection';
import type { Update } from '../expression/update';
import { parseUpdate } from '../expression/update';
import type { Input } from '../request';
import { optionalText } from '../request';

/** The condition in one of a request's parameters. @throws ServiceError ValidationException */
export function readCondition(
  input: Input,
  parameter: 'ConditionExpression' | 'FilterExpression' | 'KeyConditionExpression',
  placeholders: Placeholders,
): Condition | undefined {
  const text = optionalText(input, parameter);
  return text === undefined ? undefined : parseCondition(new Parser(parameter, text, placeholders));
}

/** @throws ServiceError ValidationException */
export function readUpdate(input: Input, placeholders: Placeholders): Update | undefined {
  const text = optionalText(input, 'UpdateExpression');
  return text === undefined ? undefined : parseUpdate(new Parser('UpdateExpression', text, placeholders));
}

/** @throws ServiceError ValidationException */
export function readProjection(input: Input, placeholders: Placeholders): readonly Path[] | undefined {
  const text = optionalText(input, 'ProjectionExpression');
  return text === undefined
    ? undefined
    : parseProjection(new Parser('ProjectionExpression', text, placeholders));
}

export const projected = (item: Item, projection: readonly Path[] | undefined): Item =>
  projection ? project(item, projection) : item;
