import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Answer } from '../../acceptance/check';
import { type AwayOutcome, judgeAwayExport } from '../../acceptance/checks/cross-region';
import { type ExportDay, judgeHistory, judgeOldToken } from '../../acceptance/checks/export-day';
import {
  type FullExport,
  judgeCuts,
  judgeFiles,
  judgeLayout,
  judgeNumberText,
  judgeRounding,
} from '../../acceptance/checks/full-export';
import { type IncrementalExports, judgeIncremental } from '../../acceptance/checks/incremental-exports';
import { judgeIteratorLife } from '../../acceptance/checks/iterator-life';
import { judgeKeyPermissions, judgeKeyReads } from '../../acceptance/checks/key-reads';
import { judgeLatest } from '../../acceptance/checks/latest-iterators';
import { judgeManifests } from '../../acceptance/checks/manifest-times';
import {
  judgeMissingBucket,
  judgeNewestTime,
  judgeRecovery,
  judgeToken,
  type Recovery,
} from '../../acceptance/checks/recovery';
import {
  judgeClosedShards,
  judgeComparability,
  judgeListing,
  judgeRetention,
  judgeRollover,
  judgeRolloverClosing,
  judgeTrimming,
  type StreamDay,
} from '../../acceptance/checks/stream-day';
import type { ShardLife } from '../../acceptance/checks/shard-lives';
import {
  judgeCreationTimes,
  judgeEmptyAnswers,
  judgeNumbers,
  judgeOrder,
  judgePropagation,
  type StreamReads,
} from '../../acceptance/checks/stream-reads';
import {
  judgeClosing,
  judgeFirstListing,
  judgeSwitching,
  type Switching,
} from '../../acceptance/checks/stream-switching';
import { judgeTableStates, type TableStates } from '../../acceptance/checks/table-states';
import { judgeExpiry } from '../../acceptance/checks/time-to-live';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Case = readonly [what: string, answer: Answer, expected: 'holds' | 'not asked' | RegExp];

const NUMBER = 10n ** 22n;

/** Three writes a second apart, each read 300 ms later. */
function reads(change: {
  readonly lagMs?: number;
  readonly created?: (writtenAt: number) => number;
  readonly sequences?: readonly string[];
  readonly order?: readonly number[];
  readonly shards?: readonly string[];
  readonly empties?: StreamReads['oldEmpties'];
}): StreamReads {
  const { lagMs = 300, created = (at) => at, order = [0, 1, 2], shards = ['s', 's', 's'] } = change;
  const { sequences = [1n, 2n, 3n].map((n) => String(NUMBER + n)) } = change;
  const writes = [0, 1, 2].map((n) => {
    const at = n * 1_000;
    return { pk: 'a', n, requestedAt: at, answeredAt: at, date: at };
  });
  const filled = order.map((n, index) => ({
    shard: shards[index] ?? 's',
    requestedAt: n * 1_000 + lagMs,
    records: [{ pk: 'a', n, sequence: sequences[index] ?? '', createdAt: created(n * 1_000) }],
  }));
  const empty = Array.from({ length: Math.floor((2_000 + lagMs) / 250) }, (_, index) => ({
    shard: 's',
    requestedAt: index * 250,
    records: [],
  }));
  const { empties = { atStart: [0], between: [2] } } = change;
  return { writes, answers: [...empty, ...filled], starting: [String(NUMBER)], oldEmpties: empties };
}

const switching = (change: Partial<Switching>): Switching => ({
  enabledAfterMs: 5_000,
  listedAfterMs: 0,
  disabledAfterMs: 5_000,
  closedAfterMs: 20_000,
  written: 20,
  readWhileOff: 20,
  hasEnded: true,
  hasAnotherArn: true,
  readWhenReplaced: 20,
  isSorted: true,
  ...change,
});

const recovery = (change: Partial<Recovery>): Recovery => ({
  refusedWith: undefined,
  unavailableMs: 20_000,
  enabledAfterMs: 10_000,
  recoveryDays: 35,
  latestRestorableLagMs: 300_000,
  exportOfNow: undefined,
  sameToken: { error: undefined, isSameExport: true },
  otherParameters: 'ExportConflictException',
  manifestOffMs: 0,
  missingBucket: { ExportStatus: 'FAILED', FailureCode: 'S3NoSuchBucket' },
  ...change,
});

const exportDay = (change: Partial<ExportDay>): ExportDay => ({
  first: undefined,
  within8Hours: 'the same export',
  after9Hours: 'another export',
  shown: 0,
  refused: undefined,
  ...change,
});

const FOLDER = 'full/AWSDynamoDB/01768385930622-efd1a093/';
const MEMBERS = [
  ...['version', 'exportArn', 'startTime', 'endTime', 'tableArn', 'tableId', 'exportTime', 's3Bucket'],
  ...['s3Prefix', 's3SseAlgorithm', 's3SseKmsKeyId', 'manifestFilesS3Key', 'billedSizeBytes'],
  ...['itemCount', 'outputFormat'],
];

