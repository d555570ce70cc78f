import { HOURS_A_MONTH, type Price, type Prices } from './prices';

/** One line of an estimate. */
export interface Cost {
  readonly what: string;
  readonly when: 'once' | 'a month';
  readonly usd: number;
  /** What it is made of, and where the price is from. */
  readonly price: Price;
}

/** What is known of a table that is, or is to be, replicated. */
export interface PlannedTable {
  readonly name: string;
  readonly sizeBytes: number;
  /** Point-in-time recovery is on already, so it costs nothing more. */
  readonly hasRecovery: boolean;
  /** Shards of its stream that are being written to. */
  readonly openShards: number;
}

export interface Habits {
  /** Pause between reads of an idle shard, in ms; a busy one is read more often. */
  readonly idleReadMs: number;
  /** How long an export is kept. */
  readonly exportDays: number;
}

const GB = 1_000_000_000;
/** `getRecords` is the price of so many. */
const READS_A_PRICE = 100_000;
const HOUR_MS = 3_600_000;
const DAYS_A_MONTH = 30;

/** What a table costs for being replicated, beside the task, which is one for all of them. Pure. */
export function costsOfTable(
  { name, sizeBytes, hasRecovery, openShards }: PlannedTable,
  { idleReadMs, exportDays }: Habits,
  prices: Prices,
): readonly Cost[] {
  const gb = sizeBytes / GB;
  const reads = (openShards * HOURS_A_MONTH * HOUR_MS) / idleReadMs;
  const stored = gb * (exportDays / DAYS_A_MONTH);
  return [
    { what: `${name}: export`, when: 'once', usd: gb * prices.exportGb.usd, price: prices.exportGb },
    {
      what: `${name}: export, kept for ${exportDays} days`,
      when: 'once',
      usd: stored * prices.bucketGbMonth.usd,
      price: prices.bucketGbMonth,
    },
    {
      what: `${name}: recovery${hasRecovery ? ', on already' : ''}`,
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
  ];
}

/** A task, and what watches it. */
export interface PlannedTask {
  /** CPU units, 1024 a core. */
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly isArm: boolean;
  readonly isSpot: boolean;
  readonly tables: number;
}

/** Alarms of a stack. Source: infra/alarms.ts. */
const ALARMS = 7;
/** Metrics of a replicator, and more for each table. Source: runtime/observe/metrics.ts. */
const METRICS = 11;
const METRICS_A_TABLE = 10;

/** What the stack costs for being there. Pure. */
export function costsOfTask(
  { cpu, memoryMiB, isArm, isSpot, tables }: PlannedTask,
  prices: Prices,
): readonly Cost[] {
  const [vcpu, gib] = isArm
    ? [prices.fargateVcpuHourArm, prices.fargateGibHourArm]
    : [prices.fargateVcpuHourX86, prices.fargateGibHourX86];
  const share = isSpot ? prices.fargateSpotShare.usd : 1;
  const monthly = (what: string, usd: number, price: Price): Cost => ({ what, when: 'a month', usd, price });
  const metrics = METRICS + METRICS_A_TABLE * tables;
  return [
    monthly(`task: ${cpu / 1024} vCPU`, (cpu / 1024) * vcpu.usd * HOURS_A_MONTH * share, vcpu),
    monthly(`task: ${memoryMiB / 1024} GiB`, (memoryMiB / 1024) * gib.usd * HOURS_A_MONTH * share, gib),
    monthly(`${ALARMS} alarms`, ALARMS * prices.alarmMonth.usd, prices.alarmMonth),
    monthly(`${metrics} metrics`, metrics * prices.metricMonth.usd, prices.metricMonth),
  ];
}
