import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import type { Policies } from '@pulumi/policy';
import { type AnalyzeResponse, EnforcementLevel } from '@pulumi/pulumi/proto/analyzer_pb';
import { noLongLivedKey } from '../../policy/rules/iam/no-long-lived-key';
import { oneReplicatorPerTable } from '../../policy/rules/stack/one-replicator-per-table';
import { requiredTags } from '../../policy/rules/stack/required-tags';
import { trustOnlyEcsTasks } from '../../policy/rules/iam/trust-only-ecs-tasks';
import { type AnyRule, type Examined, remediated, runRule } from '../../review/run-rule';
import { consumer } from './consumer';
import { given, UNKNOWN } from './examine';

const COMPONENT = { component: 'DynamoDBReplicator' };
const user = (made: object = {}, inputs: object = {}) =>
  given(aws.iam.User, { name: 'reader', ...inputs }, made);
const openRole = (made: object = {}) =>
  given(
    aws.iam.Role,
    {
      assumeRolePolicy: JSON.stringify({
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }],
      }),
    },
    made,
  );
/** Levels of the findings; `undefined` is the rule's own. */
async function levelsOf(rule: AnyRule, given: Examined | readonly Examined[], config?: object) {
  const { findings } = await runRule(rule, [given].flat(), config);
  return findings.map(({ level }) => level);
}

describe('levels of findings', () => {
  for (const [title, one] of Object.entries({
    'a component of this package made': user(COMPONENT),
    'a component inside of it made': user({
      component: 'DynamoDBReplicator$dynamodb-replicator:index:ServiceAccount',
    }),
    'has the stack’s tag': user({}, { tags: { 'dynamodb-replicator': 'shop-dev' } }),
    'has the stack’s tag from its provider': user({
      provider: { props: { defaultTags: JSON.stringify({ tags: { 'dynamodb-replicator': 'shop-dev' } }) } },
    }),
  }))
    it(`are the rule’s for a resource that ${title}`, async () => {
      assert.deepEqual(await levelsOf(noLongLivedKey, one), [undefined]);
    });

  for (const [title, one] of Object.entries({
    'another resource': user(),
    'one with other tags': user({}, { tags: { team: 'shop' } }),
    'one whose tags a preview does not know': user({}, { tags: UNKNOWN }),
    'one whose provider’s tags a preview does not know': user({
      provider: { props: { defaultTags: UNKNOWN } },
    }),
    'one of another package with such components': {
      ...user(),
      urn: 'urn:pulumi:dev::shop::my:dynamodb-replicator:index:Reader$aws:iam/user:User::one',
    },
  }))
    it(`are advisory for ${title}`, async () => {
      assert.deepEqual(await levelsOf(noLongLivedKey, one), ['advisory']);
    });

  it('are per resource in a rule about a stack', async () => {
    const both = [openRole({ name: 'mine', ...COMPONENT }), openRole({ name: 'other' })];
    assert.deepEqual(await levelsOf(trustOnlyEcsTasks, both), [undefined, 'advisory']);
  });

  it('about a whole stack are the rule’s if it has a replicator', async () => {
    const two = [...consumer(), ...consumer({ name: 'two' })];
    assert.deepEqual(await levelsOf(oneReplicatorPerTable, two), ['advisory']);
    assert.deepEqual(await levelsOf(oneReplicatorPerTable, [...two, user(COMPONENT)]), [undefined]);
  });

  it('are the rule’s for all resources with otherResources: same', async () => {
    const config = { otherResources: 'same' };
    assert.deepEqual(await levelsOf(noLongLivedKey, [user(), user(COMPONENT)], config), [
      undefined,
      undefined,
    ]);
    assert.deepEqual(await levelsOf(trustOnlyEcsTasks, openRole(), config), [undefined]);
  });

  it('are for replicators only with otherResources: disabled', async () => {
    const config = { otherResources: 'disabled' };
    assert.deepEqual(await levelsOf(noLongLivedKey, [user(), user(COMPONENT)], config), [undefined]);
    assert.deepEqual(await levelsOf(trustOnlyEcsTasks, openRole(), config), []);
  });

  it('do not let a rule change other resources, unless otherResources is same', async () => {
    const bucket = (made: object = {}) => given(aws.s3.Bucket, { bucket: 'b' }, made);
    const config = { tags: { team: 'shop' } };
    const fixed = { bucket: 'b', tags: { team: 'shop' } };
    assert.equal(await remediated(requiredTags, bucket(), config), undefined);
    assert.deepEqual(await remediated(requiredTags, bucket(COMPONENT), config), fixed);
    assert.deepEqual(await remediated(requiredTags, bucket(), { ...config, otherResources: 'same' }), fixed);
  });
});

