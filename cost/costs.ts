import { counted } from './figures';
import { BYTES_A_BILLED_GB, HOURS_A_MONTH, type Price, PRICES, type Prices } from './prices';

/** The costs of a stack and of its tables: one model for everything that reports a cost. Pure. */

/** One entry of an estimate. */
export interface Cost {
  readonly what: string;
  readonly when: 'once' | 'a month';
  readonly usd: number;
  /** The unit price and its source. */
  readonly price: Price;
}

/** The facts of a table that decide what its replication costs. */
export interface PlannedTable {
  readonly name: string;
  readonly sizeBytes: number;
  /** Point-in-time recovery is already on, so it adds no cost. */
  readonly hasRecovery: boolean;
  /** Open shards of its stream. */
  readonly openShards: number;
}

export interface Habits {
  /** Pause between reads of an idle shard, in ms; a busy one is read more often. */
  readonly idleReadMs: number;
  /** Most reads of idle shards that a process makes in a second. */
  readonly idleReadsPerSecond: number;
  /** How long an export is kept. */
  readonly exportDays: number;
  /** Time between two scheduled verifies, in ms; undefined without a schedule. */
  readonly verifyEveryMs?: number | undefined;
}

/** Number of reads that the price `getRecords` is for. */
const READS_A_PRICE = 100_000;
const SECONDS_AN_HOUR = 3_600;
const DAYS_A_MONTH = 30;
const MS_AN_HOUR = 3_600_000;

/** The price of a full export of a table of this size, in US dollars. S3 bills requests and storage separately. */
export function exportCostUsd(tableBytes: number, prices: Prices = PRICES): number {
  return (tableBytes / BYTES_A_BILLED_GB) * prices.exportGb.usd;
}

/** The costs that a table adds to its stack. */
export function costsOfTable(
  { name, sizeBytes, hasRecovery, openShards }: PlannedTable,
  { idleReadMs, idleReadsPerSecond, exportDays, verifyEveryMs }: Habits,
  prices: Prices,
): readonly Cost[] {
  const gb = sizeBytes / BYTES_A_BILLED_GB;
  const readsPerSecond = Math.min((openShards * 1_000) / idleReadMs, idleReadsPerSecond);
  const reads = readsPerSecond * HOURS_A_MONTH * SECONDS_AN_HOUR;
  const stored = gb * (exportDays / DAYS_A_MONTH);
  return [
    {
      what: `${name}: export`,
      when: 'once',
      usd: exportCostUsd(sizeBytes, prices),
      price: prices.exportGb,
    },
    {
      what: `${name}: export, kept for ${exportDays} days`,
      when: 'once',
      usd: stored * prices.bucketGbMonth.usd,
      price: prices.bucketGbMonth,
    },
    {
      what: `${name}: point-in-time recovery${hasRecovery ? ' (already on)' : ''}`,
      when: 'a month',
      usd: hasRecovery ? 0 : gb * prices.recoveryGbMonth.usd,
      price: prices.recoveryGbMonth,
    },
    {
      what: `${name}: stream, ${openShards} idle shard${openShards === 1 ? '' : 's'}`,
      when: 'a month',
      usd: (reads / READS_A_PRICE) * prices.getRecords.usd,
      price: prices.getRecords,
    },
    ...verifyCosts({ name, sizeBytes }, { exportDays, verifyEveryMs }, prices),
  ];
}

/** Days that a stack's bucket keeps exports by default. */
export const DEFAULT_EXPORT_DAYS = 14;

/** Number of scheduled verifies in a month. */
export function verifiesAMonth(verifyEveryMs: number): number {
  return (HOURS_A_MONTH * MS_AN_HOUR) / verifyEveryMs;
}

