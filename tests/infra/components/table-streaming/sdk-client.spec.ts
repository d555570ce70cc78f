import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sdkClient } from '../../../../infra/components/table-streaming/sdk-client';
import { type Connection, connectionOf, keysOf } from '../../../../infra/plan/table-streaming/connection';

const HUB = 'arn:aws:iam::333333333333:role/hub';
const DEPLOY = 'arn:aws:iam::222222222222:role/deploy';

/** `CALL by ACCESS_KEY`; STS returns access keys that are the role's ARN. */
const calls: string[] = [];

function answer(target: string | undefined, body: string, key: string): string {
  if (target !== undefined) {
    calls.push(`${target.split('.')[1]} by ${key}`);
    return JSON.stringify({ Table: { TableStatus: 'ACTIVE', TableArn: 'arn' } });
  }
  const form = new URLSearchParams(body);
  const [action, role] = [form.get('Action') as string, form.get('RoleArn') as string];
  const token = form.get('WebIdentityToken');
  calls.push(`${action} ${role} by ${token === null ? key : `token ${token}`}`);
  return (
    `<${action}Response><${action}Result><Credentials><AccessKeyId>${role.replace(/^.*:role./, 'of-')}</AccessKeyId>` +
    `<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>` +
    `</${action}Result></${action}Response>`
  );
}

describe('the client that turns on streams', () => {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (text) => (body += String(text)));
    request.on('end', () => {
      const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'nobody';
      response.end(answer(request.headers['x-amz-target'] as string | undefined, body, key));
    });
  });
  const folder = mkdtempSync(join(tmpdir(), 'replicator-credentials-'));
  const profiles = join(folder, 'credentials');
  const tokenFile = join(folder, 'token');
  let endpoint: string;
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(profiles, '[prod]\naws_access_key_id = of-profile\naws_secret_access_key = s\n');
    writeFileSync(tokenFile, 'in-a-file\n');
    process.env['AWS_ACCESS_KEY_ID'] = 'of-environment';
    process.env['AWS_SECRET_ACCESS_KEY'] = 's';
  });
  after(() => {
    if (AWS_ACCESS_KEY_ID === undefined) delete process.env['AWS_ACCESS_KEY_ID'];
    else process.env['AWS_ACCESS_KEY_ID'] = AWS_ACCESS_KEY_ID;
    if (AWS_SECRET_ACCESS_KEY === undefined) delete process.env['AWS_SECRET_ACCESS_KEY'];
    else process.env['AWS_SECRET_ACCESS_KEY'] = AWS_SECRET_ACCESS_KEY;
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    calls.length = 0;
  });

  const keys = { accessKey: 'of-keys', secretKey: 's', token: 't' };
  const roles = { assumeRoles: [{ roleArn: HUB }, { roleArn: DEPLOY }] };
  const cases: readonly (readonly [string, () => Parameters<typeof connectionOf>[0], readonly string[]])[] = [
    ['the environment’s credentials', () => ({}), ['DescribeTable by of-environment']],
    ['the provider’s keys', () => keys, ['DescribeTable by of-keys']],
    [
      'its profile, and not the environment’s keys',
      () => ({ profile: 'prod', sharedCredentialsFiles: [profiles] }),
      ['DescribeTable by of-profile'],
    ],
    [
      'its roles, each by the one before it',
      () => ({ ...keys, ...roles }),
      [`AssumeRole ${HUB} by of-keys`, `AssumeRole ${DEPLOY} by of-hub`, 'DescribeTable by of-deploy'],
    ],
    [
      'its roles, first by its profile',
      () => ({ profile: 'prod', sharedCredentialsFiles: [profiles], assumeRoles: [{ roleArn: DEPLOY }] }),
      [`AssumeRole ${DEPLOY} by of-profile`, 'DescribeTable by of-deploy'],
    ],
    [
      'its web identity, then its roles',
      () => ({
        assumeRoleWithWebIdentity: { roleArn: HUB, webIdentityToken: 'of-ci' },
        assumeRoles: [{ roleArn: DEPLOY }],
      }),
      [
        `AssumeRoleWithWebIdentity ${HUB} by token of-ci`,
        `AssumeRole ${DEPLOY} by of-hub`,
        'DescribeTable by of-deploy',
      ],
    ],
    [
      'a web identity whose token is in a file',
      () => ({ assumeRoleWithWebIdentity: { roleArn: DEPLOY, webIdentityTokenFile: tokenFile } }),
      [`AssumeRoleWithWebIdentity ${DEPLOY} by token in-a-file`, 'DescribeTable by of-deploy'],
    ],
  ];
  for (const [what, settings, expected] of cases) {
    it(`has ${what}`, async () => {
      const connection: Connection = {
        ...connectionOf(settings()),
        endpoints: { dynamodb: endpoint, sts: endpoint },
      };
      await sdkClient('eu-west-1', connection, keysOf(settings())).describe('orders');
      assert.deepEqual(calls, expected);
    });
  }
});