function fullExport(
  change: Partial<Omit<FullExport, 'exported'>> & { readonly exported?: Partial<FullExport['exported']> },
): FullExport {
  const requestedTime = 1_768_385_930_750;
  const file = {
    key: `${FOLDER}data/${'a'.repeat(26)}.json.gz`,
    itemCount: 1,
    bytes: 40,
    isMd5Right: true,
    isEtagRight: true,
    lines: ['{}'],
  };
  return {
    requestedTime,
    tookMs: 300_000,
    cuts: [
      { fromMs: -60_500, toMs: -59_500 },
      { fromMs: 60_200, toMs: 61_200 },
    ],
    numbers: [{ written: '1.50E2', inStream: '150', inExport: '150' }],
    ...change,
    exported: {
      description: { ExportTime: new Date(requestedTime - 750) },
      summaryKey: `${FOLDER}manifest-summary.json`,
      summary: {
        ...Object.fromEntries(MEMBERS.map((member) => [member, ''])),
        exportTime: new Date(requestedTime).toISOString(),
        itemCount: 1,
      },
      isSummaryMd5Right: true,
      filesKey: `${FOLDER}manifest-files.json`,
      isFilesMd5Right: true,
      fileMembers: ['itemCount', 'md5Checksum', 'etag', 'dataFileS3Key'],
      files: [file],
      ...change.exported,
    },
  };
}

const [FILE] = fullExport({}).exported.files as [FullExport['exported']['files'][number]];

function incremental(change: Partial<IncrementalExports>): IncrementalExports {
  const line = (pk: string, members: string, micros = 5_000_000) => ({
    pk,
    micros,
    members: members.split(' '),
    oldN: undefined,
    newN: undefined,
  });
  return {
    first: [
      line('inserted', 'Metadata Keys NewImage'),
      line('altered', 'Metadata Keys OldImage NewImage'),
      line('replaced', 'Metadata Keys OldImage NewImage'),
      line('deleted', 'Metadata Keys OldImage'),
    ],
    firstNewImages: [
      line('inserted', 'Metadata Keys NewImage'),
      line('altered', 'Metadata Keys NewImage'),
      line('replaced', 'Metadata Keys NewImage'),
      line('deleted', 'Metadata Keys'),
    ],
    edges: [{ end: { fromMs: -60_000, toMs: -59_000 }, begin: { fromMs: 59_000, toMs: 60_000 } }],
    lastWrites: new Map([['deleted', { requestedAt: 5_000, answeredAt: 5_010 }]]),
    windowsOffMs: [0, 0, 0, 0, 0, 0],
    billedBytes: [10_000_000],
    dataFolders: ['incremental/AWSDynamoDB/data/'],
    ...change,
  };
}

const [INSERTED, ALTERED, REPLACED, DELETED] = incremental({}).first as [
  IncrementalExports['first'][number],
  IncrementalExports['first'][number],
  IncrementalExports['first'][number],
  IncrementalExports['first'][number],
];

const states = (change: Partial<TableStates>): TableStates => ({
  creatingMs: 5_000,
  writeMeanwhile: 'ResourceNotFoundException',
  deletingMs: 5_000,
  createMeanwhile: 'ResourceInUseException',
  ...change,
});

const KEY_ANSWER = { asked: 10, existing: 5, returned: 5, unprocessed: 0, lost: 0, invented: 0 };
const keyReads = (change: Partial<typeof KEY_ANSWER>) => ({
  answers: [{ ...KEY_ANSWER, ...change }],
  asReplicator: {
    keysOnly: undefined,
    wholeItems: 'AccessDeniedException',
    otherAttributes: 'AccessDeniedException',
    getItem: 'AccessDeniedException',
  },
});
const permissions = (
  change: Partial<Record<keyof ReturnType<typeof keyReads>['asReplicator'], string | undefined>>,
) => {
  const { answers, asReplicator } = keyReads({});
  return { answers, asReplicator: { ...asReplicator, ...change } };
};

/** A root that closed after four hours, and its child. */
function day(
  root: Partial<ShardLife>,
  child: Partial<ShardLife> | null = {},
  change: Partial<StreamDay> = {},
): StreamDay {
  const life = (id: string, openedAt: number, more: Partial<ShardLife>): ShardLife => ({
    id,
    parent: undefined,
    openedAt,
    isRoot: false,
    starting: '5',
    startingNow: '5',
    ending: undefined,
    unlistedMs: 0,
    lastOpenAt: 0,
    missing: undefined,
    hiddenMs: 0,
    orphan: undefined,
    orphanMs: 0,
    times: [0],
    keys: new Set(['key0']),
    first: '6',
    last: '7',
    hasEnded: false,
    lostAgeMs: Infinity,
    readAgeMs: 24 * HOUR,
    ...more,
  });
  const lives = [life('root', 0, { isRoot: true, ending: '9', ...root })];
  if (child !== null) lives.push(life('child', 4 * HOUR, { parent: 'root', starting: '10', ...child }));
  return {
    lives: new Map(lives.map((each) => [each.id, each])),
    endedAt: 9 * HOUR,
    areListingsSorted: true,
    atTrimmed: 'TrimmedDataAccessException',
    ...change,
  };
}

