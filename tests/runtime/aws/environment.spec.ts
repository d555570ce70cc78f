import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awsCommand } from '../../../runtime/aws/cli-command';
import { serverOf, UnknownServices, UnusableEndpoint } from '../../../runtime/aws/endpoints';
import { inEnvironment } from '../../../runtime/aws/environment';
import { AwsFault } from '../../../runtime/aws/faults';
import { UnknownProfile } from '../../../runtime/aws/profiles';
import { SdkServices } from '../../../runtime/aws/sdk';
import { readSecret } from '../../../runtime/aws/secrets';
import { LocalClock } from '../../../runtime/clock';
import { s3Error, ScriptedServer, text } from './scripted-server';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:pg-AbCdEf';

/** An environment in which the SDK finds nothing, and does not search the network. */
const EMPTY: NodeJS.ProcessEnv = {
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
};

describe('AWS settings from the environment', () => {
  const kept = { ...process.env };
  let folder: string;
  let files = 0;
  // The SDK keeps what it has read of a file.
  const fileOf = (content: string) => {
    const path = join(folder, `file-${files++}`);
    writeFileSync(path, content);
    return path;
  };
  const regionFound = async () => {
    const services = await SdkServices.open({}, new LocalClock());
    services.close();
    return services.region;
  };
  before(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-environment-'))));
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, EMPTY);
  });
  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, kept);
  });

  it('row 16: a missing region is fatal, and the message explains how to set one', async () => {
    await assert.rejects(SdkServices.open({}, new LocalClock()), (fault) => {
      assert.ok(fault instanceof AwsFault);
      assert.equal(fault.kind, 'fatal');
      assert.match(fault.message, /No AWS region is set\. Give --region/);
      return true;
    });
  });

  it('uses the region of the settings, or else AWS_REGION', async () => {
    process.env['AWS_REGION'] = 'eu-central-1';
    const found = await SdkServices.open({}, new LocalClock());
    const given = await SdkServices.open({ region: 'us-west-2' }, new LocalClock());
    assert.deepEqual([found.region, given.region], ['eu-central-1', 'us-west-2']);
    found.close();
    given.close();
  });

  it('uses AWS_DEFAULT_REGION as the AWS CLI does: after AWS_REGION, before the profile', async () => {
    process.env['AWS_CONFIG_FILE'] = fileOf('[default]\nregion = sa-east-1\n');
    assert.equal(await regionFound(), 'sa-east-1');
    Object.assign(process.env, { AWS_DEFAULT_REGION: 'eu-north-1', AWS_REGION: '' });
    assert.equal(await regionFound(), 'eu-north-1');
    process.env['AWS_REGION'] = 'eu-central-1';
    assert.equal(await regionFound(), 'eu-central-1');
  });

  it('lists the existing profiles when the given one does not exist, wherever it was given', async () => {
    process.env['AWS_CONFIG_FILE'] = fileOf(
      '[default]\n[profile dev]\n[sso-session corp]\n[services local]\n',
    );
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = fileOf('[dev]\n[ci]\n');
    process.env['AWS_PROFILE'] = 'nope';
    // A given region or other credentials do not replace it.
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
    });
    const open = (profile?: string) => SdkServices.open({ profile }, new LocalClock());
    const isNamed = (profile: string) => (error: unknown) => {
      assert.ok(error instanceof UnknownProfile);
      assert.match(error.message, new RegExp(`no profile ${profile} .*Their profiles: default, dev, ci\\. `));
      return true;
    };
    await assert.rejects(open(), isNamed('nope'));
    await assert.rejects(open('corp'), isNamed('corp'));
    await assert.rejects(readSecret(SECRET, {}), isNamed('nope'));
    (await open('ci')).close();
    (await open('default')).close();
  });

  it('needs nothing from the environment that the settings give', async () => {
    const own = { credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, endpoint: 'http://127.0.0.1:1' };
    Object.assign(process.env, {
      AWS_PROFILE: 'nope',
      AWS_ENDPOINT_URL: 'nonsense',
      AWS_REGION: 'eu-west-1',
    });
    (await SdkServices.open(own, new LocalClock())).close();
  });

  it('puts the profile of AWS_PROFILE into commands in messages', async () => {
    process.env['AWS_CONFIG_FILE'] = fileOf('[profile dev]\nregion = eu-west-1\n');
    process.env['AWS_PROFILE'] = 'dev';
    const services = await SdkServices.open({}, new LocalClock());
    assert.equal(awsCommand(services.cli, 'sts get-caller-identity').split(' --profile ')[1], 'dev');
    services.close();
  });

  it('row 14: an expired sign-in is reported with the command and the profile to sign in with', async () => {
    process.env['HOME'] = mkdtempSync(join(folder, 'home-'));
    process.env['AWS_CONFIG_FILE'] = fileOf(`
[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Admin
region = eu-west-1
[profile old]
sso_start_url = https://x.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://y.awsapps.com/start
sso_region = eu-west-1
[profile chained]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = old
`);
    for (const [profile, signsIn] of [
      ['sso', 'sso'],
      ['old', 'old'],
      ['chained', 'old'],
    ] as const) {
      const services = await SdkServices.open(
        { profile, region: 'eu-west-1', endpoint: 'http://127.0.0.1:1' },
        new LocalClock(),
      );
      await assert.rejects(services.callerIdentity(), (fault) => {
        assert.ok(fault instanceof AwsFault);
        assert.equal(fault.pace, 'slow');
        const command = `aws sso login --profile ${signsIn}`;
        assert.match(
          fault.message,
          new RegExp(`\\(SSO\\) of profile ${signsIn} is missing or has expired.*: ${command}\\.`),
        );
        return true;
      });
      services.close();
    }
  });

  for (const from of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', '--profile'] as const) {
    it(`${from}: path style, no bucket in another region, and no message names AWS's health page`, async () => {
      const server = await ScriptedServer.start();
      const url = server.url.replace('127.0.0.1', 'localhost');
      const own = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_REGION: 'eu-west-1' };
      const isProfile = from === '--profile';
      const config = `[profile local]\nservices = dev\n[services dev]\ns3 =\n  endpoint_url = ${url}\n`;
      Object.assign(process.env, own, isProfile ? { AWS_CONFIG_FILE: fileOf(config) } : { [from]: url });
      const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
      const settings = isProfile ? { profile: 'local', credentials } : {};
      const services = await SdkServices.open({ maxAttempts: 1, ...settings }, new LocalClock());
      try {
        const command = awsCommand(services.cli, 's3 mb s3://b');
        assert.equal(command.includes(`--endpoint-url ${url}`), from === 'AWS_ENDPOINT_URL', command);
        server.answerWith(
          text(200, '', { 'x-amz-bucket-region': 'us-east-1' }),
          s3Error(500, 'InternalError'),
        );
        await services.headBucket('my-exports', undefined);
        await assert.rejects(
          services.getObject('my-exports', 'key', { offset: 0, ifMatch: undefined }),
          (fault) => {
            assert.ok(fault instanceof AwsFault);
            assert.match(fault.message, new RegExp(`check the log of ${url}\\.`));
            return true;
          },
        );
        const paths = server.heard.map(({ path }) => path.split('?')[0]);
        assert.deepEqual(paths, ['/my-exports/', '/my-exports/key']);
      } finally {
        services.close();
        await server.close();
      }
    });
  }

  it('uses the endpoint_url of AWS_PROFILE, and respects AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', async () => {
    process.env['AWS_CONFIG_FILE'] = fileOf('[profile local]\nendpoint_url = http://localhost:4566\n');
    process.env['AWS_PROFILE'] = 'local';
    const found = await inEnvironment({ region: 'eu-west-1' });
    assert.deepEqual(
      (['dynamodb', 'streams', 's3', 'sts'] as const).map((service) => serverOf(found, service)),
      Array(4).fill('http://localhost:4566'),
    );
    process.env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] = 'true';
    const ignoring = await inEnvironment({ region: 'eu-west-1' });
    assert.deepEqual(ignoring.endpoints, {});
    assert.equal(ignoring.endpoint, undefined);
  });

  const CONFIG = `
[profile all]
endpoint_url = http://localhost:4566   # a comment
[profile some]
services = dev
endpoint_url = http://localhost:1
[profile ignoring]
endpoint_url = http://localhost:4566
ignore_configured_endpoint_urls = true
[profile lacking]
services = missing
[profile aws]
region = eu-west-1
[services dev]
s3 =
  addressing_style = path
  endpoint_url = http://localhost:9000
dynamodb_streams =
  endpoint_url = http://localhost:8001
`;
  const ALL = 'http://localhost:4566';
  for (const [profile, expected, environment] of [
    ['all', { dynamodb: ALL, streams: ALL, s3: ALL, sts: ALL, secrets: ALL }],
    [
      'some',
      {
        dynamodb: 'http://localhost:1',
        streams: 'http://localhost:8001',
        s3: 'http://localhost:9000',
        sts: 'http://localhost:1',
        secrets: 'http://localhost:1',
      },
    ],
    ['ignoring', {}],
    ['aws', {}, { AWS_PROFILE: 'all' }],
    ['all', { dynamodb: ALL, streams: ALL, s3: ALL, sts: ALL, secrets: ALL }, { AWS_PROFILE: 'aws' }],
    ['aws', { s3: 'http://localhost:2' }, { AWS_ENDPOINT_URL_S3: 'http://localhost:2' }],
  ] as const) {
    const given = environment === undefined ? '' : ` with ${JSON.stringify(environment)}`;
    it(`reads the addresses of --profile ${profile}${given}`, async () => {
      Object.assign(process.env, { AWS_CONFIG_FILE: fileOf(CONFIG), ...environment });
      const found = await inEnvironment({ region: 'eu-west-1', profile });
      assert.deepEqual(found.endpoints, expected);
      assert.equal(found.endpoint, profile === 'all' ? ALL : undefined);
    });
  }

  it('names the section of services that a profile lacks', async () => {
    process.env['AWS_CONFIG_FILE'] = fileOf(CONFIG);
    await assert.rejects(inEnvironment({ region: 'eu-west-1', profile: 'lacking' }), (error) => {
      assert.ok(error instanceof UnknownServices, String(error));
      assert.match(error.message, /has no section \[services missing\]\. Add it/);
      return true;
    });
  });

  it('refuses an invalid address, with an example', async () => {
    for (const address of ['localhost:4566', 'ftp://localhost', 'http://']) {
      Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_STS: address });
      await assert.rejects(SdkServices.open({}, new LocalClock()), (error) => {
        assert.ok(error instanceof UnusableEndpoint, String(error));
        assert.match(error.message, /such as http:\/\/localhost:4566/);
        return true;
      });
    }
  });

  it('row 14: missing credentials are reported with how to sign in', async () => {
    const services = await SdkServices.open(
      { region: 'eu-west-1', endpoint: 'http://127.0.0.1:1' },
      new LocalClock(),
    );
    await assert.rejects(services.callerIdentity(), (fault) => {
      assert.ok(fault instanceof AwsFault);
      assert.equal(fault.code, 'CredentialsProviderError');
      assert.equal(fault.pace, 'slow');
      assert.match(fault.message, /aws sts get-caller-identity/);
      return true;
    });
    services.close();
  });

  it('prints no notice about the Node version, and keeps other warnings', () => {
    const root = join(__dirname, '../../..');
    const program = `
      const { SdkServices } = require(${JSON.stringify(join(root, 'runtime/aws/sdk'))});
      const { LocalClock } = require(${JSON.stringify(join(root, 'runtime/clock'))});
      process.on('warning', ({ message }) => console.log(message));
      new SdkServices({ region: 'eu-west-1' }, new LocalClock()).close();
      process.emitWarning('another warning');`;
    const output = execFileSync(
      process.execPath,
      ['--no-warnings', '-r', join(__dirname, '../../load-typescript.cjs'), '-e', program],
      { cwd: root, encoding: 'utf8', env: { ...process.env, ...EMPTY } },
    );
    assert.equal(output, 'another warning\n');
  });
});
