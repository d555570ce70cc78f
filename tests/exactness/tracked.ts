import type { AwsServices, ObjectBody } from '../../runtime/aws/services';
import type { Destination } from '../../runtime/destinations/destination';
import type { Mailbox } from '../../runtime/destinations/mailbox';
import type { VirtualClock } from '../simulation/virtual-clock';

/** Methods whose results have methods that take real time. */
const OPENING = new Set(['lease', 'load']);

/** Stops virtual time during calls of the destination, its leases and its loads, except while they wait for the caller. */
export function trackedDestination<D extends Destination>(destination: D, clock: VirtualClock): D {
  return tracked(destination, clock);
}

/** Stops virtual time during calls of the mailbox. */
export function trackedMailbox(mailbox: Mailbox, clock: VirtualClock): Mailbox {
  return tracked(mailbox, clock);
}

/** Stops virtual time during requests, and while an object's body arrives. */
export function trackedServices<A extends AwsServices>(services: A, clock: VirtualClock): A {
  return tracked(services, clock);
}

function tracked<Target extends object>(target: Target, clock: VirtualClock): Target {
  return new Proxy(target, {
    get(of, name) {
      const member: unknown = Reflect.get(of, name, of);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      return (...given: unknown[]): unknown => {
        const result = clock.trackCalling((calledBack): unknown =>
          Reflect.apply(
            member,
            of,
            given.map((argument) => called(argument, calledBack)),
          ),
        );
        if (!(result instanceof Promise)) return result;
        return result.then((value: unknown) => {
          if (OPENING.has(name)) return tracked(value as object, clock);
          if (name === 'getObject') {
            const body = value as ObjectBody;
            return { ...body, bytes: trackedIteration(body.bytes, clock) };
          }
          return value;
        });
      };
    },
  });
}

type CalledBack = <V>(waitedFor: Promise<V>) => Promise<V>;

/** An argument whose calls and iterations go through `calledBack`. */
function called(argument: unknown, calledBack: CalledBack): unknown {
  if (typeof argument === 'function')
    return (...given: unknown[]): unknown => {
      const result: unknown = Reflect.apply(argument, undefined, given);
      return result instanceof Promise ? calledBack(result) : result;
    };
  if (typeof argument !== 'object' || argument === null || !(Symbol.asyncIterator in argument))
    return argument;
  return iteration(argument as AsyncIterable<unknown>, calledBack);
}

export function trackedIteration<T>(
  iterable: AsyncIterable<T>,
  clock: VirtualClock,
): AsyncGenerator<T, void, undefined> {
  return iteration(iterable, (promise) => clock.track(promise));
}

/** Each piece is awaited through `through`. */
async function* iteration<T>(
  iterable: AsyncIterable<T>,
  through: CalledBack,
): AsyncGenerator<T, void, undefined> {
  const iterator = iterable[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await through(iterator.next());
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
