import type { AwsFault } from '../runtime/aws/faults';
import { ReplicatorError, sentence } from '../runtime/errors';
import { limitText } from './modes';

/** This machine's clock differs too much from AWS's: times of writes could not be compared with AWS's times. */
export class ClockIsOff extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly offMs: number) {
    super(
      `This machine’s clock is ${Math.abs(Math.round(offMs / 1_000))} s ${offMs > 0 ? 'ahead of' : 'behind'} AWS’s, so times could ` +
        'not be compared. Turn on time synchronization (NTP), and try again.',
    );
  }
}

/** AWS does not tell who calls it, mostly for lack of valid credentials. */
export class NotSignedIn extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly fault: AwsFault) {
    super(`${sentence(fault.message)}\nNothing was created.`, { cause: fault });
  }
}

/** The caller may not do something that the run needs. */
export class ActionRefused extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param action as in a policy: `iam:CreateRole` */
  constructor(
    readonly action: string,
    options?: ErrorOptions,
  ) {
    super(
      `Your credentials may not call ${action}. Use credentials that may, or have your administrator allow it; docs/ACCEPTANCE.md ` +
        'lists every action that a run needs.',
      options,
    );
  }
}

/** Something of AWS did not get into the awaited state. */
export class NotReady extends ReplicatorError {
  readonly kind = 'retry';

  constructor(
    readonly what: string,
    readonly waitedMs: number,
  ) {
    super(`After ${Math.round(waitedMs / 60_000)} minutes, ${what}. Try again later.`);
  }
}

/** The run, or a check of it, took longer than it may. */
export class TimeIsUp extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly what: string,
    readonly limitMs: number,
  ) {
    super(`${what} did not end within ${limitText(limitMs)}.`);
  }
}

/** There is no run with this suffix to resume. */
export class UnknownRun extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly suffix: string,
    region: string,
  ) {
    super(
      `There is no run ${suffix} in ${region}: its bucket or its state is missing. Is it another region (--region)? To remove what may be ` +
        `left of it: npm run acceptance -- --cleanup ${suffix} --region ${region}`,
    );
  }
}

/** Something of a run could not be removed. */
export class CleanupIncomplete extends ReplicatorError {
  readonly kind = 'retry';

  /** @param left what is left, with the reason of each */
  constructor(
    readonly left: readonly string[],
    command: string,
  ) {
    super(
      `Not everything was removed: ${left.join('; ')}. Remove the cause if it is one of permissions, then run: ${command}`,
    );
  }
}
