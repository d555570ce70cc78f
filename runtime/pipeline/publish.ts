import type { CheckpointWrite, PublishResult, PublishView } from '../destinations/destination';
import { CommitOutcomeUnknown } from '../destinations/errors';
import { ReplicatorError } from '../errors';
import type { Manifest } from '../export/manifest';
import { readState, type PipelineState, writeState } from './checkpoint';
import { numbered } from './committer';
import { whileUnavailable } from './destination-retry';
import type { GenerationRun } from './generation-run';
import { stepAfter } from './transitions';
import { EXPORT_BLUR_MS } from './watermark';

/** A loaded export, and the time that W has to pass. */
export interface LoadedExport {
  readonly manifest: Manifest;
  /** T, epoch ms. */
  readonly exportTime: number;
}

/** The source table and its stream, as seen right before the publish. */
export interface SourceIdentity {
  readonly tableId: string | undefined;
  readonly streamArn: string | undefined;
}

/** What is known before the transaction starts. */
interface PublishExpectation {
  /** The last committed state. */
  readonly expected: PipelineState;
  readonly source: SourceIdentity;
  readonly loaded: LoadedExport;
  /** Epoch ms on the service's clock. */
  readonly now: number;
}

/** The publishing transaction found that a condition of rule P2 does not hold. Nothing was published. */
export class PublishRefused extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly pipeline: string,
    readonly condition: string,
  ) {
    super(
      `${pipeline} was not published: ${condition}. Nothing changed in the destination. Start the replicator again, and ` +
        `report this if it happens again.`,
    );
  }
}

/** Whether W has passed every change that the export may lack (rule P2). */
export function watermarkAllowsPublish(watermark: number, exportTime: number): boolean {
  return watermark >= exportTime + EXPORT_BLUR_MS;
}

/**
 * Decides by rule P2, on what the publishing transaction itself read. Returns the state to commit.
 * @throws PublishRefused
 */
export function decidePublish(
  pipeline: string,
  view: PublishView,
  { expected, source, loaded, now }: PublishExpectation,
): CheckpointWrite {
  const { manifest, exportTime } = loaded;
  const stored = readState(pipeline, view.checkpoint);
  const { checkpoint } = stored;
  const refuse = (condition: string): never => {
    throw new PublishRefused(pipeline, condition);
  };
  if (checkpoint.commit !== expected.checkpoint.commit) refuse('its checkpoint changed in the meantime');
  const step = stepAfter(checkpoint.phase, 'publish');
  if (step.do !== 'continue') return refuse(step.do === 'refuse' ? step.because : step.do);
  if (checkpoint.tableId !== source.tableId) refuse('the table was deleted and recreated');
  if (checkpoint.streamArn !== source.streamArn) refuse('the table has a different stream now');
  const ledger = new Map(view.ledger.map(({ file, items }) => [file, items]));
  for (const { key, items } of manifest.files) {
    if (ledger.get(key) !== items) refuse(`file ${key} of the export is not completely loaded`);
  }
  if (!watermarkAllowsPublish(stored.graph.watermark(), exportTime)) {
    refuse('the stream has not been applied far enough past the export');
  }
  const { generation } = checkpoint;
  const published = { generation, at: now, exportTime };
  const next = { checkpoint: { ...checkpoint, phase: step.as, published }, graph: stored.graph };
  return writeState(numbered(next, checkpoint.commit + 1), stored);
}

/**
 * Publishes the loaded export in one transaction. From then on the stream goes into the visible table.
 * @returns `undefined` when the answer was lost: then the committer's state shows whether it is published
 * @throws PublishRefused
 */
export async function publish(
  { context, store, committer, signal }: GenerationRun,
  loaded: LoadedExport,
  source: SourceIdentity,
): Promise<PublishResult | undefined> {
  const { pipeline, aws } = context;
  let result: PublishResult | undefined;
  await committer.replace(async (state) => {
    const now = aws.clock.now();
    await whileUnavailable(context, signal, async () => {
      try {
        result = await store.publish(
          (view) => decidePublish(pipeline, view, { expected: state, source, loaded, now }),
          signal,
        );
      } catch (error) {
        // The checkpoint, read below, decides (rule C3).
        if (!(error instanceof CommitOutcomeUnknown)) throw error;
      }
    });
    const stored = await whileUnavailable(context, signal, () => store.readCheckpoint());
    if (!stored) throw new PublishRefused(pipeline, 'its checkpoint is missing');
    const next = readState(pipeline, stored);
    return next.checkpoint.phase === 'stream' ? { ...next, graph: state.graph } : state;
  });
  return result;
}