const DELETE = {
  afterMs: HOUR,
  kind: 'REMOVE' satisfies _Record['eventName'],
  by: 'Service dynamodb.amazonaws.com',
  hasOldImage: true,
};

const AWAY_READ: AwayOutcome = {
  kind: 'read',
  foundRegion: 'us-east-1',
  tookMs: 5 * MINUTE,
  files: 4,
  items: 25,
  areMd5sRight: true,
};

const awayExport = (outcome: AwayOutcome = AWAY_READ): Answer =>
  judgeAwayExport({ bucketRegion: 'us-east-1', written: 25, outcome });

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'E1 retention': [
    ['a day', judgeRetention(day({ lostAgeMs: 24 * HOUR })), 'holds'],
    ['nothing lost', judgeRetention(day({})), 'holds'],
    ['less', judgeRetention(day({ lostAgeMs: 23 * HOUR })), /23 hours after its write/],
  ],
  'E2 trimming': [
    ['an error', judgeTrimming(day({ lostAgeMs: 24 * HOUR })), 'holds'],
    ['silence', judgeTrimming(day({}, {}, { atTrimmed: 'it continued without an error' })), 'holds'],
    [
      'another error',
      judgeTrimming(day({}, {}, { atTrimmed: 'ValidationException' })),
      /ValidationException/,
    ],
    ['nothing trimmed', judgeTrimming(day({}, {}, { atTrimmed: undefined })), 'not asked'],
  ],
  'E3 listing': [
    ['soon', judgeListing(day({}, { unlistedMs: 59_000 })), 'holds'],
    ['late', judgeListing(day({}, { unlistedMs: 61_000 })), /not listed 61000 ms after/],
    ['hidden', judgeListing(day({ hiddenMs: 60_000 })), /missing from listings for 60000 ms/],
    ['without parent', judgeListing(day({}, { orphanMs: 60_000 })), /without its parent/],
    ['unsorted', judgeListing(day({}, {}, { areListingsSorted: false })), /order of shard ids/],
    ['a child before its parent', judgeListing(day({ openedAt: 5 * HOUR })), /earlier time/],
    ['no child', judgeListing(day({}, null)), 'not asked'],
    ['a new stream', judgeFirstListing(switching({ listedAfterMs: 59_000 })), 'holds'],
    ['a new stream, late', judgeFirstListing(switching({ listedAfterMs: 61_000 })), /not listed/],
    ['a new stream, never', judgeFirstListing(switching({ listedAfterMs: undefined })), /not listed/],
    ['a new stream, unsorted', judgeFirstListing(switching({ isSorted: false })), /order of shard ids/],
  ],
  'E4 closing': [
    ['at rollover', judgeRolloverClosing(day({ lastOpenAt: 4 * HOUR + 59_000 })), 'holds'],
    ['late', judgeRolloverClosing(day({ lastOpenAt: 4 * HOUR + 61_000 })), /looked open 61000 ms/],
    ['no child', judgeRolloverClosing(day({}, null)), 'not asked'],
    ['turned off', judgeClosing(switching({ closedAfterMs: 65_000 })), 'holds'],
    ['turned off, late', judgeClosing(switching({ closedAfterMs: 66_000 })), /more than a minute/],
    ['turned off, never', judgeClosing(switching({ closedAfterMs: undefined })), /more than a minute/],
  ],
  'E5 closed shards': [
    ['listed', judgeClosedShards(day({})), 'holds'],
    ['gone after a day', judgeClosedShards(day({ missing: { from: 24 * HOUR, until: 25 * HOUR } })), 'holds'],
    [
      'gone before',
      judgeClosedShards(day({ missing: { from: 22 * HOUR, until: 25 * HOUR } })),
      /22 hours after its last record/,
    ],
    [
      'hidden for a moment',
      judgeClosedShards(day({ missing: { from: 22 * HOUR, until: 22 * HOUR + 59_000 } })),
      'holds',
    ],
    ['none closed', judgeClosedShards(day({ ending: undefined })), 'not asked'],
  ],
  'E6 order and rollover': [
    ['in order', judgeOrder(reads({})), 'holds'],
    ['out of order', judgeOrder(reads({ order: [1, 0, 2] })), /after a later one/],
    ['twice', judgeOrder(reads({ order: [0, 1, 2, 2] })), /or twice/],
    ['missing', judgeOrder(reads({ order: [0, 1] })), /1 of 3 writes were not read/],
    ['two shards', judgeOrder(reads({ shards: ['s', 'other', 'other'] })), /another open shard/],
    ['four hours', judgeRollover(day({})), 'holds'],
    ['too long', judgeRollover(day({}, {}, { endedAt: 11 * HOUR })), /open for 7 hours/],
    [
      'a key in two lines',
      judgeRollover(day({}, { parent: 'other' }, { endedAt: 5 * HOUR })),
      /do not continue each other/,
    ],
  ],
  'E7 numbers': [
    ['digits', judgeNumbers(reads({})), 'holds'],
    ['too few', judgeNumbers(reads({ sequences: ['1', '2', '3'] })), /1 to 23 digits/],
    [
      'falling',
      judgeNumbers(reads({ sequences: ['9', '8', '7'].map((n) => n.padEnd(21, '0')) })),
      /not above/,
    ],
    [
      'longer is greater',
      judgeNumbers(reads({ sequences: [`9${'0'.repeat(20)}`, `1${'0'.repeat(21)}`, `2${'0'.repeat(21)}`] })),
      'holds',
    ],
    ['across shards, above', judgeComparability(day({})), 'holds'],
    ['across shards, below', judgeComparability(day({ ending: '11' })), 'holds'],
    ['no child', judgeComparability(day({}, null)), 'not asked'],
  ],
  'E8 propagation': [
    ['soon', judgePropagation(reads({})), 'holds'],
    ['two seconds', judgePropagation(reads({ lagMs: 2_000 })), 'holds'],
    ['later', judgePropagation(reads({ lagMs: 4_000 })), /could not be read 2 s after/],
    [
      'later, behind empty answers',
      judgePropagation(reads({ lagMs: 4_000, empties: { atStart: [30], between: [] } })),
      'holds',
    ],
  ],
  'E9 empty answers': [
    ['two', judgeEmptyAnswers(reads({})), 'holds'],
    ['three', judgeEmptyAnswers(reads({ empties: { atStart: [0, 3], between: [0] } })), /3 empty answers/],
    ['three in between', judgeEmptyAnswers(reads({ empties: { atStart: [0], between: [3] } })), /3 empty/],
  ],
  'E10 creation times': [
    ['equal', judgeCreationTimes(reads({})), 'holds'],
    ['earlier', judgeCreationTimes(reads({ created: (at) => at - 4_000 })), 'holds'],
    ['later', judgeCreationTimes(reads({ created: (at) => at + 1_000 })), /after the answer/],
    ['much earlier', judgeCreationTimes(reads({ created: (at) => at - 2 * MINUTE })), /120000 ms before/],
    ['with a fraction', judgeCreationTimes(reads({ created: (at) => at - 1 })), /not whole seconds/],
  ],
  'E11 LATEST': [['either way', judgeLatest({ reached: [true, false] }), 'holds']],
  'E12 iterators': [
    ['15 minutes', judgeIteratorLife({ young: undefined, old: 'ExpiredIteratorException' }), 'holds'],
    [
      'less',
      judgeIteratorLife({ young: 'ExpiredIteratorException', old: 'ExpiredIteratorException' }),
      /14.5/,
    ],
    ['more', judgeIteratorLife({ young: undefined, old: undefined }), /still be used/],
    ['another error', judgeIteratorLife({ young: undefined, old: 'ValidationException' }), /ValidationExc/],
  ],
  'E13 streams': [
    ['seconds', judgeSwitching(switching({})), 'holds'],
    ['on late', judgeSwitching(switching({ enabledAfterMs: 61_000 })), /not ENABLED/],
    ['never on', judgeSwitching(switching({ enabledAfterMs: undefined })), /not ENABLED/],
    ['off late', judgeSwitching(switching({ disabledAfterMs: 61_000 })), /not DISABLED/],
    ['empty while off', judgeSwitching(switching({ readWhileOff: 0 })), /0 of 20/],
    ['empty when replaced', judgeSwitching(switching({ readWhenReplaced: 19 })), /19 of 20/],
    ['no end', judgeSwitching(switching({ hasEnded: false })), /no last answer/],
    ['the same ARN', judgeSwitching(switching({ hasAnotherArn: false })), /ARN of the first/],
  ],
  'E14 recovery': [
    ['seconds', judgeRecovery(recovery({})), 'holds'],
    ['late', judgeRecovery(recovery({ enabledAfterMs: 301_000 })), /not on/],
    ['never', judgeRecovery(recovery({ enabledAfterMs: undefined })), /not on/],
    ['refused for long', judgeRecovery(recovery({ unavailableMs: 301_000 })), /more than five minutes/],
    ['refused', judgeRecovery(recovery({ refusedWith: 'ValidationException' })), /ValidationException/],
    ['a day', judgeRecovery(recovery({ recoveryDays: 1 })), /1 days/],
    ['the state of then', judgeHistory(exportDay({})), 'holds'],
    ['another state', judgeHistory(exportDay({ shown: 1 })), /as it was/],
    ['no item', judgeHistory(exportDay({ shown: -1 })), /as it was/],
    [
      'refused later',
      judgeHistory(exportDay({ shown: undefined, refused: 'InvalidExportTimeException' })),
      /InvalidExportTime/,
    ],
    ['not finished', judgeHistory(exportDay({ shown: undefined })), 'not asked'],
  ],
  'E15 newest time': [
    ['accepted', judgeNewestTime(recovery({})), 'holds'],
    ['refused', judgeNewestTime(recovery({ exportOfNow: 'InvalidExportTimeException' })), /present time/],
  ],
  'E16 cuts': [
    ['a minute', judgeCuts(fullExport({})), 'holds'],
    ['later', judgeCuts(fullExport({ cuts: [{ fromMs: 61_001, toMs: 62_000 }] })), /1 of 1 items/],
    ['earlier', judgeCuts(fullExport({ cuts: [{ fromMs: -62_500, toMs: -61_001 }] })), /more than 60 s/],
    ['before all writes', judgeCuts(fullExport({ cuts: [{ fromMs: -Infinity, toMs: -150_000 }] })), /60 s/],
    ['not finished', judgeCuts(undefined), 'not asked'],
  ],
  'E17 rounding': [
    ['down', judgeRounding(fullExport({})), 'holds'],
    [
      'a minute off',
      judgeRounding(fullExport({ exported: { description: { ExportTime: new Date(0) } } })),
      /from the requested one/,
    ],
    ['no time', judgeRounding(fullExport({ exported: { description: {} } })), /NaN/],
    ['not finished', judgeRounding(undefined), 'not asked'],
  ],
  'E18 manifests': [
    ['the time and the window', judgeManifests({ manifestOffMs: 0 }, { windowsOffMs: [0, 0] }), 'holds'],
    ['another time', judgeManifests({ manifestOffMs: -1 }, undefined), /full export.* -1 ms/],
    ['another window', judgeManifests({ manifestOffMs: 0 }, { windowsOffMs: [0, 1_000] }), /1000 ms/],
    ['one of both', judgeManifests({ manifestOffMs: undefined }, { windowsOffMs: [0, 0] }), 'holds'],
    ['not finished', judgeManifests({ manifestOffMs: undefined }, undefined), 'not asked'],
  ],
  'E19 files': [
    ['one', judgeFiles(fullExport({})), 'holds'],
    [
      'a line too few',
      judgeFiles(fullExport({ exported: { files: [{ ...FILE, lines: [] }] } })),
      /another number of lines/,
    ],
    ['another total', judgeFiles(fullExport({ exported: { files: [] } })), /lists 0 items/],
    ['not finished', judgeFiles(undefined), 'not asked'],
  ],
  layout: [
    ['as read', judgeLayout(fullExport({})), 'holds'],
    [
      'MD5 of a file',
      judgeLayout(fullExport({ exported: { files: [{ ...FILE, isMd5Right: false }] } })),
      /MD5/,
    ],
    ['ETag', judgeLayout(fullExport({ exported: { files: [{ ...FILE, isEtagRight: false }] } })), /ETag/],
    ['MD5 of the summary', judgeLayout(fullExport({ exported: { isSummaryMd5Right: false } })), /summary/],
    ['MD5 of the list', judgeLayout(fullExport({ exported: { isFilesMd5Right: false } })), /list of files/],
    ['folder', judgeLayout(fullExport({ exported: { summaryKey: 'a/manifest-summary.json' } })), /folder/],
    ['list', judgeLayout(fullExport({ exported: { filesKey: 'a/manifest-files.json' } })), /another key/],
    ['data', judgeLayout(fullExport({ exported: { files: [{ ...FILE, key: 'x.json.gz' }] } })), /data file/],
    ['members', judgeLayout(fullExport({ exported: { fileMembers: ['etag'] } })), /lacks a member/],
    ['not finished', judgeLayout(undefined), 'not asked'],
  ],
  numbers: [
    ['plain', judgeNumberText(fullExport({})), 'holds'],
    [
      'with an exponent',
      judgeNumberText(fullExport({ numbers: [{ written: '1E39', inStream: '1E39', inExport: '1E39' }] })),
      /plain decimal/,
    ],
    [
      'differently',
      judgeNumberText(fullExport({ numbers: [{ written: '1E2', inStream: '100', inExport: '1E2' }] })),
      /differently/,
    ],
    [
      'another',
      judgeNumberText(fullExport({ numbers: [{ written: '1E2', inStream: '1000', inExport: '1000' }] })),
      /another number/,
    ],
    [
      'lost',
      judgeNumberText(fullExport({ numbers: [{ written: '1', inStream: undefined, inExport: '1' }] })),
      /another number/,
    ],
    ['not finished', judgeNumberText(undefined), 'not asked'],
  ],
  'E20 tokens': [
    ['found', judgeToken(recovery({})), 'holds'],
    [
      'a second export',
      judgeToken(recovery({ sameToken: { error: undefined, isSameExport: false } })),
      /second/,
    ],
    ['refused', judgeToken(recovery({ sameToken: { error: 'X', isSameExport: false } })), /refused with X/],
    ['other parameters', judgeToken(recovery({ otherParameters: undefined })), /was accepted/],
    ['another error', judgeToken(recovery({ otherParameters: 'X' })), /was refused with X/],
    ['no export', judgeToken(recovery({ exportOfNow: 'X' })), 'not asked'],
    ['within 8 hours', judgeOldToken(exportDay({ after9Hours: 'X' })), 'holds'],
    ['forgotten', judgeOldToken(exportDay({ within8Hours: 'another export' })), /another export/],
  ],
  'missing bucket': [
    ['fails', judgeMissingBucket(recovery({})), 'holds'],
    [
      'another code',
      judgeMissingBucket(recovery({ missingBucket: { ExportStatus: 'FAILED', FailureCode: 'X' } })),
      /code X/,
    ],
    [
      'refused',
      judgeMissingBucket(recovery({ missingBucket: { ExportStatus: undefined, FailureCode: 'X' } })),
      /is refused/,
    ],
    ['not finished', judgeMissingBucket(recovery({ missingBucket: undefined })), 'not asked'],
  ],
  'E23 time to live': [
    ['deletes', judgeExpiry({ expected: 1, deletes: [DELETE] }), 'holds'],
    ['none', judgeExpiry({ expected: 1, deletes: [] }), /1 of 1 expired items/],
    ['another name', judgeExpiry({ expected: 1, deletes: [{ ...DELETE, kind: 'MODIFY' }] }), /REMOVE/],
    ['no identity', judgeExpiry({ expected: 1, deletes: [{ ...DELETE, by: undefined }] }), /"none"/],
    ['no image', judgeExpiry({ expected: 1, deletes: [{ ...DELETE, hasOldImage: false }] }), /old image/],
  ],
  'E24 tables': [
    ['seconds', judgeTableStates(states({})), 'holds'],
    ['at once', judgeTableStates(states({ writeMeanwhile: undefined, createMeanwhile: undefined })), 'holds'],
    ['never ACTIVE', judgeTableStates(states({ creatingMs: undefined })), /not ACTIVE/],
    ['never gone', judgeTableStates(states({ deletingMs: undefined })), /not gone/],
    ['a free name', judgeTableStates(states({ createMeanwhile: 'accepted' })), /accepted/],
  ],
  'E25 incremental exports': [
    ['as expected', judgeIncremental(incremental({})), 'holds'],
    [
      'no line of a delete',
      judgeIncremental(incremental({ first: [INSERTED, ALTERED, REPLACED] })),
      /"deleted"/,
    ],
    [
      'a line of a brief item',
      judgeIncremental(
        incremental({ first: [INSERTED, ALTERED, REPLACED, DELETED, { ...DELETED, pk: 'brief' }] }),
      ),
      /"brief"/,
    ],
    [
      'a delete with a new image',
      judgeIncremental(
        incremental({ first: [INSERTED, ALTERED, REPLACED, { ...DELETED, members: ALTERED.members }] }),
      ),
      /"deleted"/,
    ],
    [
      'two lines',
      judgeIncremental(incremental({ first: [INSERTED, ALTERED, REPLACED, DELETED, DELETED] })),
      /two lines/,
    ],
    [
      'milliseconds',
      judgeIncremental(
        incremental({ first: [INSERTED, ALTERED, REPLACED, { ...DELETED, micros: 5_000_000_000 }] }),
      ),
      /another time than its last write/,
    ],
    [
      'an edge too far',
      judgeIncremental(
        incremental({
          edges: [{ end: { fromMs: 61_500, toMs: 62_500 }, begin: { fromMs: 0, toMs: 1_000 } }],
        }),
      ),
      /more than 60 s/,
    ],
    ['a folder of its own', judgeIncremental(incremental({ dataFolders: [`${FOLDER}data/`] })), /folder/],
    ['not finished', judgeIncremental(undefined), 'not asked'],
  ],
  'E26 key reads': [
    ['all', judgeKeyReads(keyReads({})), 'holds'],
    ['some unprocessed', judgeKeyReads(keyReads({ unprocessed: 9 })), 'holds'],
    ['lost', judgeKeyReads(keyReads({ lost: 1 })), /neither returned/],
    ['invented', judgeKeyReads(keyReads({ invented: 1 })), /do not exist/],
    ['none processed', judgeKeyReads(keyReads({ unprocessed: 10 })), /processed none/],
  ],
  'key permissions': [
    ['only keys', judgeKeyPermissions(permissions({})), 'holds'],
    ['no keys', judgeKeyPermissions(permissions({ keysOnly: 'AccessDeniedException' })), /was refused/],
    ['whole items', judgeKeyPermissions(permissions({ wholeItems: undefined })), /whole items/],
    ['attributes', judgeKeyPermissions(permissions({ otherAttributes: undefined })), /not keys/],
    ['GetItem', judgeKeyPermissions(permissions({ getItem: undefined })), /GetItem/],
  ],
  'cross-region': [
    ['found and read', awayExport(), 'holds'],
    ['not completed', awayExport({ kind: 'unfinished' }), 'not asked'],
    ['refused', awayExport({ kind: 'refused', code: 'ValidationException' }), /refused with ValidationEx/],
    ['failed', awayExport({ kind: 'failed', code: 'S3AccessDenied' }), /failed with S3AccessDenied/],
    ['unreadable', awayExport({ kind: 'unreadable', code: 'PermanentRedirect' }), /read: PermanentRedirect/],
    ['found elsewhere', awayExport({ ...AWAY_READ, foundRegion: 'eu-west-1' }), /found in eu-west-1/],
    ['not found', awayExport({ ...AWAY_READ, foundRegion: undefined }), /found in no region/],
    ['an item less', awayExport({ ...AWAY_READ, items: 24 }), /25 items were written, and 24 read/],
    ['damaged', awayExport({ ...AWAY_READ, areMd5sRight: false }), /another MD5/],
  ],
};

