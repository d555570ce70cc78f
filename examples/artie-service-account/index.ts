import { ExportBucket, ServiceAccount, SourceTable, TableManagement } from 'pulumi-dynamodb-replicator';

// What the page asks to be turned on by hand.
const table = new SourceTable('orders', { name: 'orders', management: TableManagement.Enable });
const exports_ = new ExportBucket('artie', { forceDestroy: true });

const account = new ServiceAccount('artie', {
  tables: [{ arn: table.arn }],
  bucket: { arn: exports_.arn, prefix: 'artie' },
  user: true,
  accessKey: true,
});

// The outputs of the page; the last two are secrets.
export const service_role_arn = account.roleArn;
export const aws_access_key_id = account.accessKeyId;
export const aws_secret_access_key = account.secretAccessKey;
/** What the page asks for first. */
export const stream_arn = table.streamArn;
