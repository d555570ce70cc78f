import { judgeManifests } from '../../../acceptance/checks/manifest-times';
import { judges, UNFINISHED } from './judges';

judges('manifest-times', {
  cases: {
    'E18 manifests': [
      [
        'the time and the window',
        judgeManifests({ manifest: { offMs: 0 } }, { windowsOffMs: [0, 0] }),
        'holds',
      ],
      ['another time', judgeManifests({ manifest: { offMs: -1 } }, UNFINISHED), /full export.* -1 ms/],
      ['no time', judgeManifests({ manifest: { offMs: NaN } }, UNFINISHED), /names no time/],
      [
        'a window without a time',
        judgeManifests({ manifest: UNFINISHED }, { windowsOffMs: [0, NaN] }),
        /names no time/,
      ],
      ['another window', judgeManifests({ manifest: { offMs: 0 } }, { windowsOffMs: [0, 1_000] }), /1000 ms/],
      ['one of both', judgeManifests({ manifest: UNFINISHED }, { windowsOffMs: [0, 0] }), 'holds'],
      ['not finished', judgeManifests({ manifest: UNFINISHED }, UNFINISHED), 'not asked'],
    ],
  },
  ofNothing: {
    judgeManifests: [
      judgeManifests({ manifest: UNFINISHED }, UNFINISHED),
      judgeManifests({ manifest: UNFINISHED }, { windowsOffMs: [] }),
    ],
  },
});
