import type { AwsServices } from '../aws/services';
import { type Backoff, backoffMs } from '../backoff';
import type { Clock } from '../clock';
import type { Settings, TableSettings } from '../config';
import type { Decompress } from '../export/data-file';
import type { BlockDecoder } from '../item/block-decoder';
import type { Events } from '../observe/events';
import type { Semaphore } from '../semaphore';
import type { ReadScheduler } from '../stream/read-scheduler';

/** What a heal is about to pay for. Times are epoch ms. */
export interface HealPlan {
  readonly pipeline: string;
  /** L, the watermark of the visible table (rule G3). It is another one for another gap. */
  readonly since: number;
  /** The exports cover the changes of this time. */
  readonly from: number;
  readonly to: number;
  readonly exports: number;
  /** An estimate. */
  readonly priceUsd: number;
}

/** `awaited`: the pipeline is tried again once there is an answer. */
export type HealAnswer = 'agreed' | 'refused' | 'awaited';

/** What every part of a pipeline needs. */
export interface PipelineContext {
  /** `<account>/<region>/<source table>`. */
  readonly pipeline: string;
  readonly table: TableSettings;
  readonly settings: Settings;
  readonly aws: AwsServices;
  readonly clock: Clock;
  readonly events: Events;
  /** Shared by the whole process: all its streams share requests and memory. */
  readonly scheduler: ReadScheduler;
  /** Shared by the whole process: limits concurrent exports to as many loads as the destination takes. */
  readonly exports: Semaphore;
  /** Shared by the whole process: one verify on a schedule at a time. Those that users request do not wait for it. */
  readonly scheduledVerifies: Semaphore;
  /** It must not load, because nobody would keep what it loads. */
  readonly onlyFollows?: boolean;
  /** Whether a heal may begin that its limits allow. Without it, the limits alone decide. */
  readonly consent?: ((plan: HealPlan) => HealAnswer) | undefined;
  readonly parts: PipelineParts;
}

/** Parts that tests replace to run on their own clock. */
export interface PipelineParts {
  readonly decoder: BlockDecoder;
  readonly decompress?: Decompress;
  /** Returns a number from 0 up to 1, for jitter. */
  readonly random?: () => number;
}

const BETWEEN_POLLS: Backoff = { firstMs: 100, longestMs: 5_000 };

/**
 * Waits until the service's clock reaches `time` (epoch ms), and emits `reason`, if there is one. The local sleep only estimates the time
 * left, so it is checked again after each.
 */
export async function waitUntil(
  { aws, clock, events, pipeline }: PipelineContext,
  time: number,
  reason: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (aws.clock.now() >= time) return;
  if (reason !== undefined) events.emit('pipeline.waiting', { pipeline, reason, until: time });
  for (let left = time - aws.clock.now(); left > 0; left = time - aws.clock.now()) {
    await clock.sleep(Math.max(left, 1), signal);
  }
}

/** Polls until a condition holds. */
export async function waitFor(
  { clock }: PipelineContext,
  holds: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  for (let polls = 1; !holds(); polls++) await clock.sleep(backoffMs(polls, BETWEEN_POLLS), signal);
}
