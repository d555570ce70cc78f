import {
  DescribeExportCommand,
  ExportTableToPointInTimeCommand,
  type ExportTableToPointInTimeCommandInput,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateMultipartUploadCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Answer, Check, Lab } from '../../acceptance/check';

const MINUTE = 60_000;

const holds = (observed: Answer['observed'] = {}): Answer => ({ verdict: 'holds', observed });

/** Has a table and an item. */
export const writing: Check = {
  id: 'E10',
  mode: 'quick',
  asks: 'An item is written.',
  run: async (lab) => {
    const { name } = await lab.table('writing', { stream: 'NEW_IMAGE' });
    await lab.dynamodb.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'a' } } }));
    return holds({ items: 1, table: name });
  },
};

/** Awaits an export; its ARN. */
async function exported(
  { dynamodb, clock }: Lab,
  request: ExportTableToPointInTimeCommandInput,
): Promise<string> {
  const { ExportDescription } = await dynamodb.send(new ExportTableToPointInTimeCommand(request));
  for (;;) {
    const { ExportDescription: described } = await dynamodb.send(
      new DescribeExportCommand({ ExportArn: ExportDescription?.ExportArn }),
    );
    if (described?.ExportStatus !== 'IN_PROGRESS') return `${described?.ExportArn}`;
    await clock.sleep(MINUTE);
  }
}

/** Has an export, objects, and an upload that does not end. */
export const exporting: Check = {
  id: 'E19',
  mode: 'quick',
  asks: 'A table is exported.',
  run: async (lab) => {
    const { bucket, s3 } = lab;
    const { arn } = await lab.table('exporting', { recovery: true });
    await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: 'exports/unfinished' }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'exports/one', Body: 'x' }));
    return holds({ export: await exported(lab, { TableArn: arn, S3Bucket: bucket, S3Prefix: 'exports' }) });
  },
};

/** Has an export in the bucket of another region. */
export const crossing: Check = {
  id: 'crossing',
  mode: 'quick',
  asks: 'A table is exported into another region.',
  run: async (lab) => {
    const { name } = await lab.bucketAway();
    const { arn } = await lab.table('crossing', { recovery: true });
    await exported(lab, { TableArn: arn, S3Bucket: name });
    return holds();
  },
};

/** Differs, and says too much. */
export const differing: Check = {
  id: 'E7',
  mode: 'quick',
  asks: 'Numbers are counted.',
  run: (lab) =>
    Promise.resolve({
      verdict: 'differs',
      observed: { digits: 41 },
      because: `In ${lab.bucket} a number had 41 digits.`,
    }),
};

/** Asks what nobody may. */
export const failing: Check = {
  id: 'E14',
  mode: 'quick',
  asks: 'It fails.',
  run: async (lab) => {
    await lab.asReplicator.s3.send(new PutObjectCommand({ Bucket: 'another', Key: 'x', Body: 'y' }));
    return holds();
  },
};

/** Throws what nobody foresaw. */
export const crashing: Check = {
  id: 'E24',
  mode: 'quick',
  asks: 'It crashes.',
  run: () => Promise.reject(new TypeError('no such thing')),
};

/** Makes no call. */
export const nothing: Check = {
  id: 'E21',
  mode: 'quick',
  asks: 'Nothing.',
  run: () => Promise.resolve({ verdict: 'not asked', observed: {}, because: 'It takes 90 days.' }),
};

/** Takes a day, in two parts with a memory. */
export const lasting: Check = {
  id: 'E1',
  mode: 'long',
  asks: 'A record is read after a day.',
  run: async (lab) => {
    const { name } = await lab.table('lasting', { stream: 'NEW_IMAGE' });
    const known = await lab.recall('lasting');
    const begunAt = known?.['begunAt'] ?? lab.clock.now();
    if (known === undefined) await lab.remember('lasting', { begunAt });
    for (;;) {
      const hours = (lab.clock.now() - Number(begunAt)) / 3_600_000;
      if (hours >= 24)
        return holds({ hours: Math.round(hours), wasResumed: known !== undefined, table: name });
      await lab.clock.sleep(10 * MINUTE);
    }
  },
};
