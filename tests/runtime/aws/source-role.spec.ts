import assert from 'node:assert/strict';
import { AwsFault } from '../../../runtime/aws/faults';
import { SdkServices } from '../../../runtime/aws/sdk';
import {
  type ActiveFault,
  type FaultAnswer,
  type Listening,
  ManualClock,
  Simulator,
} from '../../../simulator';
import { HandClock } from './hand-clock';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ACCOUNT = '123456789012';
const CALLER = `arn:aws:iam::${ACCOUNT}:user/task`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders-reader`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/orders-reader/dynamodb-replicator`;
const EXTERNAL_ID = 'replicator-7f3a';
const KEY = { accessKeyId: 'AKIATASK', secretAccessKey: 'secret' };

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' });
const trusts = (AWS: string) =>
  document({
    Effect: 'Allow',
    Principal: { AWS },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } },
  });

describe('The source role', () => {
  let service: ManualClock;
  let local: HandClock;
  let simulator: Simulator;
  let listening: Listening;
  let services: SdkServices;

  const open = (externalId: string | undefined = EXTERNAL_ID): SdkServices =>
    new SdkServices(
      {
        region: 'eu-west-1',
        endpoint: listening.url,
        credentials: KEY,
        sourceRole: { roleArn: ROLE, externalId },
        maxAttempts: 1,
      },
      local,
    );

  beforeEach(async () => {
    service = new ManualClock();
    local = new HandClock();
    simulator = new Simulator({ clock: service });
    simulator.call('dynamodb', 'CreateTable', {
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
    simulator.s3.createBucket('my-exports');
    simulator.iam.putUser(CALLER, { accessKeyId: KEY.accessKeyId, policies: [everything] });
    simulator.iam.putRole(ROLE, { policies: [everything], trust: trusts(CALLER) });
    listening = await simulator.listen();
    services = open();
  });
  afterEach(async () => {
    services.close();
    await listening.close();
  });

  function pass(ms: number): void {
    service.advance(ms);
    local.elapsed += ms;
  }

  /** Counts the opened sessions. */
  function counting(answer: FaultAnswer = { kind: 'delay', ms: 0 }): ActiveFault {
    return simulator.faults.add({ operation: 'AssumeRole', answer });
  }

  async function faultOf(call: Promise<unknown>): Promise<AwsFault> {
    const thrown: unknown = await call.then(
      () => assert.fail('it succeeded'),
      (error: unknown) => error,
    );
    assert.ok(thrown instanceof AwsFault, String(thrown));
    return thrown;
  }

  it('is used for tables and for writing objects; objects are read with the caller’s own credentials', async () => {
    const { arn, stream } = await services.describeTable('orders');
    await services.describePointInTimeRecovery('orders');
    const { shards } = await services.describeStream(stream!.arn, {});
    const iterator = await services.getShardIterator(stream!.arn, shards[0]!.id, 'TRIM_HORIZON');
    await services.getRecords(iterator, 10);
    await services.listExports(arn);
    await services.headBucket('my-exports', undefined);
    await services.putObject('my-exports', 'check', { body: Buffer.from('x') });
    await services.getObject('my-exports', 'check', { offset: 0, ifMatch: undefined });
    const by = (arn: string) =>
      simulator.iam.decisions.filter((decision) => decision.by === arn).map(({ action }) => action);
    assert.deepEqual(by(SESSION), [
      'dynamodb:DescribeTable',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeStream',
      'dynamodb:GetShardIterator',
      'dynamodb:GetRecords',
      'dynamodb:ListExports',
      's3:PutObject',
    ]);
    assert.deepEqual(by(CALLER), ['sts:AssumeRole', 's3:ListBucket', 's3:GetObject']);
    assert.equal((await services.callerIdentity()).arn, CALLER);
    assert.equal((await services.sourceIdentity()).arn, SESSION);
  });

  it('has one session for all calls, and renews it ten minutes before its end by the service’s clock', async () => {
    const sessions = counting();
    await Promise.all([1, 2, 3].map(() => services.describeTable('orders')));
    pass(49 * MINUTE);
    await services.describeTable('orders');
    assert.equal(sessions.calls, 1);
    pass(2 * MINUTE);
    await services.describeTable('orders');
    await services.headBucket('my-exports', undefined);
    assert.equal(sessions.calls, 2);
    for (let minute = 0; minute < 10 * 60; minute++) {
      pass(MINUTE);
      await services.describeTable('orders');
    }
    assert.ok(sessions.calls >= 13 && sessions.calls <= 14, `${sessions.calls} sessions in eleven hours`);
  });

  it('works with a local clock that is hours off', async () => {
    services.close();
    local.elapsed = 9 * 60 * MINUTE;
    services = open();
    const sessions = counting();
    await services.describeTable('orders');
    pass(49 * MINUTE);
    await services.describeTable('orders');
    assert.equal(sessions.calls, 1);
  });

  it('keeps its session while renewals fail, and reports the reason when the session has ended', async () => {
    await services.describeTable('orders');
    const outage = counting({ kind: 'error', type: 'ServiceUnavailable', status: 503 });
    for (let minute = 0; minute < 59; minute++) {
      pass(MINUTE);
      await services.describeTable('orders');
    }
    assert.ok(outage.calls >= 8 && outage.calls <= 10, `tried ${outage.calls} times in ten minutes`);
    pass(MINUTE);
    const fault = await faultOf(services.describeTable('orders'));
    assert.deepEqual(
      [fault.operation, fault.code, fault.kind],
      ['AssumeRole', 'ServiceUnavailable', 'retry'],
    );
    outage.remove();
    await services.describeTable('orders');
  });

  it('opens another session when AWS rejects the present one', async () => {
    await services.describeTable('orders');
    service.advance(2 * 60 * MINUTE);
    const fault = await faultOf(services.describeTable('orders'));
    assert.deepEqual([fault.code, fault.kind, fault.pace], ['ExpiredTokenException', 'retry', 'slow']);
    await services.describeTable('orders');
  });

  it('when denied, names both policies, with caller and external id in the trust policy', async () => {
    simulator.iam.putRole(ROLE, {
      policies: [everything],
      trust: trusts(`arn:aws:iam::${ACCOUNT}:user/other`),
    });
    const { operation, kind, pace, message } = await faultOf(services.describeTable('orders'));
    assert.deepEqual([operation, kind, pace], ['AssumeRole', 'retry', 'slow']);
    const policy = JSON.stringify(trusts(CALLER).Statement[0]).replace('{"Effect":"Allow",', '');
    assert.ok(message.includes(`role ${ROLE} cannot be assumed`), message);
    assert.ok(
      message.includes('aws iam update-assume-role-policy --role-name orders-reader --policy-document'),
      message,
    );
    assert.ok(message.includes(policy), message);
    assert.ok(message.includes(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"${ROLE}"}`), message);
    assert.match(message, /AWS says: User: arn:aws:iam::123456789012:user\/task is not authorized/);
    assert.doesNotMatch(message, /--source-external-id/);
  });

  it('when denied without an external id, explains how to give one, and names the role of a session', async () => {
    const task = `arn:aws:iam::${ACCOUNT}:role/task`;
    simulator.iam.putRole(task, { policies: [everything], trust: trusts(CALLER) });
    const { credentials } = simulator.iam.openSession(task, 'id', 3_600);
    const other = new SdkServices(
      {
        region: 'eu-west-1',
        endpoint: listening.url,
        credentials,
        sourceRole: { roleArn: ROLE },
        maxAttempts: 1,
      },
      local,
    );
    const { message } = await faultOf(other.describeTable('orders'));
    other.close();
    assert.match(message, /--source-external-id/);
    assert.match(
      message,
      /"Principal":\{"AWS":"arn:aws:iam::123456789012:role\/task"\},"Action":"sts:AssumeRole"\}/,
    );
  });

  it('when it lacks a permission, is named as the role that needs it, not the caller', async () => {
    simulator.iam.putRole(ROLE, { policies: [], trust: trusts(CALLER) });
    for (const call of [
      () => services.describeTable('orders'),
      () => services.putObject('my-exports', 'check', { body: Buffer.from('x') }),
    ]) {
      const { message, permission } = await faultOf(call());
      assert.ok(message.includes(`Add this to a policy of the source role ${ROLE}: {"Effect":`), message);
      assert.ok(message.includes(permission!.action), message);
      assert.doesNotMatch(message, /caller/);
    }
    simulator.iam.putUser(CALLER, { accessKeyId: KEY.accessKeyId, policies: [] });
    const { message } = await faultOf(services.headBucket('my-exports', undefined));
    assert.match(
      message,
      /Add this to the caller's policy \(aws sts get-caller-identity .*shows the caller\)/,
    );
    assert.doesNotMatch(message, /source role/);
  });

  it('when it lacks the right to a key, is named as the role that needs it', async () => {
    simulator.faults.add({
      operation: 'DescribeTable',
      answer: { kind: 'error', type: 'KMSAccessDeniedException', message: 'denied' },
    });
    const { message } = await faultOf(services.describeTable('orders'));
    assert.ok(message.includes(`or allow the source role ${ROLE} kms:Decrypt`), message);
  });
});
