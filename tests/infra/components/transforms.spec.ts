import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { patientAlarm } from '../../../examples/with-transforms/patient-alarm';
import { DynamoDBReplicator } from '../../../infra';
import { record } from '../record';

const ROOT = join(__dirname, '../../..');

/** Pulumi's engine calls transforms, and mocks have no engine. Transformations get the same arguments in the program's process. */
const inProcess: pulumi.ResourceTransformation = ({ type, name, props, opts }) =>
  patientAlarm({ type, name, props: props as Record<string, unknown>, opts, custom: true }) as
    | pulumi.ResourceTransformationResult
    | undefined;

const make = (options: pulumi.ComponentResourceOptions = {}) =>
  new DynamoDBReplicator(
    'patient',
    {
      tables: [{ name: 'orders' }],
      destination: {
        postgres: {
          host: 'warehouse.internal',
          passwordSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3',
        },
      },
      network: { vpcName: 'main' },
      image: { uri: `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}` },
    },
    options,
  );

describe('the transform of the example', () => {
  it('changes the lag alarm inside the component, and nothing else', async () => {
    const plain = await record(() => make());
    const changed = await record(() => make({ transformations: [inProcess] }));
    const differences = changed.resources.flatMap(({ type, name, inputs }, index) =>
      Object.entries(inputs)
        .filter(
          ([key, value]) => JSON.stringify(plain.resources[index]?.inputs[key]) !== JSON.stringify(value),
        )
        .map(([key, value]) => `${type.split(':').at(-1)} ${name}: ${key} ${String(value)}`),
    );
    assert.deepEqual(differences.sort(), [
      'MetricAlarm patient-lag: datapointsToAlarm 30',
      'MetricAlarm patient-lag: evaluationPeriods 30',
    ]);
    assert.equal(changed.resources.length, plain.resources.length);
  });

  it('is the one in docs/INFRASTRUCTURE.md', () => {
    const code = readFileSync(join(ROOT, 'examples/with-transforms/patient-alarm.ts'), 'utf8');
    const shown = code.slice(code.indexOf('export const'));
    assert.ok(readFileSync(join(ROOT, 'docs/INFRASTRUCTURE.md'), 'utf8').includes(shown), shown);
  });
});
