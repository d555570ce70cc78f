import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type {
  GetSecretValueCommandInput,
  GetSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import assert from 'node:assert/strict';
import { MINUTE, failure, listening } from './fixture';
import type { Clients } from './fixture';

const NAME = 'prod/replica-password';

describe('simulator: secrets, with the SDK', () => {
  let clients: Clients;

  beforeEach(async () => {
    clients = await listening();
  });

  afterEach(() => clients.close());

  const get = (input: Partial<GetSecretValueCommandInput> = {}): Promise<GetSecretValueCommandOutput> =>
    clients.secrets.send(new GetSecretValueCommand({ SecretId: NAME, ...input }));

  const wire = (
    headers: Record<string, string>,
    body = JSON.stringify({ SecretId: NAME }),
  ): Promise<Response> =>
    fetch(clients.url, {
      method: 'POST',
      body,
      headers: { 'x-amz-target': 'secretsmanager.GetSecretValue', ...headers },
    });

  it('a text is read by name, by ARN, and by the ARN without its suffix', async () => {
    const { arn, versionId } = clients.simulator.secrets.put(NAME, 'first "password" é');
    assert.match(
      arn,
      /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod\/replica-password-[A-Za-z0-9]{6}$/,
    );
    for (const SecretId of [NAME, arn, arn.slice(0, -7)]) {
      const { $metadata, ...answer } = await get({ SecretId });
      assert.equal($metadata.httpStatusCode, 200);
      assert.deepEqual(answer, {
        ARN: arn,
        Name: NAME,
        VersionId: versionId,
        SecretString: 'first "password" é',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: new Date(clients.clock.now()),
      });
    }
  });

  it('bytes are read as bytes', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    clients.simulator.secrets.put(NAME, bytes);
    const { SecretBinary, SecretString } = await get();
    assert.deepEqual([Uint8Array.from(SecretBinary ?? []), SecretString], [bytes, undefined]);
  });

  it('rotation: a new value is current, the one before is previous, older ones have no label', async () => {
    const { secrets } = clients.simulator;
    const versions = ['one', 'two', 'three'].map((value) => {
      clients.clock.advance(MINUTE);
      return secrets.put(NAME, value);
    });
    assert.equal(new Set(versions.map(({ arn }) => arn)).size, 1, 'the ARN stays');
    const [one, two, three] = versions.map(({ versionId }) => versionId);
    assert.match(three ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const read = async (input: Partial<GetSecretValueCommandInput>): Promise<unknown[]> => {
      const { SecretString, VersionId, VersionStages } = await get(input);
      return [SecretString, VersionId, VersionStages];
    };
    const current = ['three', three, ['AWSCURRENT']];
    assert.deepEqual(await read({}), current);
    assert.deepEqual(await read({ VersionStage: 'AWSCURRENT', VersionId: three }), current);
    assert.deepEqual(await read({ VersionStage: 'AWSPREVIOUS' }), ['two', two, ['AWSPREVIOUS']]);
    assert.deepEqual(await read({ VersionId: one }), ['one', one, undefined]);
  });

  it('returns the errors of Secrets Manager', async () => {
    const { secrets } = clients.simulator;
    await assert.rejects(get(), {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    const { versionId } = secrets.put(NAME, 'text');
    await assert.rejects(get({ VersionStage: 'AWSPREVIOUS' }), {
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS",
    });
    await assert.rejects(get({ VersionId: '0'.repeat(32) }), { name: 'ResourceNotFoundException' });
    await assert.rejects(get({ VersionId: versionId, VersionStage: 'AWSPENDING' }), {
      name: 'InvalidRequestException',
    });
    await assert.rejects(get({ SecretId: undefined }), { name: 'ValidationException' });
    secrets.scheduleDeletion(NAME);
    await assert.rejects(get(), { name: 'InvalidRequestException', message: /marked for deletion/ });
    assert.equal(
      failure(() => secrets.put(NAME, 'again')),
      'InvalidRequestException',
    );
    assert.equal(
      failure(() => secrets.put('a name', 'text')),
      'ValidationException',
    );
  });

  it('answers in JSON 1.1, with error types without prefix', async () => {
    clients.simulator.secrets.put(NAME, 'text');
    const signed = { authorization: 'AWS4-HMAC-SHA256 any' };
    const fine = await wire(signed);
    assert.equal(fine.headers.get('content-type'), 'application/x-amz-json-1.1');
    assert.match(fine.headers.get('x-amzn-requestid') ?? '', /^[0-9A-F]{32}$/);
    const unknown = await wire({ ...signed, 'x-amz-target': 'secretsmanager.CreateSecret' });
    assert.deepEqual(await unknown.json(), {
      __type: 'UnknownOperationException',
      Message: 'The simulator does not support the operation CreateSecret',
    });
    const unsigned = await wire({});
    assert.deepEqual(await unsigned.json(), {
      __type: 'MissingAuthenticationTokenException',
      Message: 'Request is missing Authentication Token',
    });
  });

  it('fault rules apply to it as to any operation', async () => {
    const { secrets, faults } = clients.simulator;
    secrets.put(NAME, 'text');
    faults.add({
      operation: 'GetSecretValue',
      service: 'secretsmanager',
      containing: NAME,
      nth: 1,
      answer: { kind: 'error', type: 'AccessDeniedException', message: 'not authorized' },
    });
    faults.add({ operation: 'GetSecretValue', nth: 2, answer: { kind: 'error', type: 'DecryptionFailure' } });
    faults.add({
      operation: 'GetSecretValue',
      nth: 3,
      answer: { kind: 'error', type: 'ThrottlingException', headerOnly: true },
    });
    faults.add({
      operation: 'GetSecretValue',
      nth: 4,
      answer: { kind: 'error', type: 'InternalServiceError', status: 500 },
    });
    faults.add({ operation: 'GetSecretValue', nth: 5, answer: { kind: 'reset' } });
    await assert.rejects(get(), { name: 'AccessDeniedException', message: 'not authorized' });
    await assert.rejects(get(), { name: 'DecryptionFailure' });
    await assert.rejects(get(), { name: 'ThrottlingException' });
    await assert.rejects(get(), { name: 'InternalServiceError' });
    await assert.rejects(get(), { code: 'ECONNRESET' });
    assert.equal((await get()).SecretString, 'text');
    faults.add({ operation: 'GetSecretValue', answer: { kind: 'error', type: 'AccessDeniedException' } });
    assert.equal(
      failure(() => clients.simulator.call('secretsmanager', 'GetSecretValue', { SecretId: NAME })),
      'AccessDeniedException',
    );
  });

  it('another process can create and rotate one through the control path', async () => {
    const put = async (value: string): Promise<Record<string, string>> => {
      const response = await fetch(`${clients.url}/_simulator/secrets`, {
        method: 'POST',
        body: JSON.stringify({ name: NAME, value }),
      });
      return (await response.json()) as Record<string, string>;
    };
    const { arn } = await put('one');
    const { versionId } = await put('two');
    const { ARN, VersionId, SecretString } = await get();
    assert.deepEqual([ARN, VersionId, SecretString], [arn, versionId, 'two']);
  });
});
