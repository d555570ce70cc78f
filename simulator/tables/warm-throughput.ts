import { invalid } from './invalid';
import type { Input } from './request';
import { optionalInteger, optionalStructure } from './request';
import type { Throughput } from './throughput';

/** The warm throughput that a request sets for a table or an index. It is described but has no effect. */
export type WarmThroughput = Partial<Throughput>;

/** Settings of a table or an index that determine its warm throughput. */
interface Warmed {
  /** Undefined if on-demand. */
  readonly throughput?: Throughput | undefined;
  readonly warmThroughput?: WarmThroughput;
}

/** Initial warm throughput of every on-demand table ("Understanding DynamoDB warm throughput"). */
const ON_DEMAND: Throughput = { read: 12_000, write: 4_000 };

/** @throws ServiceError ValidationException */
export function readWarmThroughput(input: Input): WarmThroughput | undefined {
  const given = optionalStructure(input, 'WarmThroughput');
  if (!given) return undefined;
  const read = optionalInteger(given, 'ReadUnitsPerSecond', 1);
  const write = optionalInteger(given, 'WriteUnitsPerSecond', 1);
  if (read === undefined && write === undefined) {
    throw invalid('WarmThroughput needs ReadUnitsPerSecond or WriteUnitsPerSecond');
  }
  return { ...(read === undefined ? {} : { read }), ...(write === undefined ? {} : { write }) };
}

/** @throws ServiceError ValidationException if it is lower than the present value */
export function checkWarmThroughput(name: string, wanted: WarmThroughput | undefined, from: Warmed): void {
  const current = warmThroughputOf(from);
  for (const [unit, what] of [
    ['read', 'ReadUnitsPerSecond'],
    ['write', 'WriteUnitsPerSecond'],
  ] as const) {
    const requested = wanted?.[unit] ?? Infinity;
    if (requested >= current[unit]) continue;
    throw invalid(
      `Requested ${what} of ${name} is lower than current WarmThroughput. Requested: ${requested}, current: ${current[unit]}`,
    );
  }
}

export const describedWarmThroughput = (of: Warmed): object => {
  const { read, write } = warmThroughputOf(of);
  return { ReadUnitsPerSecond: read, WriteUnitsPerSecond: write, Status: 'ACTIVE' };
};

const warmThroughputOf = ({ throughput, warmThroughput }: Warmed): Throughput => {
  const { read, write } = throughput ?? ON_DEMAND;
  return {
    read: Math.max(read, warmThroughput?.read ?? 0),
    write: Math.max(write, warmThroughput?.write ?? 0),
  };
};
