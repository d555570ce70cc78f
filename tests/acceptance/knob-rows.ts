import type { Answer, Mode } from '../../acceptance/check';
import type { Knobs } from '../../simulator';
import type { Meanwhile } from './asked';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A knob turned beyond what is assumed, or to another value that is allowed, and what the checks then say. */
export interface KnobRow {
  readonly knob: keyof Knobs;
  readonly value: Knobs[keyof Knobs];
  /** Other knobs, without which this one shows nothing. */
  readonly beside?: Partial<Knobs>;
  readonly mode: Mode;
  /** Ids of exactly the checks that differ. */
  readonly differs?: readonly string[];
  /** What checks observe, by id. */
  readonly shows?: Readonly<Record<string, Answer['observed']>>;
  /** Ids of the checks that cannot be asked then. */
  readonly unasked?: readonly string[];
  readonly meanwhile?: Meanwhile;
}

/** Twice at the same instant: nobody can have listed the shards in between. */
const rollOverTwice: Meanwhile = async ({ clock, simulator }) => {
  await clock.sleep(HOUR);
  simulator.rollover('replicator-acceptance-abcd1234-day');
  simulator.rollover('replicator-acceptance-abcd1234-day');
};

const quick = (
  knob: keyof Knobs,
  value: Knobs[keyof Knobs],
  expected: Omit<KnobRow, 'knob' | 'value' | 'mode'>,
): KnobRow => ({ knob, value, mode: 'quick', ...expected });

/** One hash range is enough, and faster. */
const long = (
  knob: keyof Knobs,
  value: Knobs[keyof Knobs],
  expected: Omit<KnobRow, 'knob' | 'value' | 'mode'>,
): KnobRow => ({
  knob,
  value,
  mode: 'long',
  ...expected,
  beside: { partitions: 1, ...expected.beside },
});

