import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Backend, Engine } from './engine';

const FOLDER = join(__dirname, 'endpoints');

describe('the endpoints of a VPC without a route to the internet', function () {
  // Each step starts where the previous one ended.
  this.bail(true);

  const backend = new Backend();
  const stack = new Engine(backend, FOLDER, 'test');

  /**
   * Creates endpoints that are not the replicator's, without a replicator. Of each kind there is at most one for a service:
   * moto does not filter by id, as several need.
   */
  const deployExisting = async (...existing: readonly string[]) => {
    await stack.set('mode', 'None');
    for (const [index, endpoint] of existing.entries()) await stack.set(`existing[${index}]`, endpoint);
    await stack.up();
  };
  /** The endpoints, `TYPE SERVICE` with `named` for private DNS and the zones of an interface. */
  const endpoints = async () => {
    const zoneOf = new Map(
      (await stack.resources('Subnet')).map(({ outputs }) => [outputs['id'], outputs['availabilityZone']]),
    );
    return (await stack.resources('VpcEndpoint'))
      .map(({ outputs }) => {
        const { vpcEndpointType, serviceName, privateDnsEnabled, subnetIds } = outputs as {
          vpcEndpointType: string;
          serviceName: string;
          privateDnsEnabled: boolean;
          subnetIds?: readonly string[];
        };
        const isNamed = vpcEndpointType === 'Interface' && privateDnsEnabled;
        const zones = (subnetIds ?? []).map((id) => zoneOf.get(id)).sort();
        const service = serviceName.replace('com.amazonaws.us-east-1.', '');
        return [vpcEndpointType, service, ...(isNamed ? ['named'] : []), ...zones].join(' ');
      })
      .sort();
  };
  const refusedBy = async (mode: string, ...messages: readonly RegExp[]) => {
    const before = await endpoints();
    await stack.set('mode', mode);
    await assert.rejects(stack.up(), (error: unknown) => {
      for (const message of messages) assert.match((error as Error).message, message);
      return true;
    });
    assert.deepEqual(await endpoints(), before);
  };

  before(() => stack.init({ 'aws:region': 'us-east-1' }));
  after(async () => {
    try {
      await stack.destroy();
    } finally {
      rmSync(join(FOLDER, 'Pulumi.test.yaml'), { force: true });
      backend.remove();
    }
  });

  it('are refused where AWS would refuse a second one, before any is created', async () => {
    await deployExisting('Gateway s3', 'Interface s3', 'Named logs', 'Interface secretsmanager');
    await refusedBy(
      'Create',
      /a gateway com\.amazonaws\.us-east-1\.s3 \(vpce-[0-9a-f]+\) on rtb-[0-9a-f]+; /,
      /an interface com\.amazonaws\.us-east-1\.logs with private DNS \(vpce-[0-9a-f]+\)\. /,
    );
  });

  it('are refused where one is missing, or has no private DNS', async () => {
    await refusedBy(
      'Existing',
      /has no endpoint com\.amazonaws\.us-east-1\.dynamodb, com\.amazonaws\.us-east-1\.dynamodb-streams; /,
      /the interface com\.amazonaws\.us-east-1\.secretsmanager \(vpce-[0-9a-f]+\) has no private DNS/,
    );
  });

  it('are created where they are missing, the interfaces in one subnet of each zone', async () => {
    await deployExisting('Gateway s3', 'Interface s3', 'Named logs', 'Interface dynamodb');
    await stack.set('mode', 'CreateMissing');
    const changes = await stack.changes();
    assert.deepEqual(
      changes.filter((change) => change.includes('VpcEndpoint')),
      ['dynamodb', 'dynamodb-streams', 'secretsmanager'].map(
        (key) => `create aws:ec2/vpcEndpoint:VpcEndpoint replicator-${key}`,
      ),
    );
    await stack.up();
    assert.deepEqual(await endpoints(), [
      'Gateway dynamodb',
      'Gateway s3',
      'Interface dynamodb us-east-1a',
      'Interface dynamodb-streams us-east-1a us-east-1b',
      'Interface logs named us-east-1a',
      'Interface s3 us-east-1a',
      'Interface secretsmanager named us-east-1a us-east-1b',
    ]);
  });

  it('do not change when deployed again, and have not drifted', async () => {
    await stack.up('--expect-no-changes');
    await stack.refresh('--expect-no-changes');
  });

  it('of its own are not existing ones, as they would be deleted', async () => {
    await refusedBy(
      'Existing',
      /the only endpoint com\.amazonaws\.us-east-1\.dynamodb-streams \(vpce-[0-9a-f]+\) is this replicator’s own/,
    );
  });

  it('are refused without the VPC’s DNS', async () => {
    await stack.set('mode', 'CreateMissing');
    await stack.set('dns', 'false');
    await refusedBy('CreateMissing', /CreateMissing needs the VPC’s DNS support and DNS host names/);
    await stack.set('dns', 'true');
  });
});
