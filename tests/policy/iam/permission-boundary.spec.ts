import * as aws from '@pulumi/aws';
import { permissionBoundary } from '../../../policy/rules/iam/permission-boundary';
import { examine, given, UNKNOWN } from '../examine';

const role = (permissionsBoundary?: string) => given(aws.iam.Role, { name: 'task', permissionsBoundary });
const config = { boundary: 'arn:aws:iam::*:policy/BOUNDARY' };

examine(permissionBoundary, {
  violating: {
    'a role without': {
      given: role(),
      config,
      finds: ['it has no permissions boundary; expected arn:aws:iam::*:policy/BOUNDARY'],
    },
    'a user with another': {
      given: given(aws.iam.User, { permissionsBoundary: 'arn:aws:iam::1:policy/MINE' }),
      config,
      finds: [
        'its permissions boundary is arn:aws:iam::1:policy/MINE; expected arn:aws:iam::*:policy/BOUNDARY',
      ],
    },
  },
  satisfying: {
    'the one that is asked for': { given: role('arn:aws:iam::123456789012:policy/BOUNDARY'), config },
    'none where none is asked for': { given: role() },
  },
  unknown: { 'one that is not there yet': { given: role(UNKNOWN), config } },
});
