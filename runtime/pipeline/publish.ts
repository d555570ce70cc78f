import type { CheckpointWrite, PublishResult, PublishView } from '../destinations/destination';
import { CommitOutcomeUnknown } from '../destinations/errors';
import { ReplicatorError } from '../errors';
import type { Manifest } from '../export/manifest';
import { closes, readState, type PipelineState, writeState } from './checkpoint';
import { numbered } from './committer';
import { whileUnavailable } from './destination-retry';
import type { GenerationRun } from './generation-run';
import { historyAfter } from './heal/limits';
import { phaseOf, stepAfter } from './transitions';
import { EXPORT_BLUR_MS } from './watermark';

/** A data file, and the number of lines that its ledger entry has to have. */
export type LoadedFile = Pick<Manifest['files'][number], 'key' | 'items'>;

/** What a generation publishes, and the time that W has to reach before. Times are epoch ms. */
export interface Publishable {
  /** The table that it was loaded into: that of an export, or that of a heal's lines. */
  readonly from: 'shadow' | 'lines';
  readonly files: readonly LoadedFile[];
  readonly passes: number;
  /** T of the export; `undefined` for a heal, whose rows without a time are still those of the export before it. */
  readonly exportTime: number | undefined;
  readonly healed?: Healed;
}

/** What a heal took. */
export interface Healed {
  readonly windows: number;
  readonly billedBytes: number;
  /** Lines of its exports. */
  readonly lines: number;
  /** Keys that were read again, and those of them that did not exist. */
  readonly reread: number;
  readonly deleted: number;
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
  readonly loaded: Publishable;
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

/** A loaded export: W has to pass every change that it may lack (rule P2). @param exportTime T */
export function publishableExport(files: readonly LoadedFile[], exportTime: number): Publishable {
  return { from: 'shadow', files, passes: exportTime + EXPORT_BLUR_MS, exportTime };
}

/**
 * Decides by rule P2, or G4 for a heal, on what the publishing transaction itself read. Returns the state to commit.
 * @throws PublishRefused
 */
export function decidePublish(
  pipeline: string,
  view: PublishView,
  { expected, source, loaded, now }: PublishExpectation,
): CheckpointWrite {
  const stored = readState(pipeline, view.checkpoint);
  const { checkpoint } = stored;
  const refuse = (condition: string): never => {
    throw new PublishRefused(pipeline, condition);
  };
  if (checkpoint.commit !== expected.checkpoint.commit) refuse('its checkpoint changed in the meantime');
  const step = stepAfter(phaseOf(checkpoint), 'publish');
  if (step.do !== 'continue') return refuse(step.do === 'refuse' ? step.because : step.do);
  if (checkpoint.tableId !== source.tableId) refuse('the table was deleted and recreated');
  if (checkpoint.streamArn !== source.streamArn) refuse('the table has a different stream now');
  const ledger = new Map(view.ledger.map(({ file, items }) => [file, items]));
  for (const { key, items } of loaded.files) {
    if (ledger.get(key) !== items) refuse(`file ${key} of the export is not completely loaded`);
  }
  if (loaded.from === 'lines' && checkpoint.heal?.rereadAt === undefined)
    refuse('its keys have not been read again');
  if (stored.graph.watermark() < loaded.passes) {
    refuse('the stream has not been applied far enough past the export');
  }
  const { generation } = checkpoint;
  const exportTime = loaded.exportTime ?? checkpoint.published?.exportTime;
  if (exportTime === undefined) return refuse('no export was published before it');
  const next: PipelineState = {
    checkpoint: {
      ...checkpoint,
      phase: step.as,
      published: { generation, at: now, exportTime },
      feedsVisible: undefined,
      resyncFailed: undefined,
      heal: undefined,
      ...historyAfter(checkpoint, closes(checkpoint)),
    },
    graph: stored.graph,
  };
  return writeState(numbered(next, checkpoint.commit + 1), stored);
}

/**
 * Publishes the loaded export, or the heal, in one transaction. From then on the stream goes into the visible table.
 * @returns `undefined` when the answer was lost: then the committer's state shows whether it is published
 * @throws PublishRefused
 */
export async function publish(
  { context, store, committer, signal }: GenerationRun,
  loaded: Publishable,
  source: SourceIdentity,
): Promise<PublishResult | undefined> {
  const { pipeline, aws } = context;
  let result: PublishResult | undefined;
  await committer.replace(async (state) => {
    const now = aws.clock.now();
    await whileUnavailable(context, signal, async () => {
      try {
        const decide = (view: PublishView) =>
          decidePublish(pipeline, view, { expected: state, source, loaded, now });
        result = await (loaded.from === 'lines'
          ? store.publishHeal(decide, signal)
          : store.publish(decide, signal));
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
