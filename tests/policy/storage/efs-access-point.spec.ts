import * as aws from '@pulumi/aws';
import { efsAccessPoint } from '../../../policy/rules/storage/efs-access-point';
import { examine, given, UNKNOWN } from '../examine';

const point = (inputs: object) => given(aws.efs.AccessPoint, { fileSystemId: 'fs-1', ...inputs });

examine(efsAccessPoint, {
  violating: {
    'with the defaults': {
      given: point({}),
      finds: ['its folder is the root of the file system', 'it sets no posixUser'],
    },
    'the root folder': {
      given: point({ rootDirectory: { path: '/' }, posixUser: { uid: 1, gid: 1 } }),
      finds: ['its folder is the root of the file system'],
    },
  },
  satisfying: {
    'folder and user': { given: point({ rootDirectory: { path: '/data' }, posixUser: { uid: 1, gid: 1 } }) },
  },
  unknown: { 'which folder': { given: point({ rootDirectory: UNKNOWN }) } },
});
