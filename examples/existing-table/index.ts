import * as pulumi from '@pulumi/pulumi';
import { DynamoDBReplicator } from 'pulumi-dynamodb-replicator';

const config = new pulumi.Config();

// The table is only checked: if its stream or recovery is off, the error has the command that turns it on.
const replicator = new DynamoDBReplicator('existing', {
  tables: [{ name: 'customers' }],
  destination: {
    postgres: {
      host: 'warehouse.internal',
      database: 'warehouse',
      passwordSecretArn: config.require('credentialsArn'),
    },
  },
  network: { vpcName: 'main' },
  image: { uri: config.require('image') },
});

export const service = replicator.serviceName;
export const logGroup = replicator.logGroupName;