const UNREAD: StreamReads = {
  ...reads({}),
  answers: [],
  starting: [],
  oldEmpties: { atStart: [], between: [] },
};
const WITHOUT_A_DAY = day({}, {}, { lives: new Map(), atTrimmed: undefined });
const THROTTLED = 'ThrottlingException';
const DENIED = 'AccessDeniedException';

/** By the name of the function: what it makes of nothing observed, or of requests that AWS refused to answer. */
const UNSEEN: Readonly<Record<string, readonly Answer[]>> = {
  judgeAwayExport: [
    awayExport({ kind: 'unfinished' }),
    judgeAwayExport({ bucketRegion: 'us-east-1', written: 0, outcome: { ...AWAY_READ, items: 0 } }),
  ],
  judgeHistory: [judgeHistory(exportDay({ shown: undefined, refused: THROTTLED }))],
  judgeOldToken: [
    judgeOldToken(exportDay({ first: 'PointInTimeRecoveryUnavailableException' })),
    judgeOldToken(exportDay({ within8Hours: THROTTLED })),
  ],
  judgeCuts: [
    judgeCuts(undefined),
    judgeCuts(fullExport({ cuts: [] })),
    judgeCuts(fullExport({ cuts: [{ fromMs: -Infinity, toMs: Infinity }] })),
  ],
  judgeRounding: [judgeRounding(undefined)],
  judgeFiles: [
    judgeFiles(
      fullExport({ exported: { files: [], summary: { ...fullExport({}).exported.summary, itemCount: 0 } } }),
    ),
  ],
  judgeLayout: [judgeLayout(fullExport({ exported: { files: [] } }))],
  judgeNumberText: [judgeNumberText(fullExport({ numbers: [] }))],
  judgeIncremental: [
    judgeIncremental(incremental({ edges: [] })),
    judgeIncremental(incremental({ lastWrites: new Map() })),
  ],
  judgeIteratorLife: [
    judgeIteratorLife({ young: THROTTLED, old: undefined }),
    judgeIteratorLife({ young: undefined, old: DENIED }),
  ],
  judgeKeyReads: [
    judgeKeyReads({ ...keyReads({}), answers: [] }),
    judgeKeyReads(keyReads({ existing: 0, returned: 0 })),
  ],
  judgeKeyPermissions: [
    judgeKeyPermissions(permissions({ wholeItems: THROTTLED })),
    judgeKeyPermissions(permissions({ keysOnly: 'ExpiredTokenException' })),
  ],
  judgeLatest: [judgeLatest({ reached: [] })],
  judgeManifests: [
    judgeManifests({ manifestOffMs: undefined }, undefined),
    judgeManifests({ manifestOffMs: undefined }, { windowsOffMs: [] }),
  ],
  judgeRecovery: [judgeRecovery(recovery({ refusedWith: 'LimitExceededException' }))],
  judgeNewestTime: [
    judgeNewestTime(recovery({ exportOfNow: 'LimitExceededException' })),
    judgeNewestTime(recovery({ enabledAfterMs: undefined, exportOfNow: 'X' })),
  ],
  judgeToken: [
    judgeToken(recovery({ exportOfNow: DENIED })),
    judgeToken(recovery({ otherParameters: THROTTLED })),
    judgeToken(recovery({ sameToken: { error: THROTTLED, isSameExport: false } })),
  ],
  judgeMissingBucket: [
    judgeMissingBucket(recovery({ missingBucket: { ExportStatus: undefined, FailureCode: THROTTLED } })),
    judgeMissingBucket(
      recovery({ enabledAfterMs: undefined, missingBucket: { ExportStatus: undefined, FailureCode: 'X' } }),
    ),
  ],
  judgeRetention: [
    judgeRetention(WITHOUT_A_DAY),
    judgeRetention(day({ readAgeMs: 0 }, { readAgeMs: 20 * HOUR })),
  ],
  judgeTrimming: [judgeTrimming(WITHOUT_A_DAY), judgeTrimming(day({}, {}, { atTrimmed: THROTTLED }))],
  judgeListing: [judgeListing(WITHOUT_A_DAY)],
  judgeRolloverClosing: [judgeRolloverClosing(WITHOUT_A_DAY)],
  judgeClosedShards: [judgeClosedShards(WITHOUT_A_DAY)],
  judgeRollover: [
    judgeRollover(WITHOUT_A_DAY),
    judgeRollover(day({}, null, { endedAt: 5 * HOUR })),
    judgeRollover(day({ keys: new Set() }, { keys: new Set() })),
  ],
  judgeComparability: [judgeComparability(WITHOUT_A_DAY)],
  judgeOrder: [judgeOrder(UNREAD), judgeOrder({ ...reads({}), writes: [] })],
  judgeNumbers: [judgeNumbers(UNREAD), judgeNumbers({ ...UNREAD, starting: [String(NUMBER)] })],
  judgePropagation: [judgePropagation(UNREAD), judgePropagation({ ...reads({}), writes: [] })],
  judgeEmptyAnswers: [judgeEmptyAnswers(UNREAD)],
  judgeCreationTimes: [
    judgeCreationTimes(UNREAD),
    judgeCreationTimes({
      ...reads({}),
      writes: reads({}).writes.map((each) => ({ ...each, date: undefined })),
    }),
  ],
  judgeSwitching: [judgeSwitching(switching({ written: 0, readWhileOff: 0, readWhenReplaced: 0 }))],
  judgeFirstListing: [judgeFirstListing(switching({ enabledAfterMs: undefined, listedAfterMs: undefined }))],
  judgeClosing: [judgeClosing(switching({ disabledAfterMs: undefined }))],
  judgeTableStates: [
    judgeTableStates(states({ createMeanwhile: 'LimitExceededException' })),
    judgeTableStates(states({ writeMeanwhile: DENIED })),
  ],
  judgeExpiry: [judgeExpiry({ expected: 0, deletes: [] })],
};

