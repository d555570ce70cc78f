import * as pulumi from '@pulumi/pulumi';
import { Columns, Deletes, DynamoDBReplicator, LogLevel, TableManagement } from 'pulumi-dynamodb-replicator';

const config = new pulumi.Config();

const replicator = new DynamoDBReplicator('several', {
  tables: [
    { name: 'orders', management: TableManagement.Enable, deletes: Deletes.Soft },
    { name: 'customers', destinationSchema: 'crm', destinationTable: 'people' },
    { name: 'events', columns: Columns.Document },
  ],
  destination: { postgres: { urlSecretArn: config.require('addressArn') } },
  network: { vpcName: 'main' },
  image: { uri: config.require('image') },
  task: { cpu: 1024, memoryMiB: 2048, spot: true },
  settings: { destinationSchema: 'raw', poll: { maxMs: 10_000 }, log: { level: LogLevel.Debug } },
  monitoring: { alarmEmail: 'platform@example.com', lagMinutes: 5 },
});

export const dashboard = replicator.dashboardUrl;
