/**
 * List prices in US dollars, the only ones in this project. They are dated, because prices change, and each names its source.
 * `withPrices` replaces some of them.
 */

export interface Price {
  readonly usd: number;
  /** The unit: `GB exported`, `hour`. */
  readonly per: string;
  /** The page that states it, or `unconfirmed`: from memory, not looked up. */
  readonly source: string;
}

/** Day and region of the prices. */
export const PRICES_AS_OF = '2026-11-25';
export const PRICES_REGION = 'us-east-1';

const unconfirmed = (usd: number, per: string): Price => ({ usd, per, source: 'unconfirmed' });

export const PRICES = {
  exportGb: unconfirmed(0.1, 'GB of table exported'),
  // AWS bills the change data that it processes, and at least 10 MB for each export.
  incrementalExportGb: unconfirmed(0.1, 'GB of changes exported'),
  readUnits: unconfirmed(0.125, 'million read request units'),
  recoveryGbMonth: unconfirmed(0.2, 'GB-month of table'),
  getRecords: unconfirmed(0.02, '100,000 GetRecords'),
  fargateVcpuHourArm: unconfirmed(0.03238, 'vCPU-hour, ARM'),
  fargateGibHourArm: unconfirmed(0.00356, 'GiB-hour, ARM'),
  fargateVcpuHourX86: unconfirmed(0.04048, 'vCPU-hour, x86'),
  fargateGibHourX86: unconfirmed(0.004445, 'GiB-hour, x86'),
  fargateStorageGbHour: unconfirmed(0.000111, 'GB-hour of a task’s disk, beyond the first 20 GB'),
  fargateSpotShare: unconfirmed(0.3, 'dollar of Fargate, on spare capacity'),
  bucketGbMonth: unconfirmed(0.023, 'GB-month in the bucket'),
  alarmMonth: unconfirmed(0.1, 'alarm-month'),
  metricMonth: unconfirmed(0.3, 'metric-month'),
  dashboardMonth: unconfirmed(3, 'dashboard-month'),
  keyMonth: unconfirmed(1, 'KMS key-month'),
  secretMonth: unconfirmed(0.4, 'secret-month'),
  interfaceHour: unconfirmed(0.01, 'hour of an interface endpoint in a zone'),
  natHour: unconfirmed(0.045, 'hour of a NAT gateway'),
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof PRICES;
export type Prices = Readonly<Record<PriceName, Price>>;

/** Hours of a month in AWS's prices. */
export const HOURS_A_MONTH = 730;

/**
 * Bytes of a GB on AWS's bills. Source: Amazon S3 FAQs (https://aws.amazon.com/s3/faqs/), the storage example under "How will I be
 * charged": 100 GB are 107,374,182,400 bytes, and byte-hours are divided by 1,073,741,824 to get GB-months. DynamoDB's pages name
 * no number, so its GB is assumed to be the same; no bill has confirmed it.
 */
export const BYTES_A_BILLED_GB = 2 ** 30;
