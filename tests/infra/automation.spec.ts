import assert from 'node:assert/strict';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createReplicator, PlanNotApproved, type ReplicatorRequest } from '../../infra/automation';
import type { Workspace } from '../../infra/automation-workspace';
import { InvalidArguments } from '../../infra/errors';

const REQUEST: ReplicatorRequest = {
  stack: 'shop-prod',
  region: 'eu-west-1',
  accountId: '123456789012',
  tables: [{ name: 'orders' }],
  destination: { host: 'warehouse.internal', user: 'replicator' },
  destinationPassword: 's3cr3t',
  network: { vpcName: 'main' },
  image: { uri: `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}` },
  tags: { team: 'shop' },
};

/** Stands in for Pulumi: it records its calls, and its plan is the configuration. */
class FakeWorkspace implements Workspace {
  readonly asked: string[] = [];
  values: Readonly<Record<string, unknown>> = {};
  secrets: Readonly<Record<string, string>> = {};
  planFile = '';

  constructor(private readonly refusal?: Error) {}

  stack(name: string) {
    this.asked.push(`stack ${name}`);
    return Promise.resolve({
      configure: (values: Readonly<Record<string, unknown>>, secrets: Readonly<Record<string, string>>) => {
        Object.assign(this, { values, secrets });
        return Promise.resolve();
      },
      preview: (file: string, packs: readonly { folder: string }[]) => {
        this.asked.push(`preview with ${packs.map(({ folder }) => folder).join()}`);
        if (this.refusal) return Promise.reject(this.refusal);
        this.planFile = file;
        writeFileSync(file, JSON.stringify([this.values, this.secrets]));
        return Promise.resolve({ changes: { create: 42 }, text: '+ 42 to create' });
      },
      up: (file: string, packs: readonly { folder: string }[]) => {
        assert.ok(existsSync(file), 'the plan exists while it is executed');
        this.asked.push(`up with ${packs.map(({ folder }) => folder).join()}`);
        return Promise.resolve({ bucket: 'shop-prod-exports' });
      },
    });
  }
}

describe('createReplicator', () => {
  it('previews the request with the policies, and creates nothing', async () => {
    const workspace = new FakeWorkspace();
    const { plan, discard } = await createReplicator(REQUEST, {
      workspace,
      policyPacks: [{ folder: 'policy' }],
    });
    assert.deepEqual(plan.changes, { create: 42 });
    assert.equal(plan.text, '+ 42 to create');
    assert.match(plan.id, /^[0-9a-f]{16}$/);
    assert.deepEqual(workspace.asked, ['stack shop-prod', 'preview with policy']);
    discard();
    assert.ok(!existsSync(workspace.planFile));
  });

  it('configures the stack key by key, the password as a secret, and guards the account twice', async () => {
    const workspace = new FakeWorkspace();
    (await createReplicator(REQUEST, { workspace })).discard();
    assert.deepEqual(workspace.values, {
      'aws:region': 'eu-west-1',
      'aws:allowedAccountIds': ['123456789012'],
      'dynamodb-replicator:accountId': '123456789012',
      'dynamodb-replicator:tables': [{ name: 'orders' }],
      'dynamodb-replicator:destination': { host: 'warehouse.internal', user: 'replicator' },
      'dynamodb-replicator:network': { vpcName: 'main' },
      'dynamodb-replicator:image': REQUEST.image,
      'dynamodb-replicator:tags': { team: 'shop' },
    });
    assert.deepEqual(workspace.secrets, { 'dynamodb-replicator:destinationPassword': 's3cr3t' });
  });

  it('executes the approved plan, once, and returns the outputs', async () => {
    const workspace = new FakeWorkspace();
    const { plan, apply } = await createReplicator(REQUEST, { workspace });
    assert.deepEqual(await apply(plan.id), { bucket: 'shop-prod-exports' });
    assert.equal(workspace.asked.at(-1), 'up with ');
    assert.ok(!existsSync(workspace.planFile));
    await assert.rejects(apply(plan.id), PlanNotApproved);
  });

  it('executes nothing when another plan was approved', async () => {
    const workspace = new FakeWorkspace();
    const earlier = await createReplicator(REQUEST, { workspace });
    const changed = { ...REQUEST, tables: [{ name: 'orders' }, { name: 'payments' }] };
    const later = await createReplicator(changed, { workspace });
    assert.notEqual(earlier.plan.id, later.plan.id);
    await assert.rejects(later.apply(earlier.plan.id), (error) => {
      assert.ok(error instanceof PlanNotApproved);
      assert.match(error.message, /was approved, but plan .* would be executed\. Nothing was changed/);
      return true;
    });
    assert.ok(!workspace.asked.some((one) => one.startsWith('up')));
    earlier.discard();
    later.discard();
  });

  it('executes nothing when the plan was changed after its approval', async () => {
    const workspace = new FakeWorkspace();
    const { plan, apply, discard } = await createReplicator(REQUEST, { workspace });
    appendFileSync(workspace.planFile, ' ');
    await assert.rejects(apply(plan.id), PlanNotApproved);
    assert.ok(!workspace.asked.some((one) => one.startsWith('up')));
    discard();
  });

  it('refuses an invalid request with all its problems, before Pulumi is started', async () => {
    const workspace = new FakeWorkspace();
    const wrong = { ...REQUEST, accountId: '1', tables: [], task: { cpu: 300 } };
    await assert.rejects(createReplicator(wrong, { workspace }), (error) => {
      assert.ok(error instanceof InvalidArguments);
      const named = error.problems.map(({ argument }) => argument);
      for (const argument of ['accountId', 'tables', 'task.cpu'])
        assert.ok(named.includes(argument), argument);
      return true;
    });
    assert.deepEqual(workspace.asked, []);
  });

  it('passes on why a preview failed, such as a mandatory policy', async () => {
    const refusal = new Error('iam-no-long-lived-key: an access key lasts until it is deleted');
    await assert.rejects(createReplicator(REQUEST, { workspace: new FakeWorkspace(refusal) }), refusal);
  });
});
