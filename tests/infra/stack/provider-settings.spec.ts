import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as aws from '@pulumi/aws';
import { providerSettings } from '../../../infra/stack/provider-settings';

const REGION = { 'aws:region': 'eu-west-1' };

const problemsOf = (configuration: Readonly<Record<string, string>>, environment = {}) =>
  providerSettings(configuration, environment).problems.map(
    ({ argument, problem }) => `${argument}: ${problem}`,
  );

describe('the configuration aws:… of a stack', () => {
  it('reaches the provider, whatever kind of value it is', () => {
    const webIdentity = { roleArn: 'arn:aws:iam::123456789012:role/deploy', webIdentityTokenFile: '/token' };
    const { settings, problems } = providerSettings(
      {
        ...REGION,
        'aws:profile': 'deploy',
        'aws:assumeRoleWithWebIdentity': JSON.stringify(webIdentity),
        'aws:defaultTags': JSON.stringify({ tags: { team: 'platform' } }),
        'aws:useFipsEndpoint': 'true',
        'aws:maxRetries': '5',
        'aws:httpsProxy': 'http://proxy.internal:3128',
        'aws:customCaBundle': '/etc/ssl/corporate.pem',
        'dynamodb-replicator:tables': '[]',
      },
      {},
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(settings, {
      region: 'eu-west-1',
      profile: 'deploy',
      assumeRoleWithWebIdentity: webIdentity,
      defaultTags: { tags: { team: 'platform' } },
      useFipsEndpoint: true,
      maxRetries: 5,
      httpsProxy: 'http://proxy.internal:3128',
      customCaBundle: '/etc/ssl/corporate.pem',
    });
  });

  it('has each setting that the provider has', () => {
    const declared = readFileSync(require.resolve('@pulumi/aws/provider.js'), 'utf8');
    const names = [...declared.matchAll(/resourceInputs\["(\w+)"\]/g)].map(([, name]) => name as string);
    assert.ok(names.length > 30);
    for (const name of names) {
      const found = problemsOf({ ...REGION, [`aws:${name}`]: '1' });
      assert.ok(!found.some((problem) => problem.includes('no such setting')), name);
    }
  });

  it('is refused where the provider has no such setting, or a value is of another kind', () => {
    const problems = problemsOf({
      ...REGION,
      'aws:alowedAccountIds': '["123456789012"]',
      'aws:useFipsEndpoint': 'yes',
      'aws:maxRetries': 'many',
      'aws:assumeRoles': 'arn:aws:iam::123456789012:role/deploy',
    });
    assert.deepEqual(problems.slice(0, 3), [
      'aws:alowedAccountIds: no such setting of the AWS provider; did you mean aws:allowedAccountIds?',
      'aws:useFipsEndpoint: expected true or false',
      'aws:maxRetries: expected a whole number',
    ]);
    assert.match(problems[3] ?? '', /^aws:assumeRoles: expected a list or an object/);
  });

  it('takes the region from the environment where the configuration has none', () => {
    assert.equal(providerSettings({}, { AWS_DEFAULT_REGION: 'eu-west-1' }).settings.region, 'eu-west-1');
    assert.deepEqual(problemsOf({}), ['aws:region: is required: pulumi config set aws:region REGION']);
  });

  const newer = (region: string) =>
    `If ${region} is newer than this package: pulumi config set aws:skipRegionValidation true`;
  for (const [mistyped, problem] of [
    ['eu-wset-1', `AWS has no region eu-wset-1; did you mean eu-west-1? ${newer('eu-wset-1')}`],
    [
      'eu-west-4',
      `AWS has no region eu-west-4; did you mean eu-west-1 or eu-west-2 or eu-west-3? ${newer('eu-west-4')}`,
    ],
    ['moon-farside-1', `AWS has no region moon-farside-1. ${newer('moon-farside-1')}`],
    ['eu-west', 'expected a region such as eu-west-1'],
    ['EU-WEST-1', 'expected a region such as eu-west-1'],
  ] as const)
    it(`is refused with ${mistyped}, which is no region, wherever that is set`, () => {
      assert.deepEqual(problemsOf({ 'aws:region': mistyped }), [`aws:region: ${problem}`]);
      assert.deepEqual(problemsOf({}, { AWS_REGION: mistyped, AWS_DEFAULT_REGION: 'eu-west-1' }), [
        `AWS_REGION: ${problem}`,
      ]);
      assert.deepEqual(problemsOf({}, { AWS_DEFAULT_REGION: mistyped }), [`AWS_DEFAULT_REGION: ${problem}`]);
    });

  it('may name any region that AWS has, in every partition', () => {
    const regions = Object.values(aws.types.enums.Region);
    assert.ok(regions.length > 40);
    for (const region of regions) assert.deepEqual(problemsOf({ 'aws:region': region }), [], region);
  });

  it('may name a region that the provider does not know yet, if it says so', () => {
    const unlisted = { 'aws:region': 'eu-west-4', 'aws:skipRegionValidation': 'true' };
    assert.deepEqual(problemsOf(unlisted), []);
    assert.deepEqual(problemsOf({ ...unlisted, 'aws:skipRegionValidation': 'false' }).length, 1);
  });
});
