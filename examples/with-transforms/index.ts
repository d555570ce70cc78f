import * as pulumi from '@pulumi/pulumi';
import { DynamoDBReplicator } from 'pulumi-dynamodb-replicator';
import { patientAlarm } from './patient-alarm';

const config = new pulumi.Config();

const replicator = new DynamoDBReplicator(
  'patient',
  {
    tables: [{ name: 'customers' }],
    destination: {
      postgres: { host: 'warehouse.internal', passwordSecretArn: config.require('credentialsArn') },
    },
    network: { vpcName: 'main' },
    image: { uri: config.require('image') },
  },
  { transforms: [patientAlarm] },
);

export const alarmArns = replicator.alarmArns;
