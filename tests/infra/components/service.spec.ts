import assert from 'node:assert/strict';
import { CpuArchitecture, Endpoints, ReplicatorService, type ReplicatorServiceArgs } from '../../../infra';
import { record, type Recording, valueOf } from '../record';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';

const make = (args: Partial<ReplicatorServiceArgs> = {}) =>
  new ReplicatorService('orders', {
    tables: [{ name: 'orders' }],
    bucket: { name: 'my-exports' },
    postgres: { host: 'warehouse.internal', passwordSecretArn: SECRET },
    imageUri: `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}`,
    taskRoleArn: 'arn:aws:iam::123456789012:role/task',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    network: { vpcName: 'main' },
    ...args,
  });

const variable = (inputs: Readonly<Record<string, unknown>>, name: string) =>
  (
    JSON.parse(inputs['containerDefinitions'] as string) as {
      environment: { name: string; value: string }[];
    }[]
  )[0]!.environment.find((one) => one.name === name)?.value;

const ENDPOINT_SERVICES = ['dynamodb', 'dynamodb-streams', 'logs', 's3', 'secretsmanager'].map(
  (key) => `com.amazonaws.eu-west-1.${key}`,
);

describe('ReplicatorService', () => {
  it('runs one task, stops it before it starts the next, and does not rebalance between zones', async () => {
    const { only } = await record(() => make());
    assert.deepEqual(only('aws:ecs/service:Service'), {
      name: 'dynamodb-replicator-dev-orders',
      cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/dynamodb-replicator-dev-orders',
      taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/dynamodb-replicator-dev-orders:1',
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      desiredCount: 1,
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      availabilityZoneRebalancing: 'DISABLED',
      deploymentCircuitBreaker: { enable: true, rollback: true },
      waitForSteadyState: true,
      enableExecuteCommand: false,
      propagateTags: 'SERVICE',
      networkConfiguration: {
        assignPublicIp: false,
        subnets: ['subnet-a', 'subnet-b'],
        securityGroups: ['orders-task-id'],
      },
      tags: { 'dynamodb-replicator': 'dynamodb-replicator/dev/orders' },
    });
  });

  it('fails the update when ECS rolled the deployment back, with what to do next', async () => {
    const rolledBack = 'arn:aws:ecs:eu-west-1:123456789012:task-definition/dynamodb-replicator-dev-orders:7';
    await assert.rejects(
      record(() => make(), { world: { taskDefinition: rolledBack } }),
      (error: unknown) => {
        const { name, message } = error as Error;
        assert.equal(name, 'UnsuitableResource');
        assert.ok(
          message.includes(`service dynamodb-replicator-dev-orders: it runs ${rolledBack} instead of `),
          message,
        );
        assert.ok(message.includes('aws ecs list-tasks --cluster '), message);
        assert.ok(message.includes('--force-new-deployment --region eu-west-1'), message);
        return true;
      },
    );
    // A preview deploys nothing.
    await record(() => make(), { world: { taskDefinition: rolledBack }, preview: true });
  });

  it('has a task with half a vCPU on ARM, and only /tmp writable', async () => {
    const { containerDefinitions: _, ...definition } = (await record(() => make())).only(
      'aws:ecs/taskDefinition:TaskDefinition',
    );
    assert.deepEqual(definition, {
      family: 'dynamodb-replicator-dev-orders',
      cpu: '512',
      memory: '1024',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      volumes: [{ name: 'tmp' }],
    });
  });

  it('has the given size and architecture', async () => {
    const { only } = await record(() =>
      make({ cpu: 4096, memoryMiB: 30720, architecture: CpuArchitecture.X8664 }),
    );
    const definition = only('aws:ecs/taskDefinition:TaskDefinition');
    assert.deepEqual([definition['cpu'], definition['memory']], ['4096', '30720']);
    assert.deepEqual(definition['runtimePlatform'], {
      cpuArchitecture: 'X86_64',
      operatingSystemFamily: 'LINUX',
    });
  });

  it('has a larger disk only if configured', async () => {
    const disk = async (args: Partial<ReplicatorServiceArgs>) =>
      (await record(() => make(args))).only('aws:ecs/taskDefinition:TaskDefinition')['ephemeralStorage'];
    assert.equal(await disk({}), undefined);
    assert.deepEqual(await disk({ ephemeralStorageGiB: 200 }), { sizeInGib: 200 });
  });

  it('keeps its log for 30 days, or as long as configured', async () => {
    const log = async (args: Partial<ReplicatorServiceArgs>) =>
      (await record(() => make(args))).only('aws:cloudwatch/logGroup:LogGroup');
    assert.deepEqual(await log({}), {
      name: '/dynamodb-replicator/dynamodb-replicator-dev-orders',
      retentionInDays: 30,
      tags: { 'dynamodb-replicator': 'dynamodb-replicator/dev/orders' },
    });
    assert.equal((await log({ logRetentionDays: 365 }))['retentionInDays'], 365);
  });

  it('runs in an existing cluster', async () => {
    const clusterArn = 'arn:aws:ecs:eu-west-1:123456789012:cluster/shared';
    const { all, only, result } = await record(() => make({ clusterArn }));
    assert.equal(all('aws:ecs/cluster:Cluster').length, 0);
    assert.equal(only('aws:ecs/service:Service')['cluster'], clusterArn);
    assert.equal(await valueOf(result.clusterName), 'shared');
  });

  it('runs on Fargate Spot only if configured', async () => {
    const { only } = await record(() => make({ spot: true }));
    const service = only('aws:ecs/service:Service');
    assert.equal(service['launchType'], undefined);
    assert.deepEqual(service['capacityProviderStrategies'], [
      { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 },
    ]);
    assert.deepEqual(only('aws:ecs/clusterCapacityProviders:ClusterCapacityProviders')['capacityProviders'], [
      'FARGATE_SPOT',
    ]);
  });

  describe('on the network', () => {
    const rule = (description: string, port: number) => ({
      description,
      protocol: 'tcp',
      fromPort: port,
      toPort: port,
    });
    const egress = (recorded: Awaited<ReturnType<typeof record>>) =>
      recorded.only('aws:ec2/securityGroup:SecurityGroup', '-task')['egress'];

    it('lets nothing in, and lets out TLS and the destination’s port', async () => {
      const recorded = await record(() =>
        make({ postgres: { host: 'db', port: 6432, passwordSecretArn: SECRET } }),
      );
      assert.equal(recorded.only('aws:ec2/securityGroup:SecurityGroup')['ingress'], undefined);
      assert.deepEqual(egress(recorded), [
        { ...rule('TLS to AWS', 443), cidrBlocks: ['0.0.0.0/0'] },
        { ...rule('The destination', 6432), cidrBlocks: ['10.9.0.0/16', '10.10.0.0/16'] },
      ]);
    });

    it('reaches the destination by its security group or address ranges, and nothing else on that port', async () => {
      const network = { vpcName: 'main', destinationSecurityGroupId: 'sg-db' };
      const toGroup = { ...rule('The destination', 5432), securityGroups: ['sg-db'] };
      const toAws = { ...rule('TLS to AWS', 443), cidrBlocks: ['0.0.0.0/0'] };
      assert.deepEqual(egress(await record(() => make({ network }))), [toAws, toGroup]);
      const both = await record(() => make({ network: { ...network, destinationCidrs: ['10.20.0.0/16'] } }));
      assert.deepEqual(egress(both), [
        toAws,
        toGroup,
        { ...rule('The destination', 5432), cidrBlocks: ['10.20.0.0/16'] },
      ]);
    });

    it('is in existing security groups, and creates none', async () => {
      const securityGroupIds = ['sg-app', 'sg-clients'];
      const { all, only, result } = await record(() => make({ securityGroupIds }));
      assert.equal(all('aws:ec2/securityGroup:SecurityGroup').length, 0);
      const { securityGroups } = only('aws:ecs/service:Service')['networkConfiguration'] as {
        securityGroups: readonly string[];
      };
      assert.deepEqual(securityGroups, securityGroupIds);
      assert.equal(await valueOf(result.securityGroupId), 'sg-app');
    });

    it('has a public IP address in public subnets only if configured', async () => {
      const world = { subnets: { 'subnet-a': 'igw-1' } };
      const { only } = await record(() => make({ assignPublicIp: true }), { world });
      const { assignPublicIp } = only('aws:ecs/service:Service')['networkConfiguration'] as {
        assignPublicIp: boolean;
      };
      assert.equal(assignPublicIp, true);
    });

    it('accepts subnets by id', async () => {
      const { only } = await record(() => make({ network: { vpcId: 'vpc-1', subnetIds: ['subnet-b'] } }));
      assert.deepEqual(
        (only('aws:ecs/service:Service')['networkConfiguration'] as { subnets: string[] }).subnets,
        ['subnet-b'],
      );
    });

    it('creates the endpoints that it needs, and passes the one of DynamoDB Streams to the runtime', async () => {
      const world = { subnets: { 'subnet-a': undefined } };
      const recorded = await record(
        () => make({ network: { vpcName: 'main', endpoints: Endpoints.Create } }),
        { world },
      );
      const { all, only } = recorded;
      const endpoints = all('aws:ec2/vpcEndpoint:VpcEndpoint').map(({ inputs }) => inputs);
      assert.deepEqual(
        endpoints.map(({ serviceName }) => serviceName),
        [...ENDPOINT_SERVICES].sort(),
      );
      const of = (key: string) =>
        endpoints.find(({ serviceName }) => String(serviceName).endsWith(`.${key}`))!;
      assert.deepEqual(of('s3')['routeTableIds'], ['rtb-subnet-a']);
      assert.equal(of('dynamodb-streams')['privateDnsEnabled'], false);
      assert.equal(of('logs')['privateDnsEnabled'], true);
      assert.equal(
        variable(only('aws:ecs/taskDefinition:TaskDefinition'), 'DYNAMODB_REPLICATOR_STREAMS_ENDPOINT'),
        'https://orders-dynamodb-streams.vpce.amazonaws.com',
      );
      // With private DNS, these endpoints are the way to AWS for everybody in the VPC.
      assert.deepEqual(only('aws:ec2/securityGroup:SecurityGroup', '-endpoints')['ingress'], [
        { ...rule('TLS from the VPC', 443), cidrBlocks: ['10.9.0.0/16', '10.10.0.0/16'] },
      ]);
      assert.deepEqual(egress(recorded), [
        {
          ...rule('TLS to the interface endpoints', 443),
          cidrBlocks: ['10.9.0.0/16', '10.10.0.0/16'],
        },
        { ...rule('TLS to the gateway endpoints', 443), prefixListIds: ['pl-dynamodb', 'pl-s3'] },
        { ...rule('The destination', 5432), cidrBlocks: ['10.9.0.0/16', '10.10.0.0/16'] },
      ]);
    });

    it('creates more endpoints for an image in ECR and for a role to assume', async () => {
      const { all } = await record(() =>
        make({
          imageUri: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/r@sha256:${'0'.repeat(64)}`,
          sourceRole: { roleArn: 'arn:aws:iam::210987654321:role/r' },
          network: { vpcName: 'main', endpoints: Endpoints.Create },
        }),
      );
      const keys = all('aws:ec2/vpcEndpoint:VpcEndpoint').map(({ inputs }) =>
        String(inputs['serviceName']).replace('com.amazonaws.eu-west-1.', ''),
      );
      assert.deepEqual(keys, [
        'dynamodb',
        'dynamodb-streams',
        'ecr.api',
        'ecr.dkr',
        'logs',
        's3',
        'secretsmanager',
        'sts',
      ]);
    });

    it('creates the endpoints of ECR for a sidecar that is pulled from there', async () => {
      const image = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent@sha256:${'0'.repeat(64)}`;
      const { all } = await record(() =>
        make({
          sidecars: [{ name: 'agent', image }],
          network: { vpcName: 'main', endpoints: Endpoints.Create },
        }),
      );
      const names = all('aws:ec2/vpcEndpoint:VpcEndpoint').map(({ inputs }) => inputs['serviceName']);
      assert.ok(names.includes('com.amazonaws.eu-west-1.ecr.dkr'), `${names}`);
    });

    it('finds the existing endpoints', async () => {
      const world = { endpoints: ENDPOINT_SERVICES };
      const { all, only } = await record(
        () => make({ network: { vpcName: 'main', endpoints: Endpoints.Existing } }),
        { world },
      );
      assert.equal(all('aws:ec2/vpcEndpoint:VpcEndpoint').length, 0);
      assert.equal(
        variable(only('aws:ecs/taskDefinition:TaskDefinition'), 'DYNAMODB_REPLICATOR_STREAMS_ENDPOINT'),
        'https://vpce-1.streams.dynamodb.eu-west-1.vpce.amazonaws.com',
      );
    });

    it('creates only the endpoints that are missing, and uses the others', async () => {
      const world = {
        endpoints: ENDPOINT_SERVICES.filter((service) => !service.endsWith('.logs')),
        gatewayRoutes: ['rtb-subnet-a'],
      };
      const { all, only } = await record(
        () => make({ network: { vpcName: 'main', endpoints: Endpoints.CreateMissing } }),
        { world },
      );
      assert.deepEqual(
        all('aws:ec2/vpcEndpoint:VpcEndpoint').map(({ name, inputs }) => [name, inputs['routeTableIds']]),
        [
          ['orders-dynamodb', ['rtb-subnet-b']],
          ['orders-logs', undefined],
          ['orders-s3', ['rtb-subnet-b']],
        ],
      );
      assert.equal(
        variable(only('aws:ecs/taskDefinition:TaskDefinition'), 'DYNAMODB_REPLICATOR_STREAMS_ENDPOINT'),
        'https://vpce-1.streams.dynamodb.eu-west-1.vpce.amazonaws.com',
      );
      const nothing = await record(
        () => make({ network: { vpcName: 'main', endpoints: Endpoints.CreateMissing } }),
        { world: { endpoints: ENDPOINT_SERVICES } },
      );
      assert.deepEqual(nothing.all('aws:ec2/vpcEndpoint:VpcEndpoint'), []);
      assert.deepEqual(
        nothing.all('aws:ec2/securityGroup:SecurityGroup').map(({ name }) => name),
        ['orders-task'],
      );
    });

    it('creates its own endpoints again where only those that are missing are created', async () => {
      const { all } = await record(
        () => make({ network: { vpcName: 'main', endpoints: Endpoints.CreateMissing } }),
        {
          world: {
            endpoints: ENDPOINT_SERVICES,
            endpointTags: { 'dynamodb-replicator': 'dynamodb-replicator/dev/orders' },
          },
        },
      );
      assert.equal(all('aws:ec2/vpcEndpoint:VpcEndpoint').length, ENDPOINT_SERVICES.length);
    });

    it('has an interface endpoint in one subnet of each zone', async () => {
      const { all } = await record(
        () => make({ network: { vpcName: 'main', endpoints: Endpoints.Create } }),
        { world: { zones: { 'subnet-a': 'euw1-az1', 'subnet-b': 'euw1-az1' } } },
      );
      const subnets = all('aws:ec2/vpcEndpoint:VpcEndpoint')
        .filter(({ inputs }) => inputs['vpcEndpointType'] === 'Interface')
        .map(({ inputs }) => inputs['subnetIds']);
      assert.deepEqual(subnets, [['subnet-a'], ['subnet-a'], ['subnet-a']]);
    });

    it('finds all endpoints of a service, of which AWS’s provider shows one at a time', async () => {
      const [dynamodb, streams, , s3] = ENDPOINT_SERVICES as [string, string, string, string];
      const world = {
        endpoints: ENDPOINT_SERVICES.filter((service) => service !== dynamodb && service !== s3),
        otherEndpoints: {
          [dynamodb]: [
            { id: 'vpce-0a', routeTableIds: ['rtb-subnet-a'] },
            { id: 'vpce-1a', routeTableIds: ['rtb-subnet-b'] },
            { id: 'vpce-11', routeTableIds: ['rtb-of-others'] },
          ],
          [s3]: [{ id: 'vpce-2b' }, { id: 'vpce-2c', kind: 'Interface' as const, routeTableIds: [] }],
          [streams]: [{ id: 'vpce-3d' }],
        },
      };
      const network = { vpcName: 'main', endpoints: Endpoints.Existing };
      assert.ok(await record(() => make({ network }), { world }));
    });

    it('does not take a lookup that fails for an endpoint that does not exist', async () => {
      const otherEndpoints = {
        get 'com.amazonaws.eu-west-1.s3'(): never {
          throw Object.assign(new Error(), { details: 'UnauthorizedOperation' });
        },
      };
      for (const endpoints of [Endpoints.Create, Endpoints.CreateMissing, Endpoints.Existing]) {
        await assert.rejects(
          record(() => make({ network: { vpcName: 'main', endpoints } }), { world: { otherEndpoints } }),
          /endpoints for com\.amazonaws\.eu-west-1\.s3 cannot be read \(UnauthorizedOperation\).*ec2:DescribeVpcEndpoints/,
        );
      }
    });

    it('refuses to create an endpoint that AWS allows only once, before it creates any', async () => {
      const services = ENDPOINT_SERVICES.filter((service) => service.endsWith('.logs'));
      for (const preview of [true, false]) {
        await assert.rejects(
          record(() => make({ network: { vpcName: 'main', endpoints: Endpoints.Create } }), {
            world: { endpoints: services },
            preview,
          }),
          {
            name: 'UnsuitableResource',
            message: /already has an interface com\.amazonaws\.eu-west-1\.logs with private DNS \(vpce-1\)/,
          },
        );
      }
    });

    const wrong: readonly (readonly [string, Partial<ReplicatorServiceArgs>, Recording['world'], string])[] =
      [
        [
          'a VPC that does not exist',
          { network: { vpcName: 'mian' } },
          {},
          'VPC mian: network.vpcName: there must be exactly one VPC with the tag Name=mian (no matching EC2 VPC found); aws ec2 describe-vpcs --region eu-west-1 lists the VPCs',
        ],
        [
          'a VPC id that does not exist',
          { network: { vpcId: 'vpc-9', subnetIds: ['subnet-a'] } },
          {},
          'VPC vpc-9: network.vpcId: it cannot be read (no matching EC2 VPC found); aws ec2 describe-vpcs --region eu-west-1 lists the VPCs',
        ],
        [
          'a security group that does not exist',
          { securityGroupIds: ['sg-app', 'sg-ap'] },
          {},
          'security group sg-ap: task.securityGroupIds: it cannot be read (no matching EC2 Security Group found); aws ec2 describe-security-groups --filters Name=vpc-id,Values=vpc-1 --region eu-west-1 lists the groups',
        ],
        [
          'a security group of another VPC',
          { securityGroupIds: ['sg-elsewhere'] },
          {},
          'security group sg-elsewhere: task.securityGroupIds: it is in vpc-2, but the subnets are in vpc-1; aws ec2 describe-security-groups --filters Name=vpc-id,Values=vpc-1 --region eu-west-1 lists the groups there',
        ],
        [
          'a name that matches no subnet',
          { network: { vpcName: 'main', subnetName: 'app-*' } },
          {},
          'VPC main: network.subnetName: none of its subnets has a tag Name that matches app-*; aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-1 --region eu-west-1 lists the subnets',
        ],
        [
          'subnets without a route to AWS',
          {},
          { subnets: { 'subnet-a': 'nat-1', 'subnet-b': undefined } },
          'VPC vpc-1: network.endpoints: subnet-b has no route to the internet, so the task cannot reach AWS. Set network.endpoints to Create (to CreateMissing if the VPC already has endpoints), or name subnets behind a NAT gateway',
        ],
        [
          'subnets on the VPC’s main route table if it has no route to AWS',
          {},
          { subnets: { 'subnet-main': undefined } },
          'VPC vpc-1: network.endpoints: subnet-main has no route to the internet, so the task cannot reach AWS. Set network.endpoints to Create (to CreateMissing if the VPC already has endpoints), or name subnets behind a NAT gateway',
        ],
        [
          'public subnets, as the task gets no public address',
          {},
          { subnets: { 'subnet-a': 'igw-1' } },
          'VPC vpc-1: network.subnetIds: subnet-a is a public subnet, but the task gets no public IP address, so it cannot reach AWS. Name private subnets, behind a NAT gateway or with network.endpoints, or set task.assignPublicIp',
        ],
        [
          'existing endpoints if one is missing',
          { network: { vpcName: 'main', endpoints: Endpoints.Existing } },
          { endpoints: ENDPOINT_SERVICES.filter((service) => !service.endsWith('streams')) },
          'VPC vpc-1: network.endpoints is Existing, but the VPC has no endpoint com.amazonaws.eu-west-1.dynamodb-streams. To create what is missing, set network.endpoints to CreateMissing',
        ],
        [
          'a gateway endpoint that the subnets have no route to',
          { network: { vpcName: 'main', endpoints: Endpoints.Existing } },
          { endpoints: ENDPOINT_SERVICES, gatewayRoutes: ['rtb-subnet-a'] },
          'VPC vpc-1: network.endpoints is Existing, but the gateway com.amazonaws.eu-west-1.dynamodb (vpce-1) is not in the subnets’ route tables rtb-subnet-b (aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --add-route-table-ids rtb-subnet-b --region eu-west-1); the gateway com.amazonaws.eu-west-1.s3 (vpce-1) is not in the subnets’ route tables rtb-subnet-b (aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --add-route-table-ids rtb-subnet-b --region eu-west-1). To create what is missing, set network.endpoints to CreateMissing',
        ],
        [
          'existing endpoints if the VPC’s DNS does not resolve them',
          { network: { vpcName: 'main', endpoints: Endpoints.Existing } },
          { endpoints: ENDPOINT_SERVICES, dnsHostNames: false },
          'VPC vpc-1: network.endpoints: Existing needs the VPC’s DNS support and DNS host names, but one or both are off. Run aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support --region eu-west-1, then the same with --enable-dns-hostnames in place of --enable-dns-support',
        ],
        [
          'an existing interface without private DNS, which AWS’s host name does not lead to',
          { network: { vpcName: 'main', endpoints: Endpoints.Existing } },
          {
            endpoints: ENDPOINT_SERVICES.filter((service) => !service.endsWith('.logs')),
            otherEndpoints: { 'com.amazonaws.eu-west-1.logs': [{ privateDns: false }] },
          },
          'VPC vpc-1: network.endpoints is Existing, but the interface com.amazonaws.eu-west-1.logs (vpce-1) has no private DNS, so AWS’s host name does not lead to it (aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --private-dns-enabled --region eu-west-1). To create what is missing, set network.endpoints to CreateMissing',
        ],
        [
          'to create endpoints if the VPC’s DNS would not resolve them',
          { network: { vpcName: 'main', endpoints: Endpoints.Create } },
          { dnsHostNames: false },
          'VPC vpc-1: network.endpoints: Create needs the VPC’s DNS support and DNS host names, but one or both are off. Run aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support --region eu-west-1, then the same with --enable-dns-hostnames in place of --enable-dns-support',
        ],
        [
          'subnets of another VPC',
          { network: { vpcId: 'vpc-1', subnetIds: ['subnet-a', 'subnet-x'] } },
          {},
          'VPC vpc-1: network.subnetIds: subnet-x is not among its subnets; aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-1 --region eu-west-1 lists the subnets',
        ],
      ];
    for (const [what, args, world, message] of wrong) {
      for (const preview of [true, false]) {
        it(`refuses ${what}, ${preview ? 'in a preview' : 'at an update'}`, async () => {
          await assert.rejects(
            record(() => make(args), { ...(world && { world }), preview }),
            {
              name: 'UnsuitableResource',
              message,
            },
          );
        });
      }
    }
  });
});
