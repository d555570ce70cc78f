import type { FaultAnswer } from '../../simulator';
import { TABLE } from './place';

/** The resource in AWS's error for a caller without permission. */
export const RESOURCE = `arn:aws:dynamodb:eu-west-1:123456789012:table/${TABLE}`;

/** AWS's error for a caller that lacks permission for this action. */
export function denied(action: string): FaultAnswer {
  if (action.startsWith('s3:'))
    return { kind: 'error', type: 'AccessDenied', status: 403, message: 'Access Denied' };
  const message = `User: arn:aws:iam::123456789012:user/simulator is not authorized to perform: ${action} on resource: ${RESOURCE} because no identity-based policy allows the ${action} action`;
  return { kind: 'error', type: 'AccessDeniedException', status: 400, message };
}
