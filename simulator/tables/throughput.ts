import { validation } from '../service-error';
import type { Input } from './request';
import { missing, optionalInteger } from './request';

/** Capacity units per second. */
export interface Throughput {
  readonly read: number;
  readonly write: number;
}

/** @throws ServiceError ValidationException unless both are given */
export function readThroughput(input: Input): Throughput {
  const read = optionalInteger(input, 'ReadCapacityUnits', 1);
  const write = optionalInteger(input, 'WriteCapacityUnits', 1);
  if (read !== undefined && write !== undefined) return { read, write };
  if (read !== undefined) throw missing('provisionedThroughput.writeCapacityUnits');
  if (write !== undefined) throw missing('provisionedThroughput.readCapacityUnits');
  throw validation(
    'One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
  );
}

/** Throughput in the form of table descriptions; zero for an on-demand table. */
export const describedThroughput = ({ read, write }: Throughput): object => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: read,
  WriteCapacityUnits: write,
});
