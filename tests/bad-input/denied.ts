import type { FaultAnswer } from '../../simulator';
import { TABLE } from './place';

/** What AWS names in its answer to a caller without permission. */
export const RESOURCE = `arn:aws:dynamodb:eu-west-1:123456789012:table/${TABLE}`;

/** AWS's answer to a caller that may not do this action. */
export function denied(action: string): FaultAnswer {
  if (action.startsWith('s3:'))
    return { kind: 'error', type: 'AccessDenied', status: 403, message: 'Access Denied' };
  const message = `User: arn:aws:iam::123456789012:user/simulator is not authorized to perform: ${action} on resource: ${RESOURCE} because no identity-based policy allows the ${action} action`;
  return { kind: 'error', type: 'AccessDeniedException', status: 400, message };
}
