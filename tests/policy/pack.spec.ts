import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { resourcesOf } from '../../policy/iam/service-reference';
import { RULES } from '../../policy/rules';
import { assertSnapshotText } from '../infra/snapshot-text';
import { configOf } from '../../review/findings';

const ROOT = join(__dirname, '../..');
const PACK = join(ROOT, 'policy');
const SNAPSHOTS = join(ROOT, 'tests/infra/snapshots');

/** Settings that every rule has. */
const SHARED = ['exceptions', 'otherResources'];

const filesOf = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

describe('the policy pack', () => {
  it('has one rule per file and one spec per rule', () => {
    const rules = filesOf(join(PACK, 'rules'), '.ts');
    assert.equal(rules.length, RULES.length);
    const specs = filesOf(__dirname, '.spec.ts').filter((file) => file.includes('/'));
    assert.deepEqual(specs, rules);
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
  });

  for (const rule of RULES) {
    it(`${rule.name} has a description, a reference and a remedy`, () => {
      assert.match(rule.name, /^[a-z0-9]+(-[a-z0-9]+)+$/);
      assert.match(rule.description, /^[A-Z].*\.$/);
      assert.ok(rule.severity);
      assert.ok(['advisory', 'mandatory', 'remediate'].includes(rule.enforcementLevel ?? ''));
      assert.match(rule.remediationSteps ?? '', /\.$/);
      assert.match(rule.url ?? '', /^https:\/\/docs\.aws\.amazon\.com\//);
      assert.ok(rule.framework?.name && rule.framework.reference && rule.framework.specification);
      assert.ok(rule.tags?.some((tag) => tag.startsWith('well-architected:')));
      for (const [key, schema] of Object.entries(rule.configSchema?.properties ?? {})) {
        assert.ok(schema.description, `${key} has a description`);
        assert.notEqual(schema.default, undefined, `${key} has a default`);
      }
    });
  }

  it('can remediate tags, retention, multipart uploads and public access, and nothing else', () => {
    const remediating = RULES.filter((rule) => 'remediateResource' in rule).map(({ name }) => name);
    assert.deepEqual(remediating.sort(), [
      'ecs-log-retention',
      'required-tags',
      's3-abort-multipart',
      's3-public-access-block',
    ]);
  });

  it('is configured only for rules and settings that exist', () => {
    for (const stack of filesOf(join(PACK, 'config'), '.json')) {
      for (const [name, settings] of Object.entries(configOf(stack))) {
        const rule = RULES.find((one) => one.name === name);
        assert.ok(rule, `${stack}: unknown rule ${name}`);
        const known = ['enforcementLevel', ...Object.keys(rule.configSchema?.properties ?? {})];
        for (const key of Object.keys(settings as object))
          assert.ok(known.includes(key), `${stack}: ${name}.${key}`);
      }
    }
  });

  it('knows the resources of every action that this repository’s policies allow', () => {
    const documents = [
      ...filesOf(SNAPSHOTS, '-policy.json').map((name) => join(SNAPSHOTS, `${name}-policy.json`)),
      join(ROOT, 'tests/posture/artie-published.json'),
    ];
    const actions = documents.flatMap((file) =>
      (readJson(file)['Statement'] as { Effect: string; Action: string | string[] }[])
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action }) => Action),
    );
    assert.deepEqual(
      [...new Set(actions)].filter((action) => resourcesOf(action) === undefined),
      [],
    );
  });

  it('installs the versions of Pulumi that the stack is developed with', () => {
    const { dependencies } = readJson(join(PACK, 'package.json'));
    const { packages } = readJson(join(ROOT, 'package-lock.json'));
    for (const [name, version] of Object.entries(dependencies as Record<string, string>))
      assert.equal(
        version,
        (packages as Record<string, { version: string }>)[`node_modules/${name}`]?.version,
        name,
      );
  });

  it('is documented in a table', () => {
    assertSnapshotText(join(PACK, 'RULES.md'), table());
  });
});

function table(): string {
  const rows = RULES.map((rule) => {
    const ids = (rule.tags ?? []).map((tag) => tag.replace(/^[^:]*:/, '')).join(', ');
    const kind =
      'remediateResource' in rule ? `${rule.enforcementLevel}, can remediate` : rule.enforcementLevel;
    const settings = Object.keys(rule.configSchema?.properties ?? {}).filter((key) => !SHARED.includes(key));
    return `| ${rule.name} | ${kind} | ${rule.severity} | ${rule.description} | ${settings.join(', ')} | ${ids} |`;
  }).sort();
  return [
    '# Rules',
    '',
    `Written by \`npm run snapshots\` from \`${relative(ROOT, join(PACK, 'rules'))}/\`. The levels are those for replicators' resources; for`,
    `others all rules are advisory. Every rule also has the settings ${SHARED.map((key) => `\`${key}\``).join(' and ')}.`,
    '',
    '| Rule | Level | Severity | Rule in words | Settings | Security Hub, checkov, Well-Architected |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
