import assert from 'node:assert/strict';
import { type PolicyDocument, sourceRoleDocument, taskDocument } from '../../infra/plan/iam/documents';
import { bucketPolicy } from '../../infra/plan/iam/resource-policies';
import { readerTrust, tasksTrust } from '../../infra/plan/iam/trust';
import { isArnLike } from '../../simulator/iam/patterns';
import { PREFIX, TABLE } from '../bad-input/place';
import { grantsOf, type Reduced, withoutEachAction, withoutEachStatement } from './documents';
import { Life } from './life';

const REGION = 'eu-west-1';
/** Account of the tables: the simulator's. */
const SOURCE = '123456789012';
/** Account of the replicator and the bucket. */
const OWN = '210987654321';
const TASK_ROLE = `arn:aws:iam::${OWN}:role/orders-dev-task`;
const SOURCE_ROLE = `arn:aws:iam::${SOURCE}:role/orders-reader`;
const EXTERNAL_ID = 'replicator-7f3a';
const BUCKET = 'exports-of-ours';

const grants = {
  tables: [{ arn: `arn:aws:dynamodb:${REGION}:${SOURCE}:table/${TABLE}`, keyAttributes: ['id'] }],
  exports: { arn: `arn:aws:s3:::${BUCKET}`, prefix: PREFIX, isForeign: false },
  secrets: [],
  sourceRoleArn: SOURCE_ROLE,
};
const task = taskDocument(grants);
const source = sourceRoleDocument(grants);
const bucket = bucketPolicy({
  bucketArn: grants.exports.arn,
  prefix: PREFIX,
  writerArns: [SOURCE_ROLE],
});

describe('The permissions of task and source role, with the tables in another account than bucket and replicator', () => {
  let life: Life;

  beforeEach(async () => {
    life = await Life.begin(TASK_ROLE, () => [
      ...['--bucket', `${BUCKET}/${PREFIX}`, '--bucket-owner', OWN],
      ...['--source-role-arn', SOURCE_ROLE, '--source-external-id', EXTERNAL_ID],
    ]);
    life.simulator.s3.createBucket(BUCKET, OWN);
  });
  afterEach(() => life.end());

  function give(documents: { task?: PolicyDocument; source?: PolicyDocument; bucket?: object }): void {
    const { iam } = life.simulator;
    iam.putRole(TASK_ROLE, {
      policies: [documents.task ?? task],
      trust: tasksTrust({ partition: 'aws', account: OWN, region: REGION }),
    });
    iam.putRole(SOURCE_ROLE, {
      policies: [documents.source ?? source],
      trust: readerTrust({ kind: 'account', account: OWN, externalId: EXTERNAL_ID }, 'aws'),
    });
    iam.putBucketPolicy(BUCKET, documents.bucket ?? bucket);
  }

  it('are enough for a whole life, and all of them are used, each by its role', async () => {
    give({});
    assert.equal(await life.live(), undefined);
    const byRole = (name: string) => life.decisions.filter(({ by }) => by.includes(`:assumed-role/${name}/`));
    for (const [document, name] of [
      [task, 'orders-dev-task'],
      [source, 'orders-reader'],
    ] as const) {
      const used = byRole(name);
      assert.deepEqual(
        used.filter(({ isAllowed }) => !isAllowed),
        [],
      );
      const unused = grantsOf(document).filter(
        ([action, pattern]) =>
          !used.some((decision) => decision.action === action && isArnLike(pattern, decision.resource)),
      );
      assert.deepEqual(unused, [], name);
    }
  });

  const cannot = async (lacks: readonly string[]) => {
    const stop = await life.live();
    assert.ok(stop, 'every stage passed');
    assert.ok(
      lacks.some((action) => stop.said.includes(action)),
      `output of ${stop.at}: ${stop.said}`,
    );
  };

  const reducedTask: readonly Reduced[] = withoutEachStatement(task);
  for (const { what, document, lacks } of reducedTask) {
    it(`are not enough without the task role’s ${what}`, async () => {
      give({ task: document });
      await cannot(lacks);
    });
  }

  for (const { what, document, lacks } of [...withoutEachStatement(source), ...withoutEachAction(source)]) {
    it(`are not enough without the source role’s ${what}`, async () => {
      give({ source: document });
      await cannot(lacks);
    });
  }

  it('are not enough without the bucket’s policy, which allows exports by another account’s role', async () => {
    give({ bucket: bucketPolicy({ bucketArn: grants.exports.arn, prefix: PREFIX, writerArns: [] }) });
    await cannot(['s3:PutObject']);
  });

  it('are not enough with another external id', async () => {
    give({});
    life.simulator.iam.putRole(SOURCE_ROLE, {
      policies: [source],
      trust: readerTrust({ kind: 'account', account: OWN, externalId: 'another' }, 'aws'),
    });
    await cannot(['sts:AssumeRole']);
  });
});
