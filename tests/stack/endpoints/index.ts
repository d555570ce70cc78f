import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { Endpoints, ReplicatorService } from '../../../infra';

const config = new pulumi.Config();
const region = aws.config.requireRegion();

const vpc = new aws.ec2.Vpc('closed', {
  cidrBlock: '10.40.0.0/16',
  enableDnsHostnames: true,
  enableDnsSupport: config.getBoolean('dns') ?? true,
});
const routes = new aws.ec2.RouteTable('closed', { vpcId: vpc.id });
const zones = [`${region}a`, `${region}a`, `${region}b`];
const subnetIds = zones.map((availabilityZone, index) => {
  const subnet = new aws.ec2.Subnet(`closed-${index}`, {
    vpcId: vpc.id,
    availabilityZone,
    cidrBlock: `10.40.${index}.0/24`,
    tags: { zone: availabilityZone },
  });
  new aws.ec2.RouteTableAssociation(`closed-${index}`, { subnetId: subnet.id, routeTableId: routes.id });
  return subnet.id;
});

/** Endpoints that the replicator did not create, as `KIND SERVICE`; the kind `Named` is an interface with private DNS. */
for (const existing of config.getObject<readonly string[]>('existing') ?? []) {
  const [kind, service] = existing.split(' ');
  new aws.ec2.VpcEndpoint(existing, {
    vpcId: vpc.id,
    serviceName: `com.amazonaws.${region}.${service}`,
    ...(kind === 'Gateway'
      ? { vpcEndpointType: kind, routeTableIds: [routes.id] }
      : {
          vpcEndpointType: 'Interface',
          privateDnsEnabled: kind === 'Named',
          subnetIds: subnetIds.slice(0, 1),
        }),
  });
}

const mode = config.get<Endpoints>('mode') ?? Endpoints.None;
if (mode !== Endpoints.None) {
  new ReplicatorService('replicator', {
    tables: [{ name: 'orders' }],
    bucket: { name: 'my-exports' },
    postgres: {
      host: '10.40.0.10',
      passwordSecretArn: `arn:aws:secretsmanager:${region}:123456789012:secret:warehouse-a1b2c3`,
    },
    imageUri: `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}`,
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    network: { vpcId: vpc.id, subnetIds, endpoints: mode },
  });
}