/** The functions that Pulumi's runner serves. Its types leave them out. */
interface Server {
  makeAnalyzeRpcFun(...pack: readonly [...Pack, Policies]): Analyze;
  makeAnalyzeStackRpcFun(...pack: readonly [...Pack, Policies]): Analyze;
}

type Pack = readonly [name: string, version: string, level: 'mandatory'];
type Analyze = (
  call: { request: object },
  answer: (error: unknown, response: AnalyzeResponse) => void,
) => void;

const server = createRequire(join(__dirname, '../../policy/index.ts'))('@pulumi/policy/server') as Server;

/** What Pulumi's engine receives from the pack. */
async function diagnostics(analyze: Analyze, request: object) {
  const response = await new Promise<AnalyzeResponse>((resolve, reject) => {
    analyze({ request }, (error, answer) => {
      if (error === undefined) resolve(answer);
      else reject(error as Error);
    });
  });
  return response
    .getDiagnosticsList()
    .map((one) => ({ level: one.getEnforcementlevel(), message: one.getMessage(), urn: one.getUrn() }));
}

/** A resource as the engine sends it. */
function sent({ type, name, urn, inputs }: Examined) {
  const none = () => [];
  return {
    getType: () => type,
    getName: () => name,
    getUrn: () => urn,
    getProperties: () => ({ toJavaScript: () => inputs }),
    getProvider: () => undefined,
    getParent: () => '',
    getDependenciesList: none,
    getPropertydependenciesMap: () => new Map(),
    getOptions: () => ({
      getProtect: () => false,
      getIgnorechangesList: none,
      getAliasesList: none,
      getCustomtimeouts: () => undefined,
      getAdditionalsecretoutputsList: none,
      getDeletebeforereplacedefined: () => false,
      getParent: () => '',
    }),
  };
}

describe('levels of findings in Pulumi’s runner', () => {
  const { ADVISORY, MANDATORY } = EnforcementLevel;
  const PACK: Pack = ['pack', '1.0.0', 'mandatory'];

  it('arrive at the engine with the message of the rule, for a resource', async () => {
    const analyze = server.makeAnalyzeRpcFun(...PACK, [noLongLivedKey]);
    const message = `${noLongLivedKey.description}\nan IAM user has long-lived credentials; use a role`;
    assert.deepEqual(await diagnostics(analyze, sent(user(COMPONENT))), [
      { level: MANDATORY, message, urn: '' },
    ]);
    assert.deepEqual(await diagnostics(analyze, sent(user())), [{ level: ADVISORY, message, urn: '' }]);
  });

  it('arrive at the engine with resource and message, for a stack', async () => {
    const analyze = server.makeAnalyzeStackRpcFun(...PACK, [trustOnlyEcsTasks]);
    const message = `${trustOnlyEcsTasks.description}\nstatement 1: everyone may assume the role`;
    const [mine, other] = [openRole({ name: 'mine', ...COMPONENT }), openRole({ name: 'other' })];
    assert.deepEqual(await diagnostics(analyze, { getResourcesList: () => [mine, other].map(sent) }), [
      { level: MANDATORY, message, urn: mine.urn },
      { level: ADVISORY, message, urn: other.urn },
    ]);
  });
});
