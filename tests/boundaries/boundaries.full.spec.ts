import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { progress } from '../tiers/progress';

const ROOT = join(__dirname, '../..');
const DEPCRUISE = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

type Import = readonly [from: string, to: string, only?: 'type'];

/** Name of a rule → an import that it forbids. */
const WRONG: Readonly<Record<string, readonly Import[]>> = {
  'cost-imports-no-other-module': [['cost/a.ts', 'runtime/b.ts']],
  'simulator-imports-no-other-module': [
    ['simulator/a.ts', 'runtime/b.ts'],
    ['simulator/a.ts', 'demo/b.ts'],
    ['simulator/a.ts', 'tests/b.ts'],
  ],
  'runtime-imports-cost': [
    ['runtime/open.ts', 'simulator/b.ts'],
    ['runtime/mutex.ts', 'elsewhere/b.ts'],
    ['runtime/verbs/a.ts', 'planning/b.ts'],
    ['runtime/verbs/a.ts', 'demo/b.ts'],
    ['runtime/container.ts', 'command/b.ts'],
    ['runtime/check.ts', 'infra/b.ts'],
  ],
  'demo-imports-runtime-and-simulator': [['demo/a.ts', 'command/b.ts']],
  'planning-imports-review-and-runtime-and-cost': [
    ['planning/a.ts', 'infra/b.ts'],
    ['planning/a.ts', 'simulator/b.ts'],
  ],
  'command-imports-runtime-and-demo-and-planning-and-simulator': [
    ['command/a.ts', 'review/b.ts'],
    ['command/a.ts', 'acceptance/b.ts'],
  ],
  'policy-imports-no-other-module': [['policy/a.ts', 'infra/b.ts']],
  'infra-imports-no-other-module': [
    ['infra/plan/a.ts', 'runtime/stream/b.ts'],
    ['infra/stack/a.ts', 'review/b.ts'],
    ['infra/automation.ts', 'policy/b.ts'],
  ],
  'review-imports-infra-and-policy-and-cost': [['review/a.ts', 'runtime/config.ts']],
  'posture-imports-review-and-infra': [['posture/a.ts', 'runtime/config.ts']],
  'image-imports-no-other-module': [['image/a.ts', 'runtime/container.ts']],
  'bench-imports-runtime-and-simulator-and-demo-and-cost': [['bench/a.ts', 'tests/b.ts']],
  'acceptance-imports-runtime-and-cost': [
    ['acceptance/a.ts', 'simulator/b.ts'],
    ['acceptance/a.ts', 'infra/stack/b.ts'],
    ['acceptance/checks/a.ts', 'infra/plan/iam/documents.ts'],
  ],
  'examples-imports-infra': [['examples/one/index.ts', 'runtime/config.ts']],
  'modules-are-listed': [['tests/a.ts', 'elsewhere/b.ts']],
  'modules-that-are-not-listed-import-nothing': [['elsewhere/a.ts', 'simulator/b.ts']],
  'no-cycles': [['cost/c.ts', 'cost/d.ts']],
  'runtime-item-imports-no-other-module': [['runtime/item/a.ts', 'runtime/observe/b.ts']],
  'runtime-observe-imports-no-other-module': [
    ['runtime/observe/a.ts', 'runtime/pipeline/b.ts'],
    ['runtime/observe/a.ts', 'runtime/config.ts'],
  ],
  'runtime-aws-imports-item-and-observe': [
    ['runtime/aws/a.ts', 'runtime/stream/b.ts'],
    ['runtime/aws/a.ts', 'runtime/config.ts', 'type'],
  ],
  'runtime-destinations-imports-item': [
    ['runtime/destinations/a.ts', 'runtime/pipeline/b.ts'],
    ['runtime/destinations/postgres/a.ts', 'runtime/config/b.ts'],
  ],
  'runtime-config-imports-destinations': [['runtime/config/a.ts', 'runtime/aws/b.ts']],
  'runtime-stream-imports-aws-and-observe': [
    ['runtime/stream/a.ts', 'runtime/destinations/b.ts'],
    ['runtime/stream/a.ts', 'runtime/verbs/b.ts'],
    ['runtime/stream/a.ts', 'runtime/config.ts'],
    ['runtime/stream/a.ts', 'runtime/replicator.ts'],
    ['runtime/stream/a.ts', 'runtime/unlisted.ts'],
    ['runtime/stream/a.ts', 'runtime/unlisted/b.ts'],
  ],
  'runtime-export-imports-aws-and-destinations-and-item-and-observe': [
    ['runtime/export/a.ts', 'runtime/stream/b.ts'],
  ],
  'runtime-pipeline-imports-aws-and-destinations-and-export-and-item-and-observe-and-stream': [
    ['runtime/pipeline/a.ts', 'runtime/verbs/b.ts'],
    ['runtime/pipeline/a.ts', 'runtime/control/b.ts'],
    ['runtime/pipeline/a.ts', 'runtime/config/b.ts', 'type'],
  ],
  'runtime-control-imports-destinations-and-observe-and-pipeline': [
    ['runtime/control/a.ts', 'runtime/verbs/b.ts'],
  ],
  'runtime-leaves-import-no-module': [
    ['runtime/version.ts', 'runtime/pipeline/b.ts'],
    ['runtime/mutex.ts', 'runtime/open.ts'],
  ],
  'runtime-modules-are-listed': [
    ['runtime/open.ts', 'runtime/unlisted/b.ts'],
    ['runtime/verbs/a.ts', 'runtime/unlisted.ts'],
  ],
  'runtime-modules-that-are-not-listed-import-nothing': [
    ['runtime/unlisted.ts', 'runtime/destinations/b.ts'],
    ['runtime/unlisted/c.ts', 'runtime/pipeline/b.ts'],
  ],
  'infra-arguments-imports-no-other-module': [
    ['infra/arguments/a.ts', 'infra/components/b.ts', 'type'],
    ['infra/arguments/a.ts', 'infra/automation.ts'],
  ],
  'infra-plan-imports-arguments': [
    ['infra/plan/a.ts', 'infra/components/b.ts'],
    ['infra/plan/a.ts', 'infra/stack/config.ts', 'type'],
  ],
  'infra-validate-imports-arguments-and-plan': [['infra/validate/a.ts', 'infra/components/b.ts']],
  'infra-components-imports-arguments-and-plan-and-validate': [['infra/components/a.ts', 'infra/stack/b.ts']],
  'infra-stack-imports-arguments-and-plan-and-validate-and-components': [
    ['infra/stack/a.ts', 'infra/plugin.ts'],
  ],
  'infra-leaves-import-no-module': [['infra/errors.ts', 'infra/plan/b.ts']],
  'infra-modules-are-listed': [['infra/index.ts', 'infra/unlisted/b.ts']],
  'infra-modules-that-are-not-listed-import-nothing': [['infra/unlisted/c.ts', 'infra/plan/b.ts']],
  'verbs-know-no-entry': [['runtime/verbs/a.ts', 'runtime/index.ts']],
  'a-pipeline-reads-no-settings': [['runtime/pipeline/a.ts', 'runtime/config.ts']],
  'only-the-container-starts-a-verb': [['runtime/replicator.ts', 'runtime/verbs/b.ts']],
  'item-is-pure': [['runtime/item/a.ts', 'runtime/clock.ts']],
  'a-destination-is-known-by-its-kind': [
    ['runtime/pipeline/a.ts', 'runtime/destinations/postgres/b.ts'],
    ['planning/a.ts', 'runtime/destinations/postgres/b.ts'],
  ],
  'kinds-are-a-list': [['runtime/destinations/kinds.ts', 'runtime/destinations/duckdb/b.ts']],
  'destinations-share-what-is-relational': [
    ['runtime/destinations/duckdb/a.ts', 'runtime/destinations/postgres/b.ts'],
  ],
  'pulumi-stays-in-the-stack': [['runtime/open.ts', 'node_modules/@pulumi/pulumi/index.js']],
  'a-driver-stays-in-its-destination': [
    ['command/a.ts', 'node_modules/@duckdb/node-api/index.js'],
    ['demo/a.ts', 'node_modules/@duckdb/node-api/index.js'],
    ['runtime/destinations/postgres/a.ts', 'node_modules/@duckdb/node-api/index.js'],
  ],
  'so-does-that-of-postgres': [
    ['runtime/destinations/duckdb/a.ts', 'node_modules/pg/index.js'],
    ['runtime/open.ts', 'node_modules/pg-protocol/index.js'],
    ['demo/a.ts', 'node_modules/pg/index.js'],
    ['posture/a.ts', 'node_modules/pg-pool/index.js'],
    ['image/a.ts', 'node_modules/pg/index.js'],
  ],
  'the-sdk-stays-in-aws': [
    ['runtime/stream/a.ts', 'node_modules/@aws-sdk/client-s3/index.js'],
    ['runtime/stream/b.ts', 'node_modules/@aws-sdk/client-s3/index.js', 'type'],
    ['planning/a.ts', 'node_modules/@aws-sdk/client-s3/index.js'],
  ],
  'policy-stands-alone': [['policy/a.ts', 'node_modules/yaml/index.js']],
  'a-plan-is-pure': [
    ['infra/plan/a.ts', 'node_modules/@pulumi/pulumi/index.js'],
    ['infra/plan/a.ts', 'fs'],
  ],
  'infra-needs-pulumi-only': [['infra/components/a.ts', 'node_modules/yaml/index.js']],
};

