import type { Destination, Load } from '../../runtime/destinations/destination';

/** What happens around each call of a destination, its leases and loads. The caller gets what it throws. */
export interface Disturbance {
  /** Called before anything is done. `step`: the method's name, for a load with `load.` before it. */
  before?(step: string): void | Promise<void>;
  /** Ends the process at once, for a destination that can be cut off inside a step. */
  kill?(): void;
  /** Called after the transaction, if there is one, was committed. */
  after?(step: string): void | Promise<void>;
}

const OPENING: Readonly<Record<string, string>> = { lease: '', load: 'load.' };

/** A destination whose calls are late, fail, or are cut off after their commit. */
export function disturbed(destination: Destination, disturbance: Disturbance): Destination {
  return around(destination, disturbance, '');
}

function around<Target extends object>(target: Target, disturbance: Disturbance, prefix: string): Target {
  return new Proxy(target, {
    get(of, name) {
      const member: unknown = Reflect.get(of, name, of);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return async (...given: unknown[]) => {
        const step = prefix + name;
        try {
          const before = disturbance.before?.(step);
          if (before) await before;
        } catch (error) {
          // A load ends with its commit, successful or not.
          if (step === 'load.commit') await (of as unknown as Load).rollback();
          throw error;
        }
        const result: unknown = await Reflect.apply(member, of, given);
        const after = disturbance.after?.(step);
        if (after) await after;
        const opened = OPENING[step];
        return opened === undefined ? result : around(result as object, disturbance, opened);
      };
    },
  });
}