/** What scheduled verifies of a table cost. Each exports the whole table, also to compare only a sample. */
export function verifyCosts(
  { name, sizeBytes }: Pick<PlannedTable, 'name' | 'sizeBytes'>,
  { exportDays, verifyEveryMs }: Pick<Habits, 'exportDays' | 'verifyEveryMs'>,
  prices: Prices,
): readonly Cost[] {
  if (verifyEveryMs === undefined) return [];
  const verifies = verifiesAMonth(verifyEveryMs);
  const stored = (sizeBytes / BYTES_A_BILLED_GB) * (exportDays / DAYS_A_MONTH);
  const often = `${Number(verifies.toFixed(1))} verifies`;
  return [
    {
      what: `${name}: exports for ${often}`,
      when: 'a month',
      usd: verifies * exportCostUsd(sizeBytes, prices),
      price: prices.exportGb,
    },
    {
      what: `${name}: these exports, kept for ${exportDays} days`,
      when: 'a month',
      usd: verifies * stored * prices.bucketGbMonth.usd,
      price: prices.bucketGbMonth,
    },
  ];
}

/** The parts of a stack with a fixed monthly cost. */
export interface StackParts {
  /** CPU units, 1024 a core. */
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Disk of the task; the first 20 GiB are free. */
  readonly storageGiB: number;
  readonly isArm: boolean;
  readonly isSpot: boolean;
  readonly metrics: number;
  readonly alarms: number;
  readonly dashboards: number;
  readonly secrets: number;
  readonly keys: number;
  /** Interface endpoints, each counted once for every zone that it is in. */
  readonly interfaces: number;
  readonly natGateways: number;
}

/** Disk that each Fargate task has. */
export const FREE_STORAGE_GIB = 20;

/** The fixed monthly costs of a stack. Exports, recovery, streams and logs are billed by use and not included. */
export function costsOfStack(parts: StackParts, prices: Prices): readonly Cost[] {
  const { cpu, memoryMiB, isArm, isSpot } = parts;
  const [vcpu, gib] = isArm
    ? [prices.fargateVcpuHourArm, prices.fargateGibHourArm]
    : [prices.fargateVcpuHourX86, prices.fargateGibHourX86];
  const taskHours = HOURS_A_MONTH * (isSpot ? prices.fargateSpotShare.usd : 1);
  const kind = `${isArm ? 'ARM' : 'x86'}${isSpot ? ', on spare capacity' : ''}`;
  const entry = (count: number, what: string, price: Price, times = 1): readonly Cost[] =>
    count === 0 ? [] : [{ what, when: 'a month', usd: count * times * price.usd, price }];
  return [
    ...entry(cpu / 1024, `task: ${cpu / 1024} vCPU, ${kind}`, vcpu, taskHours),
    ...entry(memoryMiB / 1024, `task: ${memoryMiB / 1024} GiB, ${kind}`, gib, taskHours),
    ...entry(
      Math.max(0, parts.storageGiB - FREE_STORAGE_GIB),
      `task: ${parts.storageGiB} GiB of disk, ${FREE_STORAGE_GIB} of them free`,
      prices.fargateStorageGbHour,
      HOURS_A_MONTH,
    ),
    ...entry(
      parts.interfaces,
      `${counted(parts.interfaces, 'interface endpoint')}, counted in each zone`,
      prices.interfaceHour,
      HOURS_A_MONTH,
    ),
    ...entry(parts.natGateways, counted(parts.natGateways, 'NAT gateway'), prices.natHour, HOURS_A_MONTH),
    ...entry(parts.alarms, counted(parts.alarms, 'alarm'), prices.alarmMonth),
    ...entry(parts.metrics, counted(parts.metrics, 'metric'), prices.metricMonth),
    ...entry(
      parts.dashboards,
      `${counted(parts.dashboards, 'dashboard')} (the first three of an account are free)`,
      prices.dashboardMonth,
    ),
    ...entry(parts.secrets, counted(parts.secrets, 'secret'), prices.secretMonth),
    ...entry(parts.keys, counted(parts.keys, 'KMS key'), prices.keyMonth),
  ];
}
