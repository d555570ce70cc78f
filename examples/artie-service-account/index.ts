import { ExportBucket, ServiceAccount, SourceTable, TableManagement } from 'pulumi-dynamodb-replicator';

// Artie's page asks you to turn on the stream by hand; Enable does it.
const table = new SourceTable('orders', { name: 'orders', management: TableManagement.Enable });
// Artie writes below this prefix, and exports there are deleted after 14 days.
const exportBucket = new ExportBucket('artie', { prefix: 'artie', forceDestroy: true });

const account = new ServiceAccount('artie', {
  tables: [{ arn: table.arn }],
  bucket: { arn: exportBucket.arn, prefix: exportBucket.prefix },
  user: true,
  accessKey: true,
});

// The outputs have the names of Artie's page; the last two are secrets.
export const service_role_arn = account.roleArn;
export const aws_access_key_id = account.accessKeyId;
export const aws_secret_access_key = account.secretAccessKey;
/** The first value that Artie's page asks for. */
export const stream_arn = table.streamArn;
/** Where Artie has to write its exports. */
export const bucket = exportBucket.bucketName;
export const export_prefix = exportBucket.prefix;
