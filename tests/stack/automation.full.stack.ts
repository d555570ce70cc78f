import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { createReplicator, PlanNotApproved, type ReplicatorRequest } from '../../infra/automation';
import { TableManagement } from '../../infra';
import { Aws } from './aws';
import { ACCOUNT, Backend, Engine, IMAGE, pulumiCommand, ROOT } from './engine';
import { useSurroundings } from './use-surroundings';
import { keptEnvironment } from '../environment';

const STACK = 'portaltest';
const FILE = join(ROOT, `Pulumi.${STACK}.yaml`);

const request: ReplicatorRequest = {
  stack: STACK,
  region: 'us-east-1',
  accountId: ACCOUNT,
  tables: [{ name: 'orders', management: TableManagement.Enable }],
  destination: { host: 'warehouse.internal', user: 'replicator' },
  destinationPassword: 's3cr3t',
  network: { vpcName: 'main' },
  image: { uri: IMAGE },
  exportBucket: { forceDestroy: true },
};
const withLag = (lagMinutes: number): ReplicatorRequest => ({ ...request, monitoring: { lagMinutes } });

describe('createReplicator, through Pulumi’s Automation API', function () {
  // Each step starts where the previous one ended.
  this.bail(true);

  const backend = new Backend();
  const restoreEnvironment = keptEnvironment();
  let aws: Aws;

  useSurroundings();
  before(() => {
    aws = new Aws();
    // The Automation API runs the `pulumi` on the PATH.
    const command = pulumiCommand();
    if (isAbsolute(command)) symlinkSync(command, join(backend.folder, 'pulumi'));
    const path = `${backend.folder}${delimiter}${process.env['PATH'] ?? ''}`;
    Object.assign(process.env, backend.environment, { PATH: path });
  });
  after(async () => {
    try {
      await new Engine(backend, ROOT, STACK).destroy();
    } finally {
      restoreEnvironment();
      rmSync(FILE, { force: true });
      backend.remove();
      aws.close();
    }
  });

  const lagAlarm = async () => (await aws.alarms(`dynamodb-replicator-${STACK}-lag`))[0]?.Threshold;

  it('plans what would be created, and creates nothing without its approval', async () => {
    const { plan, apply } = await createReplicator(withLag(15));
    assert.deepEqual(Object.keys(plan.changes), ['create']);
    assert.match(plan.text, /replicator-service/);
    await assert.rejects(apply('another plan'), PlanNotApproved);
    assert.equal(await lagAlarm(), undefined);
    const outputs = await apply(plan.id);
    assert.equal(outputs['service'], `dynamodb-replicator-${STACK}`);
    assert.ok(!JSON.stringify(outputs).includes('s3cr3t'));
    assert.equal(await lagAlarm(), 900_000);
  });

  it('plans a change, and applies exactly that', async () => {
    const { plan, apply } = await createReplicator(withLag(5));
    assert.equal(plan.changes['update'], 1);
    await apply(plan.id);
    assert.equal(await lagAlarm(), 300_000);
  });

  it('refuses an approved plan after the stack has changed', async () => {
    const old = await createReplicator(withLag(10));
    const newer = await createReplicator(withLag(20));
    await newer.apply(newer.plan.id);
    await assert.rejects(old.apply(old.plan.id), /plan|violates/i);
    assert.equal(await lagAlarm(), 1_200_000);
  });
});