const CHECK_FILES = join(__dirname, '../../acceptance/checks');

/** Every function of the checks that makes an answer of observations. */
function judging(): readonly string[] {
  const read = createRequire(__filename);
  const names = readdirSync(CHECK_FILES).flatMap((name) =>
    Object.keys(read(join(CHECK_FILES, name)) as object),
  );
  return [...new Set(names.filter((name) => name.startsWith('judge')))].sort();
}

describe('acceptance: what the checks make of nothing', () => {
  it('each function has a row', () => {
    assert.deepEqual(Object.keys(UNSEEN).sort(), judging());
  });

  for (const [name, answers] of Object.entries(UNSEEN))
    it(`${name}: nothing observed is not asked, with the reason`, () => {
      for (const [index, { verdict, because = '' }] of answers.entries()) {
        assert.equal(verdict, 'not asked', `row ${index}: ${because}`);
        assert.match(because, /^[A-Z].*\.$/);
      }
    });
});

describe('acceptance: what the checks make of observations', () => {
  for (const [assumption, cases] of Object.entries(CASES)) {
    for (const [what, answer, expected] of cases) {
      it(`${assumption.replace(/^E/, 'assumption E')}: ${what}`, () => {
        if (typeof expected === 'string') {
          assert.equal(answer.verdict, expected, answer.because);
          return;
        }
        assert.equal(answer.verdict, 'differs');
        assert.match(answer.because ?? '', expected);
      });
    }
  }

  it('figures are JSON without infinities', () => {
    for (const [, answer] of Object.values(CASES).flat()) {
      for (const [name, figure] of Object.entries(answer.observed)) {
        if (typeof figure === 'number' && answer.verdict === 'holds')
          assert.ok(Number.isFinite(figure), name);
      }
    }
  });
});