/** Allowed by itself; a cycle is reported once, where it begins. */
const CLOSES_THE_CYCLE = ['cost/d.ts', 'cost/c.ts'] as const;

interface Report {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** dependency-cruiser's verdict on files that import each other so. */
function violationsOf(imports: readonly Import[]): ReadonlySet<string> {
  const folder = mkdtempSync(join(tmpdir(), 'replicator-boundaries-'));
  try {
    const lines = new Map<string, string[]>();
    for (const [from, to, only] of imports) {
      const what = only === 'type' ? 'type {} from ' : '';
      lines.set(from, [...(lines.get(from) ?? []), `import ${what}'${specifier(from, to)}';`]);
      if (!isBuiltin(to) && !lines.has(to)) lines.set(to, []);
    }
    for (const [file, text] of lines) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `${text.join('\n')}\nexport {};\n`);
    }
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
      cpSync(join(ROOT, name), join(folder, name));
    const folders = [...new Set([...lines.keys()].map((file) => file.split('/')[0] as string))];
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        DEPCRUISE,
        '--config',
        '.dependency-cruiser.cjs',
        '--output-type',
        'json',
        ...folders.filter((one) => one !== 'node_modules'),
      ],
      { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    progress();
    assert.ok(stdout.startsWith('{'), stderr);
    const { violations } = (JSON.parse(stdout) as Report).summary;
    return new Set(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function specifier(from: string, to: string): string {
  if (isBuiltin(to)) return to;
  const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(to) ?? [];
  if (name !== undefined) return name;
  const path = relative(dirname(from), to).replace(/\.ts$/, '');
  return path.startsWith('.') ? path : `./${path}`;
}

/** Rules of the configuration by name. */
function ruleNames(): readonly string[] {
  // oxlint-disable-next-line typescript/no-require-imports
  const { forbidden } = require('../../.dependency-cruiser.cjs') as {
    readonly forbidden: readonly { readonly name: string }[];
  };
  return forbidden.map(({ name }) => name).sort();
}

describe('boundaries', () => {
  it('every rule has an example here of an import that it forbids', () => {
    assert.deepEqual(Object.keys(WRONG).sort(), ruleNames());
  });

  it('every forbidden import is reported under the name of its rule', () => {
    const found = violationsOf([...Object.values(WRONG).flat(), CLOSES_THE_CYCLE]);
    for (const [rule, imports] of Object.entries(WRONG))
      for (const [from, to] of imports)
        assert.ok(
          found.has(`${rule}: ${from} → ${to}`),
          `${rule} lets ${from} import ${to}; found were ${[...found].join('; ')}`,
        );
  });

  it('imports that docs/ARCHITECTURE.md allows are not reported', () => {
    const found = violationsOf([
      ['runtime/verbs/a.ts', 'cost/b.ts'],
      ['runtime/verbs/a.ts', 'runtime/config.ts'],
      ['runtime/pipeline/a.ts', 'runtime/config.ts', 'type'],
      ['runtime/pipeline/a.ts', 'runtime/mutex.ts'],
      ['runtime/open.ts', 'runtime/aws/b.ts'],
      ['runtime/observe/a.ts', 'fs/promises'],
      ['demo/a.ts', 'simulator/b.ts'],
      ['demo/a.ts', 'runtime/verbs/b.ts'],
      ['planning/a.ts', 'review/b.ts'],
      ['command/a.ts', 'planning/b.ts'],
      ['command/a.ts', 'demo/b.ts'],
      ['review/b.ts', 'infra/components/b.ts'],
      ['infra/stack/a.ts', 'infra/components/b.ts'],
      ['infra/components/b.ts', 'infra/plan/b.ts'],
      ['infra/plan/b.ts', 'runtime/observe/metrics.ts'],
    ]);
    assert.deepEqual([...found], []);
  });
});