export const KNOB_ROWS: readonly KnobRow[] = [
  quick('propagationMs', [5 * SECOND, 5 * SECOND], { differs: ['E8'] }),
  quick('exportCutMs', 180 * SECOND, { differs: ['E16', 'E25'] }),
  quick('emptyPagesBeforeData', { probability: 1, most: 5 }, { differs: ['E9'] }),
  quick('falseEmptyPages', { probability: 1, most: 5 }, { differs: ['E9'] }),
  quick('creationTimeJitterMs', [2 * SECOND, 2 * SECOND], { differs: ['E10'] }),
  quick('creationTimeJitterMs', [-2 * MINUTE, -2 * MINUTE], { differs: ['E10'] }),
  quick('sequenceDigits', [41, 44], { differs: ['E7'] }),
  quick('sequenceDigits', [15, 18], { differs: ['E7'] }),
  quick('closingLagMs', [200 * SECOND, 200 * SECOND], { differs: ['E4'] }),
  quick('latestMiss', 1, { shows: { E11: { rounds: 12, missed: 12 } } }),
  quick('iteratorLifeMs', 10 * MINUTE, { differs: ['E12'] }),
  quick('iteratorLifeMs', HOUR, { differs: ['E12'] }),
  quick('streamEnablingMs', 5 * MINUTE, { differs: ['E13'] }),
  quick('streamDisablingMs', 5 * MINUTE, { differs: ['E13'] }),
  quick('backupsEnablingMs', [8 * MINUTE, 8 * MINUTE], { differs: ['E14'] }),
  quick('backupsUnavailableMs', 8 * MINUTE, { differs: ['E14'] }),
  quick('latestRestorableLagMs', 0, { shows: { E15: { latestRestorableLagMs: 0 } } }),
  // The check of its token has nothing to ask about.
  quick('newestExportLagMs', MINUTE, { differs: ['E15'], unasked: ['E20'] }),
  quick('exportCut', 'exact', {
    shows: { E16: { mayShareOneCut: true }, E25: { itemsWithTwoCutsAtTheEdge: 0, mayShareOneCut: true } },
  }),
  quick('exportTimeRounding', 'none', {
    beside: { exportCut: 'exact' },
    shows: { E17: { cutFromMs: -200, cutToMs: 300 } },
  }),
  quick('exportTimeRounding', 'down', {
    beside: { exportCut: 'exact' },
    shows: { E17: { cutFromMs: -700, cutToMs: -200 } },
  }),
  quick('exportTimeRounding', 'up', {
    beside: { exportCut: 'exact' },
    shows: { E17: { cutFromMs: 300, cutToMs: 800 } },
  }),
  quick('exportEdges', 'shared', { shows: { E25: { itemsWithTwoCutsAtTheEdge: 0 } } }),
  quick('manifestTimeOffMs', MINUTE, { differs: ['E18'] }),
  quick('manifestTimeOffMs', -1, { differs: ['E18'] }),
  quick('exportDurationMs', [20 * MINUTE, 20 * MINUTE], { shows: { E19: { tookMs: 20 * MINUTE } } }),
  quick('exportFiles', 7, { shows: { E19: { files: 7 } } }),
  quick('partitions', 1, { shows: { E6: { shardsWithRecords: 1 }, E19: { files: 1 } } }),
  quick('exportTokenMs', 0, { differs: ['E20'] }),
  quick('tableCreatingMs', 30 * SECOND, {
    shows: { E24: { creatingMs: 30 * SECOND, writeWhileCreating: 'ResourceNotFoundException' } },
  }),
  quick('tableDeletingMs', 20 * MINUTE, { differs: ['E24'] }),
  quick('tableDeletingMs', 30 * SECOND, {
    shows: { E24: { deletingMs: 30 * SECOND, createWhileDeleting: 'ResourceInUseException' } },
  }),
  quick('unprocessedKeys', 1, { shows: { E26: { callsThatReadNothing: 0, unprocessed: 49_500 } } }),

  long('retentionMs', 20 * HOUR, { differs: ['E1'] }),
  long('trimLazinessMs', [90 * MINUTE, 90 * MINUTE], { shows: { E1: { youngestTrimmedHours: 25.5 } } }),
  long('trimLazinessMs', [6 * HOUR, 6 * HOUR], {
    shows: { E1: { youngestTrimmedHours: 'never' } },
    unasked: ['E2'],
  }),
  long('silentTrim', true, { shows: { E2: { readerAtTrimmedRecord: 'it continued without an error' } } }),
  long('childListingLagMs', [90 * SECOND, 90 * SECOND], { differs: ['E3'] }),
  long('listedShardHiddenMs', [200 * SECOND, 200 * SECOND], { differs: ['E3'] }),
  long('parentOmissionMs', [200 * SECOND, 200 * SECOND], { differs: ['E3'], meanwhile: rollOverTwice }),
  long('closingLagMs', [200 * SECOND, 200 * SECOND], { differs: ['E4'] }),
  long('closedShardListedMs', [-6 * HOUR, -6 * HOUR], { differs: ['E5'], unasked: ['E1', 'E2'] }),
  long('shardRolloverMs', 8 * HOUR, { differs: ['E6'] }),
  long('shardRolloverMs', Infinity, { differs: ['E6'], unasked: ['E3', 'E4', 'E5', 'E7'] }),
  long('shardRolloverSpreadMs', 3 * HOUR, {}),
  long('comparableAcrossShards', false, { shows: { E7: { areAboveTheirParent: false } } }),
  long('historyHours', 12, { differs: ['E14'] }),
  long('exportTokenMs', 4 * HOUR, { differs: ['E20'] }),

  {
    knob: 'timeToLiveSweepMs',
    value: 3 * HOUR,
    mode: 'ttl',
    shows: { E23: { deleted: 20, longestHours: 2.9 } },
  },
];

/** No check asks about these. */
export const UNASKED_KNOBS: readonly (keyof Knobs)[] = ['concurrentExports', 'exportListedMs'];
