import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { costCap } from '../../policy/rules/stack/cost-cap';
import { partsOf } from '../../review/costs';
import { recordStack } from '../../review/record-stack';
import { readStackFile } from '../../review/stack-file';
import { partsOfStackFile } from '../../review/stack-parts';
import { PRICES } from '../../cost/prices';
import { addPlanningOptions, type PlanningOptions } from '../../planning/planning-aws';
import { quickIf } from '../tiers/tier';

const ROOT = join(__dirname, '../..');
const PAIRS = 'tests/review/pairs';

const FILES = [
  'Pulumi.dev.yaml',
  'Pulumi.artie.yaml',
  'Pulumi.prod.yaml',
  ...readdirSync(join(ROOT, PAIRS)).map((name) => `${PAIRS}/${name}/after.yaml`),
];

/** The file with other settings of the task. */
function withTask(text: string, settings: Readonly<Record<string, unknown>>): string {
  const file = parse(text) as { config: Record<string, Record<string, unknown>> };
  const task = file.config['dynamodb-replicator:task'];
  file.config['dynamodb-replicator:task'] = { ...task, ...settings };
  return JSON.stringify(file);
}

/** Further settings that change a cost. */
const VARIATIONS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'without a dashboard, with endpoints and an image of another registry': (text) => {
    const file = parse(text) as { config: Record<string, Record<string, unknown>> };
    file.config['dynamodb-replicator:monitoring'] = { dashboard: false };
    file.config['dynamodb-replicator:image'] = { uri: `ghcr.io/someone/replicator@sha256:${'0'.repeat(64)}` };
    const network = file.config['dynamodb-replicator:network'];
    file.config['dynamodb-replicator:network'] = { ...network, endpoints: 'Create' };
    return JSON.stringify(file);
  },
  'with a larger disk': (text) => withTask(text, { ephemeralStorageGiB: 100 }),
  'with a schedule of verifies': (text) => {
    const file = parse(text) as { config: Record<string, Record<string, unknown>> };
    const settings = file.config['dynamodb-replicator:settings'];
    file.config['dynamodb-replicator:settings'] = { ...settings, verify: { every: '7d' } };
    return JSON.stringify(file);
  },
  'while it is paused': (text) => withTask(text, { paused: true }),
};

describe('the cost of a stack', () => {
  it('has all endpoints where only missing ones are created, as the VPC decides which', () => {
    const partsWith = (endpoints: string) => {
      const file = parse(readFileSync(join(ROOT, 'Pulumi.prod.yaml'), 'utf8')) as {
        config: Record<string, Record<string, unknown>>;
      };
      const network = file.config['dynamodb-replicator:network'];
      file.config['dynamodb-replicator:network'] = { ...network, endpoints };
      const { settings, tables } = readStackFile(JSON.stringify(file));
      return partsOfStackFile(settings, tables.length);
    };
    assert.deepEqual(partsWith('CreateMissing'), partsWith('Create'));
    assert.notDeepEqual(partsWith('CreateMissing'), partsWith('Existing'));
  });

  for (const path of FILES)
    for (const [variation, change] of Object.entries(VARIATIONS))
      quickIf(path === 'Pulumi.prod.yaml').it(
        `${path}, ${variation}: what \`estimate\` counts in the file is what the program registers`,
        async () => {
          const file = change(readFileSync(join(ROOT, path), 'utf8'));
          const { settings, tables } = readStackFile(file);
          const resources = await recordStack({ stack: 'prod', file });
          assert.deepEqual(partsOfStackFile(settings, tables.length), partsOf(resources, tables.length));
        },
      );

  it('assumes exports are kept as long as in the stack’s bucket by default', async () => {
    const resources = await recordStack({
      stack: 'prod',
      file: readFileSync(join(ROOT, 'Pulumi.prod.yaml'), 'utf8'),
    });
    const bucket = resources.find(({ type }) => /BucketLifecycleConfiguration$/.test(type));
    const rules = bucket?.inputs['rules'] as readonly { readonly expiration?: { readonly days: number } }[];
    const command = new Command();
    addPlanningOptions(command, { region: 'region', verifyEvery: 'verifies' });
    const { exportDays } = command.opts<PlanningOptions>();
    assert.deepEqual(
      rules.flatMap(({ expiration }) => expiration?.days ?? []),
      [Number(exportDays)],
    );
  });

  it('uses the same prices as the policy pack, which imports none', () => {
    const properties: Readonly<Record<string, { readonly default?: unknown }>> =
      costCap.configSchema?.properties ?? {};
    assert.deepEqual(properties['prices']?.default, {
      vcpuHour: PRICES.fargateVcpuHourX86.usd,
      gibHour: PRICES.fargateGibHourX86.usd,
      vcpuHourArm: PRICES.fargateVcpuHourArm.usd,
      gibHourArm: PRICES.fargateGibHourArm.usd,
      spotShare: PRICES.fargateSpotShare.usd,
      interfaceHour: PRICES.interfaceHour.usd,
      natHour: PRICES.natHour.usd,
    });
  });

  it('uses the prices in docs/OPERATIONS.md', () => {
    const text = readFileSync(join(ROOT, 'docs/OPERATIONS.md'), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    const shown: readonly (readonly [start: string, ...usd: number[]])[] = [
      ['| Task, ', PRICES.fargateVcpuHourArm.usd, PRICES.fargateGibHourArm.usd],
      ['| Larger disk ', PRICES.fargateStorageGbHour.usd],
      ['| Export ', PRICES.exportGb.usd],
      ['| Healing a gap ', PRICES.incrementalExportGb.usd, PRICES.readUnits.usd],
      ['| Point-in-time recovery ', PRICES.recoveryGbMonth.usd],
      ['| Stream reads ', PRICES.getRecords.usd],
      ['| Bucket ', PRICES.bucketGbMonth.usd],
      ['| Alarms ', PRICES.alarmMonth.usd],
      ['| Metrics ', PRICES.metricMonth.usd],
      ['| Dashboard ', PRICES.dashboardMonth.usd],
      ['| Secret ', PRICES.secretMonth.usd],
      ['| KMS key ', PRICES.keyMonth.usd],
      ['| NAT gateway', PRICES.natHour.usd],
      ['| `endpoints: Create`', PRICES.interfaceHour.usd],
    ];
    for (const [start, ...expected] of shown) {
      const row = rows.find((line) => line.startsWith(start) && /\d\.\d/.test(line));
      const price = row?.split('|')[2] ?? '';
      const numbers = (price.match(/\d+\.\d+/g) ?? []).map(Number);
      for (const usd of expected) assert.ok(numbers.includes(usd), `${start}: ${price} lacks ${usd}`);
    }
  });
});
