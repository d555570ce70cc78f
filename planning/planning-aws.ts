import type { Command } from 'commander';
import { SdkServices } from '../runtime/aws/sdk';
import { LocalClock } from '../runtime/clock';
import { type ConnectionSettings, readConnectionSettings } from '../runtime/config';
import { awsOf } from '../runtime/open';
import { IDLE_READS_PER_SECOND } from '../runtime/stream/read-limits';
import { wholeNumber } from '../runtime/verbs/number-in';
import type { Terminal } from '../runtime/verbs/terminal';
import { DEFAULT_EXPORT_DAYS, type Habits } from '../cost/costs';
import type { Prices } from '../cost/prices';
import { pricesOf } from './own-prices';

/** Options of every planning command. */
export interface PlanningOptions {
  readonly prices?: string;
  readonly exportDays: string;
  readonly verifyEvery?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
}

/** @param texts the help texts of `--region` and `--verify-every` */
export function addPlanningOptions(
  command: Command,
  { region, verifyEvery }: { readonly region: string; readonly verifyEvery: string },
): void {
  command
    .option('--export-days <N>', 'days that the bucket keeps exports', String(DEFAULT_EXPORT_DAYS))
    .option('--verify-every <DURATION>', verifyEvery)
    .option('--prices <FILE>', 'JSON file with your own prices in US dollars')
    .option('--region <NAME>', region)
    .option('--profile <NAME>', 'profile in the AWS configuration files')
    .option('--endpoint <URL>', 'address of a simulator');
}

/** What the planning commands work with. */
export interface Planning {
  readonly settings: ConnectionSettings;
  readonly aws: SdkServices;
  readonly habits: Habits;
  readonly prices: Prices;
}

/** Runs `work` with AWS opened according to the options. @throws WrongUse, UnusablePrices */
export async function withPlanning<Result>(
  options: PlanningOptions,
  { environment }: Pick<Terminal, 'environment'>,
  work: (planning: Planning) => Promise<Result>,
): Promise<Result> {
  const exportDays = wholeNumber(options.exportDays, '--export-days');
  const prices = pricesOf(options.prices);
  const { region, profile, endpoint, verifyEvery } = options;
  const given = {
    '--verify-every': verifyEvery,
    '--region': region,
    '--profile': profile,
    '--endpoint': endpoint,
  };
  const flags = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings = readConnectionSettings({ flags, environment });
  const aws = await SdkServices.open(awsOf(settings), new LocalClock(settings.clockRate));
  try {
    return await work({ settings, aws, habits: habitsOf(settings, exportDays), prices });
  } finally {
    aws.close();
  }
}

/** The settings that affect the cost of a table. */
function habitsOf({ poll, verify }: ConnectionSettings, exportDays: number): Habits {
  return {
    idleReadMs: poll.maxMs,
    idleReadsPerSecond: IDLE_READS_PER_SECOND,
    exportDays,
    verifyEveryMs: verify.every,
  };
}
