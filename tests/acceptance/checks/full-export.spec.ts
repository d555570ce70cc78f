import {
  type FullExport,
  judgeCuts,
  judgeFiles,
  judgeLayout,
  judgeNumberText,
  judgeRounding,
} from '../../../acceptance/checks/full-export';
import { judges, UNFINISHED } from './judges';

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

judges('full-export', {
  cases: {
    'E16 cuts': [
      ['a minute', judgeCuts(fullExport({})), 'holds'],
      ['later', judgeCuts(fullExport({ cuts: [{ fromMs: 61_001, toMs: 62_000 }] })), /1 of 1 items/],
      ['earlier', judgeCuts(fullExport({ cuts: [{ fromMs: -62_500, toMs: -61_001 }] })), /more than 60 s/],
      ['before all writes', judgeCuts(fullExport({ cuts: [{ fromMs: -Infinity, toMs: -150_000 }] })), /60 s/],
      ['not finished', judgeCuts(UNFINISHED), 'not asked'],
    ],
    'E17 rounding': [
      ['down', judgeRounding(fullExport({})), 'holds'],
      [
        'a minute off',
        judgeRounding(fullExport({ exported: { description: { ExportTime: new Date(0) } } })),
        /from the requested one/,
      ],
      ['not finished', judgeRounding(UNFINISHED), 'not asked'],
    ],
    'E19 files': [
      ['one', judgeFiles(fullExport({})), 'holds'],
      [
        'a line too few',
        judgeFiles(fullExport({ exported: { files: [{ ...FILE, lines: [] }] } })),
        /another number of lines/,
      ],
      ['another total', judgeFiles(fullExport({ exported: { files: [] } })), /lists 0 items/],
      ['not finished', judgeFiles(UNFINISHED), 'not asked'],
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
      [
        'data',
        judgeLayout(fullExport({ exported: { files: [{ ...FILE, key: 'x.json.gz' }] } })),
        /data file/,
      ],
      ['members', judgeLayout(fullExport({ exported: { fileMembers: ['etag'] } })), /lacks a member/],
      ['not finished', judgeLayout(UNFINISHED), 'not asked'],
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
      ['not finished', judgeNumberText(UNFINISHED), 'not asked'],
    ],
  },
  ofNothing: {
    judgeCuts: [
      judgeCuts(UNFINISHED),
      judgeCuts(fullExport({ cuts: [] })),
      judgeCuts(fullExport({ cuts: [{ fromMs: -Infinity, toMs: Infinity }] })),
    ],
    judgeRounding: [judgeRounding(UNFINISHED), judgeRounding(fullExport({ exported: { description: {} } }))],
    judgeFiles: [
      judgeFiles(
        fullExport({
          exported: { files: [], summary: { ...fullExport({}).exported.summary, itemCount: 0 } },
        }),
      ),
    ],
    judgeLayout: [judgeLayout(fullExport({ exported: { files: [] } }))],
    judgeNumberText: [
      judgeNumberText(fullExport({ numbers: [] })),
      judgeNumberText(fullExport({ numbers: [{ written: '1', inStream: undefined, inExport: '1' }] })),
      judgeNumberText(fullExport({ numbers: [{ written: '1', inStream: '1', inExport: undefined }] })),
    ],
  },
});
