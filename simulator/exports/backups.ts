import type { SimulatorClock } from '../clock';
import type { Knobs } from '../knobs';
import { derivedRandom, within } from '../random';
import type { Random } from '../random';
import { ServiceError, validation } from '../service-error';
import { missing, optionalFlag, optionalInteger, requiredStructure, requiredText } from '../tables/request';
import type { Input } from '../tables/request';

const DAY = 24 * 3_600_000;

/** What point-in-time recovery needs to know about a table. */
export interface RecoverableTable {
  readonly id: string;
  readonly name: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

/** Point-in-time recovery of each table: whether it is on, and the period that can be restored. */
export class Backups {
  private readonly random: Random;
  /** By table id. `since`: epoch ms at which it took effect. */
  private readonly enabled = new Map<string, { since: number; days: number }>();

  readonly operations: Readonly<Record<string, (input: Input) => unknown>> = {
    UpdateContinuousBackups: (input) => this.update(input),
    DescribeContinuousBackups: (input) => this.describe(input),
  };

  constructor(
    private readonly deps: {
      clock: SimulatorClock;
      seed: number;
      knobs: Knobs;
      /** Finds a table by name or ARN. */
      table: (nameOrArn: string) => RecoverableTable | undefined;
    },
  ) {
    this.random = derivedRandom(deps.seed, 'backups');
  }

  /** The earliest time that can be restored or exported, in epoch ms; undefined while recovery is off. */
  earliest(tableId: string): number | undefined {
    const now = this.deps.clock.now();
    const state = this.enabled.get(tableId);
    return state && state.since <= now ? Math.max(state.since, now - state.days * DAY) : undefined;
  }

  /** Start of the history that must be kept for a table, in epoch ms; undefined if recovery is off and not requested. */
  keptSince(tableId: string): number | undefined {
    return this.enabled.get(tableId)?.since;
  }

  private update(input: Input): unknown {
    const table = this.find(input);
    const specification = requiredStructure(input, 'PointInTimeRecoverySpecification');
    const isEnabled = optionalFlag(specification, 'PointInTimeRecoveryEnabled');
    if (isEnabled === undefined) throw missing('pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled');
    const days = optionalInteger(specification, 'RecoveryPeriodInDays', 1, 35);
    if (days !== undefined && !isEnabled)
      throw validation('RecoveryPeriodInDays requires PointInTimeRecoveryEnabled');
    const now = this.deps.clock.now();
    if (now < table.createdAt + this.deps.knobs.backupsUnavailableMs) {
      throw new ServiceError(
        'ContinuousBackupsUnavailableException',
        'Backups are being enabled for the table. Please retry later',
      );
    }
    const state = this.enabled.get(table.id);
    if (!isEnabled) this.enabled.delete(table.id);
    else if (state) state.days = days ?? state.days;
    else {
      const since = now + within(this.random, this.deps.knobs.backupsEnablingMs);
      this.enabled.set(table.id, { since, days: days ?? 35 });
    }
    return this.description(table);
  }

  private describe(input: Input): unknown {
    return this.description(this.find(input));
  }

  private description(table: RecoverableTable): unknown {
    const earliest = this.earliest(table.id);
    const latest = Math.max(earliest ?? 0, this.deps.clock.now() - this.deps.knobs.latestRestorableLagMs);
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription:
          earliest === undefined
            ? { PointInTimeRecoveryStatus: 'DISABLED' }
            : {
                PointInTimeRecoveryStatus: 'ENABLED',
                RecoveryPeriodInDays: this.enabled.get(table.id)?.days,
                EarliestRestorableDateTime: earliest / 1000,
                LatestRestorableDateTime: latest / 1000,
              },
      },
    };
  }

  private find(input: Input): RecoverableTable {
    const name = requiredText(input, 'TableName');
    const table = this.deps.table(name);
    if (!table) throw new ServiceError('TableNotFoundException', `Table not found: ${name}`);
    return table;
  }
}
