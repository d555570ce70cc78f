import { ServiceError } from './service-error';

/** STS, as far as asking who one is. */
export function callerIdentity(accountId: string): Readonly<Record<string, () => unknown>> {
  return {
    GetCallerIdentity: () => ({
      Arn: `arn:aws:iam::${accountId}:user/simulator`,
      UserId: 'AIDASIMULATOREXAMPLE',
      Account: accountId,
    }),
  };
}

export const unknownAction = (operation: string): ServiceError =>
  new ServiceError('InvalidAction', `Could not find operation ${operation} for version 2011-06-15`);
