import * as aws from '@pulumi/aws';
import { given } from '../examine';

/** A document with one allowing statement, `S`. */
export const allow = (statement: object, document: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'S', Effect: 'Allow', ...statement }],
    ...document,
  });
/** A task's role with that document. */
export const role = (statement: object) =>
  given(aws.iam.RolePolicy, { role: 'task', policy: allow(statement) });

export const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
