import { SdkServices } from '../../runtime/aws/sdk';
import { LocalClock } from '../../runtime/clock';
import type { Simulator } from '../../simulator';
import type { Decision } from '../../simulator/iam/iam';
import { Place, type Said, TABLE } from '../bad-input/place';
import type { FakeTerminal } from '../runtime/verbs/fake-terminal';

const HOUR = 3_600_000;
const HEALING = ['--on-gap', 'heal'];

/** The stages of a replicator's life, in order. */
export type Stage = 'check' | 'run' | 'verify' | 'heal';

/** The stage that failed, with all output; `undefined` if all stages passed. */
export type Stop = { readonly at: Stage; readonly said: string } | undefined;

/**
 * A replicator's life as a task with the permissions of a role: `check`, `run` with an export, its load and changes from the
 * stream, `verify`, and `run` again after a gap. The source is a simulator that enforces policies.
 */
export class Life {
  private constructor(
    private readonly place: Place,
    private readonly roleArn: string,
    private readonly words: readonly string[],
  ) {
    // The only credentials are those that ECS would give the task.
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
    process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] =
      `${place.url}/_simulator/credentials?role=${encodeURIComponent(roleArn)}`;
  }

  /** @param words flags in addition to those for table and bucket; without a destination among them, it is a DuckDB file */
  static async begin(
    roleArn: string,
    words: (simulator: Simulator) => readonly string[] = () => [],
  ): Promise<Life> {
    const place = await Place.open();
    return new Life(place, roleArn, words(place.simulator));
  }

  get simulator(): Simulator {
    return this.place.simulator;
  }

  /** The calls of AWS, with the decisions of the policies. */
  get decisions(): readonly Decision[] {
    return this.simulator.iam.decisions;
  }

  async live(): Promise<Stop> {
    const stages: readonly (readonly [Stage, () => Promise<Said>])[] = [
      ['check', () => this.check()],
      ['run', () => this.run()],
      ['verify', () => this.verify()],
      ['heal', () => this.heal()],
    ];
    for (const [at, stage] of stages) {
      const { code, all } = await stage();
      if (code !== 0) return { at, said: all };
    }
    return undefined;
  }

  check(): Promise<Said> {
    return this.place.say(...this.place.words('check', ...HEALING, ...this.words));
  }

  /** Runs until the table is published and a change has arrived through the stream. */
  run(): Promise<Said> {
    let isWritten = false;
    const isDone = ({ written }: FakeTerminal): boolean => {
      if (!isWritten && written.includes('"event":"pipeline.published"')) {
        this.place.put(TABLE, 1_000, 'written while it is followed');
        isWritten = true;
      }
      return isWritten && /"event":"stream\.batch"[^\n]*"records":[1-9]/.test(written);
    };
    const flags = ['--log-format', 'json', '--log-summary-ms', '1000', ...this.words];
    return this.place.sayUntil(this.place.words('run', ...flags), isDone);
  }

  /** Runs after a gap, until that is healed or cannot be. */
  async heal(): Promise<Said> {
    const { clock } = this.simulator;
    clock.advance?.(HOUR);
    this.place.put(TABLE, 1_001, 'written in the gap');
    clock.advance?.(30 * HOUR);
    const flags = ['--log-format', 'json', ...HEALING, ...this.words];
    const said = await this.place.sayUntil(this.place.words('run', ...flags), ({ written }) =>
      /"event":"pipeline\.healed"|It is not healed/.test(written),
    );
    return said.code === 0 && !said.out.includes('"event":"pipeline.healed"') ? { ...said, code: 3 } : said;
  }

  async verify(): Promise<Said> {
    const said = await this.place.say(...this.place.words('verify', '--yes', ...this.words));
    return said.code === 0 && !said.out.includes('0 differences') ? { ...said, code: 1 } : said;
  }

  exports(): number {
    return this.place.exports();
  }

  /** The runtime's AWS services, with the permissions of the role. */
  services(): SdkServices {
    return new SdkServices(this.access(), new LocalClock());
  }

  private access() {
    const { accessKeyId, secretAccessKey, sessionToken } = this.simulator.iam.taskCredentials(this.roleArn);
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    return { region: this.simulator.region, endpoint: this.place.url, credentials, maxAttempts: 1 };
  }

  end(): Promise<void> {
    return this.place.close();
  }
}
