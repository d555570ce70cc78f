import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { DynamoDBReplicator, TableManagement } from 'pulumi-dynamodb-replicator';

const config = new pulumi.Config();

const invoices = new aws.dynamodb.Table('invoices', {
  billingMode: 'PAY_PER_REQUEST',
  hashKey: 'invoiceId',
  attributes: [{ name: 'invoiceId', type: 'S' }],
  streamEnabled: true,
  streamViewType: 'NEW_AND_OLD_IMAGES',
  pointInTimeRecovery: { enabled: true },
});

const replicator = new DynamoDBReplicator('managed', {
  tables: [
    // Passed in: the replicator uses the name that Pulumi gives the table.
    { name: 'invoices', management: TableManagement.Managed, table: invoices },
    // Created here.
    {
      name: 'payments',
      management: TableManagement.Managed,
      create: { partitionKey: { name: 'paymentId' }, deletionProtection: false },
    },
  ],
  destination: {
    postgres: { host: 'warehouse.internal', user: 'replicator', password: config.requireSecret('password') },
  },
  network: { vpcName: 'main' },
  image: { uri: config.require('image') },
  exportBucket: { forceDestroy: true },
});

export const table = invoices.name;
export const bucket = replicator.bucketName;
