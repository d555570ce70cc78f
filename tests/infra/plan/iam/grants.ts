import type { ExportGrant, TableGrant } from '../../../../infra/plan/iam/statements';

/** Resources as the tests name them. */
export const REGION = 'eu-west-1';
export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';

export const tableArn = (name: string, account = ACCOUNT) =>
  `arn:aws:dynamodb:${REGION}:${account}:table/${name}`;
export const keyArn = (id: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
export const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;

export const orders: TableGrant = { arn: tableArn('orders') };
export const customers: TableGrant = { arn: tableArn('customers') };
export const exportsGrant: ExportGrant = {
  arn: 'arn:aws:s3:::my-exports',
  prefix: 'replicator/dev',
  isForeign: false,
};
