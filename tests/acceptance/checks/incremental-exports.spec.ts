import { type IncrementalExports, judgeIncremental } from '../../../acceptance/checks/incremental-exports';
import { judges, UNFINISHED } from './judges';

const FOLDER = 'incremental/AWSDynamoDB/01768385930622-efd1a093/';

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

judges('incremental-exports', {
  cases: {
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
      ['not finished', judgeIncremental(UNFINISHED), 'not asked'],
    ],
  },
  ofNothing: {
    judgeIncremental: [
      judgeIncremental(incremental({ edges: [] })),
      judgeIncremental(incremental({ lastWrites: new Map() })),
    ],
  },
});
