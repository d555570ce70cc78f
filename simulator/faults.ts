import { derivedRandom } from './random';
import type { Random } from './random';
import { ServiceError } from './service-error';

export type Service = 'dynamodb' | 'streams' | 's3' | 'sts' | 'iam' | 'secretsmanager';

/**
 * How a call fails.
 * - `error`: an error response; `headerOnly` puts its type into `x-amzn-errortype` and leaves the body empty
 * - `body`: any status and body, such as a gateway's HTML or a 200 that is not JSON
 * - `hang`: no response; `reset`: the connection is reset instead of a response
 * - `cut`: the connection closes after this many bytes of the body, less than its Content-Length
 * - `stall`: after this many bytes of the body nothing more arrives, while the connection stays open
 * - `truncate`: valid HTTP, but the body is cut to this many bytes (negative: this many before its end)
 * - `corrupt`: the byte at this offset of the body (negative: from its end) is changed
 * - `replace`: each occurrence of a text in the body is replaced, as if the service had sent it that way
 * - `slow`: the body arrives in chunks of this many bytes, this many real ms apart; `delay`: the response is this many real ms late
 *
 * `performed`: the call takes effect, and only its response is lost. Faults that alter a body always take effect.
 */
export type FaultAnswer =
  | {
      kind: 'error';
      type: string;
      message?: string;
      status?: number;
      headerOnly?: boolean;
      headers?: Record<string, string>;
      performed?: boolean;
    }
  | { kind: 'body'; status: number; contentType: string; body: string; performed?: boolean }
  | { kind: 'hang' | 'reset'; performed?: boolean }
  | { kind: 'cut' | 'stall'; afterBytes: number }
  | { kind: 'truncate'; toBytes: number }
  | { kind: 'corrupt'; offset: number }
  | { kind: 'replace'; text: string; by: string }
  | { kind: 'slow'; pieceBytes: number; everyMs: number }
  | { kind: 'delay'; ms: number };

/** Which calls fail. The rule counts matching calls from the moment it is added. By default all of them fail. */
export interface FaultRule {
  /** For example `GetRecords` or `PutObject`; `*` matches every operation. */
  operation: string;
  service?: Service;
  /** Only calls whose request contains this text: a table, a shard id, an object key. */
  containing?: string;
  /** Only the n-th matching call, counting from 1. */
  nth?: number;
  /** Every matching call from the n-th on. */
  from?: number;
  /** Probability, 0 to 1, with which each matching call fails. */
  rate?: number;
  /** At most this many calls in total. */
  times?: number;
  answer: FaultAnswer;
}

/** An active rule. */
export interface ActiveFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** Calls that matched operation, service and text. */
  readonly calls: number;
  /** Calls that this rule made fail. */
  readonly hits: number;
  remove(): void;
}

/** A fault that is not an error response. An adapter from `call` to a client has to act it out. */
export class TransportFault extends Error {
  constructor(
    readonly operation: string,
    readonly answer: FaultAnswer,
  ) {
    super(`${operation}: ${answer.kind} by fault rule`);
    this.name = 'TransportFault';
  }
}

interface Counted {
  readonly id: number;
  readonly rule: FaultRule;
  calls: number;
  hits: number;
  remove(): void;
}

/** Rules that make calls fail. The earliest added rule that applies to a call decides. */
export class Faults {
  private readonly random: Random;
  private rules: Counted[] = [];
  private lastId = 0;

  constructor(seed: number) {
    this.random = derivedRandom(seed, 'faults');
  }

  add(rule: FaultRule): ActiveFault {
    const id = ++this.lastId;
    const counted: Counted = {
      id,
      rule,
      calls: 0,
      hits: 0,
      remove: () => this.remove(id),
    };
    this.rules = [...this.rules, counted];
    return counted;
  }

  remove(id: number): void {
    this.rules = this.rules.filter((each) => each.id !== id);
  }

  clear(): void {
    this.rules = [];
  }

  active(): readonly ActiveFault[] {
    return this.rules;
  }

  /** Counts a call and returns how it fails, if it does. `request` is called only if a rule checks the request's text. */
  take(service: Service, operation: string, request: () => string): FaultAnswer | undefined {
    let answer: FaultAnswer | undefined;
    for (const each of this.rules) {
      const { rule } = each;
      if (rule.operation !== '*' && rule.operation !== operation) continue;
      if (rule.service !== undefined && rule.service !== service) continue;
      if (rule.containing !== undefined && !request().includes(rule.containing)) continue;
      each.calls++;
      if (answer !== undefined || !this.applies(each)) continue;
      each.hits++;
      answer = rule.answer;
    }
    return answer;
  }

  private applies({ rule, calls, hits }: Counted): boolean {
    if (rule.times !== undefined && hits >= rule.times) return false;
    if (rule.nth !== undefined && calls !== rule.nth) return false;
    if (rule.from !== undefined && calls < rule.from) return false;
    return rule.rate === undefined || this.random.chance(rule.rate);
  }
}

/** Whether the operation is executed although its response is faulty. */
export function takesEffect(answer: FaultAnswer): boolean {
  switch (answer.kind) {
    case 'error':
    case 'body':
    case 'hang':
    case 'reset':
      return answer.performed === true;
    default:
      return true;
  }
}

/** Whether the response is correct and complete, only late. In-process that is not a fault. */
export const isOnlyLate = (answer: FaultAnswer): boolean => answer.kind === 'slow' || answer.kind === 'delay';

/** The error that an in-process call throws for a fault. */
export function faultError(operation: string, answer: FaultAnswer): Error {
  if (answer.kind !== 'error') return new TransportFault(operation, answer);
  return new ServiceError(
    answer.type,
    answer.message ?? `${answer.type} by fault rule`,
    answer.status ?? 400,
  );
}
