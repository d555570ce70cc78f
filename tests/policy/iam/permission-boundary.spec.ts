import * as aws from '@pulumi/aws';
import { permissionBoundary } from '../../../policy/rules/iam/permission-boundary';
import { examine, given, UNKNOWN } from '../examine';

const role = (permissionsBoundary?: string) => given(aws.iam.Role, { name: 'task', permissionsBoundary });
const config = { boundary: 'arn:aws:iam::*:policy/BOUNDARY' };

examine(permissionBoundary, {
  violating: {
    'a role without a boundary': {
      given: role(),
      config,
      finds: ['it has no permissions boundary; expected arn:aws:iam::*:policy/BOUNDARY'],
    },
    'a user with another boundary': {
      given: given(aws.iam.User, { permissionsBoundary: 'arn:aws:iam::1:policy/MINE' }),
      config,
      finds: [
        'its permissions boundary is arn:aws:iam::1:policy/MINE; expected arn:aws:iam::*:policy/BOUNDARY',
      ],
    },
  },
  satisfying: {
    'the configured boundary': { given: role('arn:aws:iam::123456789012:policy/BOUNDARY'), config },
    'none if none is configured': { given: role() },
  },
  unknown: { 'one that is not there yet': { given: role(UNKNOWN), config } },
});
