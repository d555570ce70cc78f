import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { AwsFault } from '../../../runtime/aws/faults';
import { SdkServices } from '../../../runtime/aws/sdk';
import { LocalClock } from '../../../runtime/clock';

/** An environment in which the SDK finds nothing, and does not ask the network for it. */
const EMPTY: NodeJS.ProcessEnv = {
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
};

describe('AWS settings from the environment', () => {
  const kept = { ...process.env };
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

  it('row 16: no region is fatal and says how to set one', async () => {
    await assert.rejects(SdkServices.open({}, new LocalClock()), (fault) => {
      assert.ok(fault instanceof AwsFault);
      assert.equal(fault.kind, 'fatal');
      assert.match(fault.message, /No AWS region is set\. Give --region/);
      return true;
    });
  });

  it('takes the region from the settings, or else from AWS_REGION', async () => {
    process.env['AWS_REGION'] = 'eu-central-1';
    const found = await SdkServices.open({}, new LocalClock());
    const given = await SdkServices.open({ region: 'us-west-2' }, new LocalClock());
    assert.deepEqual([found.region, given.region], ['eu-central-1', 'us-west-2']);
    found.close();
    given.close();
  });

  it('row 14: no credentials, and how to sign in', async () => {
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
