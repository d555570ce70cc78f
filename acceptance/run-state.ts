import type { S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Check, Mode, Remembered } from './check';
import { UnknownRun } from './errors';
import { readJson, writeJson } from './objects';

/** What is known of a run from its beginning. */
export interface RunRecord {
  readonly mode: Mode;
  /** Ids of the checks it was limited to; empty: all of the mode. */
  readonly only: readonly string[];
  readonly seed: number;
  /** Epoch ms. */
  readonly begunAt: number;
}

const runRecord = z.object({
  mode: z.enum(['quick', 'long', 'ttl']),
  only: z.array(z.string()),
  seed: z.number(),
  begunAt: z.number(),
});

const answer = z.object({
  verdict: z.enum(['holds', 'differs', 'not asked']),
  observed: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  because: z.string().optional(),
});

const FOLDER = 'state/';
const RUN = `${FOLDER}run.json`;
/** Two checks of an assumption in the same mode ask different things. */
export function answerKey({ mode, id, asks }: Pick<Check, 'mode' | 'id' | 'asks'>): string {
  const digest = createHash('sha256').update(asks).digest('hex');
  return `${FOLDER}answers/${mode}-${id}-${digest.slice(0, 8)}.json`;
}

/** A run's state, in its bucket: any machine can resume it. */
export class RunState {
  private constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    readonly record: RunRecord,
  ) {}

  static async begin(s3: S3Client, bucket: string, record: RunRecord): Promise<RunState> {
    await writeJson(s3, bucket, RUN, record);
    return new RunState(s3, bucket, record);
  }

  /** @throws UnknownRun */
  static async resume(s3: S3Client, bucket: string, suffix: string, region: string): Promise<RunState> {
    const found = await readJson(s3, bucket, RUN).catch((error: Error) => {
      if (error.name === 'NoSuchBucket') return undefined;
      throw error;
    });
    const record = runRecord.safeParse(found);
    if (!record.success) throw new UnknownRun(suffix, region);
    return new RunState(s3, bucket, record.data);
  }

  /** The answer of an earlier process, if the check has ended. */
  async answerOf(check: Check): Promise<Answer | undefined> {
    const { data } = answer.safeParse(await readJson(this.s3, this.bucket, answerKey(check)));
    if (data === undefined) return undefined;
    const { because, ...rest } = data;
    return because === undefined ? rest : { ...rest, because };
  }

  keep(check: Check, given: Answer): Promise<void> {
    return writeJson(this.s3, this.bucket, answerKey(check), given);
  }

  async recall(name: string): Promise<Remembered | undefined> {
    return (await readJson(this.s3, this.bucket, memoryKey(name))) as Remembered | undefined;
  }

  remember(name: string, what: Remembered): Promise<void> {
    return writeJson(this.s3, this.bucket, memoryKey(name), what);
  }
}

const memoryKey = (name: string): string => `${FOLDER}memory/${name}.json`;
