import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { DynamoDBReplicator, Endpoints } from 'pulumi-dynamodb-replicator';

const config = new pulumi.Config();

const vpc = new aws.ec2.Vpc('own', {
  cidrBlock: '10.30.0.0/16',
  enableDnsHostnames: true,
  enableDnsSupport: true,
});
const zones = aws.getAvailabilityZonesOutput({ state: 'available' });
const routes = new aws.ec2.RouteTable('own', { vpcId: vpc.id });

// A subnet is usable only once it has its routes.
const subnetIds = [0, 1].map((index) => {
  const subnet = new aws.ec2.Subnet(`own-${index}`, {
    vpcId: vpc.id,
    cidrBlock: `10.30.${index}.0/24`,
    availabilityZone: zones.names.apply((names) => names[index] as string),
  });
  const association = new aws.ec2.RouteTableAssociation(`own-${index}`, {
    subnetId: subnet.id,
    routeTableId: routes.id,
  });
  return pulumi.all([subnet.id, association.id]).apply(([id]) => id);
});

const replicator = new DynamoDBReplicator('own', {
  tables: [{ name: 'customers' }],
  destination: {
    postgres: { host: '10.30.0.10', passwordSecretArn: config.require('credentialsArn') },
  },
  network: { vpcId: vpc.id, subnetIds, endpoints: Endpoints.Create },
  image: { uri: config.require('image') },
});

export const securityGroup = replicator.securityGroupId;
