import { judgeManifests } from '../../../acceptance/checks/manifest-times';
import { judges } from './judges';

judges('manifest-times', {
  cases: {
    'E18 manifests': [
      ['the time and the window', judgeManifests({ manifestOffMs: 0 }, { windowsOffMs: [0, 0] }), 'holds'],
      ['another time', judgeManifests({ manifestOffMs: -1 }, undefined), /full export.* -1 ms/],
      ['another window', judgeManifests({ manifestOffMs: 0 }, { windowsOffMs: [0, 1_000] }), /1000 ms/],
      ['one of both', judgeManifests({ manifestOffMs: undefined }, { windowsOffMs: [0, 0] }), 'holds'],
      ['not finished', judgeManifests({ manifestOffMs: undefined }, undefined), 'not asked'],
    ],
  },
  ofNothing: {
    judgeManifests: [
      judgeManifests({ manifestOffMs: undefined }, undefined),
      judgeManifests({ manifestOffMs: undefined }, { windowsOffMs: [] }),
    ],
  },
});
