import * as aws from '@pulumi/aws';

const NAME = 'main';

const vpc = new aws.ec2.Vpc(NAME, { cidrBlock: '10.9.0.0/16', tags: { Name: NAME } });
const gateway = new aws.ec2.InternetGateway(NAME, { vpcId: vpc.id });
const publicSubnet = new aws.ec2.Subnet('public', {
  vpcId: vpc.id,
  cidrBlock: '10.9.9.0/24',
  tags: { Name: `${NAME}-public` },
});
const publicRoutes = new aws.ec2.RouteTable('public', {
  vpcId: vpc.id,
  routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: gateway.id }],
});
new aws.ec2.RouteTableAssociation('public', { subnetId: publicSubnet.id, routeTableId: publicRoutes.id });
const address = new aws.ec2.Eip(NAME, { domain: 'vpc' });
const nat = new aws.ec2.NatGateway(NAME, { subnetId: publicSubnet.id, allocationId: address.id });
const routes = new aws.ec2.RouteTable('private', {
  vpcId: vpc.id,
  routes: [{ cidrBlock: '0.0.0.0/0', natGatewayId: nat.id }],
});
for (const index of [0, 1]) {
  const subnet = new aws.ec2.Subnet(`private-${index}`, {
    vpcId: vpc.id,
    cidrBlock: `10.9.${index}.0/24`,
    tags: { Name: `${NAME}-private-${index}` },
  });
  new aws.ec2.RouteTableAssociation(`private-${index}`, { subnetId: subnet.id, routeTableId: routes.id });
}

const table = (name: string, ready: boolean) =>
  new aws.dynamodb.Table(name, {
    name,
    billingMode: 'PAY_PER_REQUEST',
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    ...(ready && {
      streamEnabled: true,
      streamViewType: 'NEW_AND_OLD_IMAGES',
      pointInTimeRecovery: { enabled: true },
    }),
  });
table('orders', false);
table('customers', true);
table('events', true);

const secret = new aws.secretsmanager.Secret('warehouse', { name: 'warehouse', recoveryWindowInDays: 0 });

export const secretArn = secret.arn;
