import { validation } from '../service-error';
import type { Input } from './request';
import { missing, optionalInteger, optionalStructure } from './request';

/** Capacity units a second. */
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

/** Throughput as descriptions have it; on demand it is zero. */
export const describedThroughput = ({ read, write }: Throughput): object => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: read,
  WriteCapacityUnits: write,
});

/** WarmThroughput as a request gives it. It has no effect. @throws ServiceError ValidationException */
export function readWarmThroughput(input: Input): object | undefined {
  const given = optionalStructure(input, 'WarmThroughput');
  if (!given) return undefined;
  const read = optionalInteger(given, 'ReadUnitsPerSecond', 1);
  const write = optionalInteger(given, 'WriteUnitsPerSecond', 1);
  if (read !== undefined || write !== undefined) {
    return {
      ...(read === undefined ? {} : { ReadUnitsPerSecond: read }),
      ...(write === undefined ? {} : { WriteUnitsPerSecond: write }),
    };
  }
  throw validation(
    'One or more parameter values were invalid: WarmThroughput needs ReadUnitsPerSecond or WriteUnitsPerSecond',
  );
}

/** What a new table or index can take at once ("DynamoDB warm throughput"): on demand as much as AWS starts with. */
export const describedWarmThroughput = (
  throughput: Throughput | undefined,
  warm: object | undefined,
): object => ({
  ReadUnitsPerSecond: throughput?.read ?? 12_000,
  WriteUnitsPerSecond: throughput?.write ?? 4_000,
  ...warm,
  Status: 'ACTIVE',
});
