import { derivedRandom } from './random';
import type { Random } from './random';
import { ServiceError } from './service-error';

export type Service = 'dynamodb' | 'streams' | 's3' | 'sts' | 'secretsmanager';

/**
 * How a call goes wrong.
 * - `error`: an error answer; `headerOnly` puts its type into `x-amzn-errortype` and leaves the body empty
 * - `body`: any status and body, such as a gateway's HTML or a 200 that is no JSON
 * - `hang`: never answered; `reset`: the connection is reset instead of an answer
 * - `cut`: the connection ends after so many bytes of the body, though all were promised
 * - `stall`: nothing more comes after so many bytes of the body, the connection stays open
 * - `truncate`: complete HTTP, but the body ends after so many bytes (negative: so many before its end)
 * - `corrupt`: the byte at this offset of the body (negative: from its end) is another
 * - `replace`: each such text in the body is another, as if the service had said so
 * - `slow`: the body comes in pieces of so many bytes, so many real ms apart; `delay`: the answer comes so many real ms late
 *
 * `performed`: the call takes effect, only its answer is lost. Those that spoil a body always take effect.
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

/** Which calls go wrong. Calls are counted by the rule, from the moment it is added; without a choice, all match. */
export interface FaultRule {
  /** Such as `GetRecords` or `PutObject`; `*` is every operation. */
  operation: string;
  service?: Service;
  /** Only calls whose request contains this text: a table, a shard id, an object key. */
  containing?: string;
  /** The n-th matching call alone, counting from 1. */
  nth?: number;
  /** Every matching call from the n-th on. */
  from?: number;
  /** Each matching call with this probability. */
  rate?: number;
  /** No more than so many in all. */
  times?: number;
  answer: FaultAnswer;
}

/** A rule at work. */
export interface ActiveFault {
  readonly id: number;
  readonly rule: FaultRule;
  /** Calls that matched operation, service and text. */
  readonly calls: number;
  /** Calls that went wrong by this rule. */
  readonly hits: number;
  remove(): void;
}

/** A fault that an in-process call cannot show as an error answer; whoever adapts `call` to a client acts it out. */
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

/** The rules by which calls go wrong. The first rule added that applies to a call decides. */
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

  /** Counts a call and says whether and how it goes wrong. `request` is asked only when a rule looks at the text. */
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

/** Whether the operation is carried out although its answer goes wrong. */
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

/** Whether the answer is right and whole, and only takes longer: in-process that is no fault. */
export const isOnlyLate = (answer: FaultAnswer): boolean => answer.kind === 'slow' || answer.kind === 'delay';

/** What an in-process call throws for a fault. */
export function faultError(operation: string, answer: FaultAnswer): Error {
  if (answer.kind !== 'error') return new TransportFault(operation, answer);
  return new ServiceError(
    answer.type,
    answer.message ?? `${answer.type} by fault rule`,
    answer.status ?? 400,
  );
}
