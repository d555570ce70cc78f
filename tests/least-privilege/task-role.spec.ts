import assert from 'node:assert/strict';
import { type PolicyDocument, taskDocument } from '../../infra/plan/iam/documents';
import { tasksTrust } from '../../infra/plan/iam/trust';
import { AwsFault } from '../../runtime/aws/faults';
import { isArnLike } from '../../simulator/iam/patterns';
import { BUCKET, PREFIX, TABLE } from '../bad-input/place';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';
import { createLogin, type Login } from '../service-login';
import { full } from '../tiers/tier';
import { grantsOf, type Reduced, withoutEachAction, withoutEachStatement } from './documents';
import { Life } from './life';

const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders-dev-task`;
const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${TABLE}`;
const SECRET = 'warehouse';

/** The default configuration of the stack: one table, a created bucket, the destination's password in a secret. */
const documentFor = (secretArn: string): PolicyDocument =>
  taskDocument({
    tables: [{ arn: TABLE_ARN, keyAttributes: ['id'] }],
    exports: { arn: `arn:aws:s3:::${BUCKET}`, prefix: PREFIX, isForeign: false },
    secrets: [{ arn: secretArn }],
  });
const anySecret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${SECRET}-aaaaaa`;

describe('The permissions of the task role', () => {
  before(requirePostgres);
  let life: Life;
  let database: TestDatabase;
  let login: Login;
  let secretArn: string;

  beforeEach(async () => {
    database = await createDatabase();
    login = await createLogin(database);
    life = await Life.begin(ROLE, ({ secrets }) => {
      const { username, password, host, port } = login;
      secretArn = secrets.put(SECRET, JSON.stringify({ username, password })).arn;
      return [
        ...['--to', 'postgres', '--postgres-host', host, '--postgres-port', String(port)],
        ...['--postgres-database', database.name, '--postgres-password-secret', secretArn],
      ];
    });
  });
  afterEach(async () => {
    await life.end();
    await login.drop();
    await database.drop();
  });

  function give(document: PolicyDocument): void {
    // The end of a secret's ARN depends on the simulator's seed.
    const text = JSON.stringify(document).replaceAll(anySecret, secretArn);
    life.simulator.iam.putRole(ROLE, {
      policies: [JSON.parse(text) as PolicyDocument],
      trust: tasksTrust({ partition: 'aws', account: ACCOUNT, region: REGION }),
    });
  }

  it('are enough for a whole life, and all of them are used', async () => {
    const document = documentFor(secretArn);
    give(document);
    assert.equal(await life.live(), undefined);
    assert.deepEqual(
      life.decisions.filter(({ isAllowed }) => !isAllowed),
      [],
      'nothing was refused',
    );
    const unused = grantsOf(document).filter(
      ([action, pattern]) =>
        !life.decisions.some((used) => used.action === action && isArnLike(pattern, used.resource)),
    );
    assert.deepEqual(unused, []);
  });

  const cannot = async ({ document, lacks }: Reduced) => {
    give(document);
    const stop = await life.live();
    assert.ok(stop, 'every stage passed');
    assert.ok(
      lacks.some((action) => stop.said.includes(action)),
      `output of ${stop.at}: ${stop.said}`,
    );
    return stop;
  };

  for (const reduced of withoutEachStatement(documentFor(anySecret))) {
    it(`are not enough without the statement ${reduced.what}: the command stops and names the missing permission`, async () => {
      await cannot(reduced);
    });

    // Without a gap, keys are not read.
    if (reduced.what === 'ReadKeys') continue;
    full.it(
      `without the statement ${reduced.what}, a run without a check before it ends with 1 and names what to allow`,
      async () => {
        give(reduced.document);
        const { code, all } = await life.run();
        assert.equal(code, 1, all);
        assert.ok(
          reduced.lacks.some((action) => all.includes(action)),
          all,
        );
        assert.doesNotMatch(all, /a bug in dynamodb-replicator/);
      },
    );
  }

  for (const reduced of withoutEachAction(documentFor(anySecret))) {
    full.it(`are not enough without ${reduced.what}`, async () => {
      await cannot(reduced);
    });
  }

  it('without ReadKeys, a gap is not healed: the replicator waits and names the missing permission', async () => {
    const document = documentFor(secretArn);
    const [reduced] = withoutEachStatement(document).filter(({ what }) => what === 'ReadKeys');
    give(document);
    assert.equal((await life.run()).code, 0);
    give(reduced!.document);
    const { all } = await life.heal();
    assert.match(all, /It is not healed: Access denied: BatchGetItem needs dynamodb:BatchGetItem on /);
    assert.equal(life.exports(), 1, 'nothing was paid for');
    give(document);
    assert.equal((await life.heal()).code, 0);
    assert.ok(life.exports() > 1);
  });

  it('reach no other table, no other prefix and no other secret', async () => {
    give(documentFor(secretArn));
    const { iam, secrets } = life.simulator;
    const { caller } = iam.openSession(ROLE, 'other', 3_600);
    const others: readonly (readonly [action: string, resource: string])[] = [
      ['dynamodb:DescribeTable', `${TABLE_ARN}-2`],
      ['dynamodb:GetRecords', `${TABLE_ARN}-2/stream/2026-01-05T12:00:00.000`],
      ['dynamodb:Scan', TABLE_ARN],
      ['dynamodb:DeleteItem', TABLE_ARN],
      ['dynamodb:UpdateTable', TABLE_ARN],
      ['s3:GetObject', `arn:aws:s3:::${BUCKET}/${PREFIX}-2/x`],
      ['s3:PutObject', `arn:aws:s3:::${BUCKET}/x`],
      ['s3:DeleteObject', `arn:aws:s3:::${BUCKET}/${PREFIX}/x`],
      ['secretsmanager:GetSecretValue', secrets.put(`${SECRET}-2`, 'x').arn],
      ['secretsmanager:PutSecretValue', secretArn],
    ];
    for (const [action, resource] of others)
      assert.equal(iam.allows(caller, { action, resource }), false, `${action} on ${resource}`);
  });

  it('distinguish a missing object from an unreadable one, thanks to FindExports', async () => {
    const faultOfMissing = async (document: PolicyDocument): Promise<unknown> => {
      give(document);
      const services = life.services();
      const key = `${PREFIX}/AWSDynamoDB/1/manifest-summary.json`;
      try {
        return await services.getObject(BUCKET, key, { offset: 0, ifMatch: undefined });
      } catch (error) {
        return error;
      } finally {
        services.close();
      }
    };
    const document = documentFor(secretArn);
    const missing = await faultOfMissing(document);
    assert.ok(missing instanceof AwsFault);
    assert.deepEqual([missing.code, missing.kind], ['NoSuchKey', 'fatal']);
    assert.match(missing.message, /manifest-summary\.json does not exist/);
    const [blind] = withoutEachStatement(document).filter(({ what }) => what === 'FindExports');
    const denied = await faultOfMissing(blind!.document);
    assert.ok(denied instanceof AwsFault);
    assert.equal(denied.code, 'AccessDenied');
    assert.match(denied.message, /s3:ListBucket/);
  });
});
