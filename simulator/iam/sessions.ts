import type { SimulatorClock } from '../clock';
import type { Service } from '../faults';
import type { Random } from '../random';
import type { Caller } from './caller';
import { credentialsRefused } from './refusals';

/** The credentials that a request is signed with. */
export interface RequestCredentials {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
}

/** Credentials of a session, as AssumeRole returns them. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

interface Session extends SessionCredentials {
  readonly caller: Caller;
}

const ID_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Sessions of roles, by access key. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly deps: { readonly clock: SimulatorClock; readonly random: Random }) {}

  /** Creates credentials for a caller that expire after `durationMs`. */
  open(caller: Caller, durationMs: number): SessionCredentials {
    const { clock, random } = this.deps;
    const credentials: SessionCredentials = {
      accessKeyId: `ASIA${this.id(16)}`,
      secretAccessKey: random.hex(40),
      sessionToken: `IQoJb3JpZ2luX2Vj${random.hex(120)}`,
      expiresAt: Math.floor((clock.now() + durationMs) / 1000) * 1000,
    };
    this.sessions.set(credentials.accessKeyId, { ...credentials, caller });
    return credentials;
  }

  /** The owner of these credentials; undefined if no session has this access key. @throws ServiceError for a wrong or expired token */
  callerOf(service: Service, { accessKeyId, sessionToken }: RequestCredentials): Caller | undefined {
    const session = this.sessions.get(accessKeyId);
    if (!session) return undefined;
    if (sessionToken !== session.sessionToken) throw credentialsRefused(service, 'wrong token');
    if (this.deps.clock.now() >= session.expiresAt) throw credentialsRefused(service, 'expired');
    return session.caller;
  }

  /** Random characters of IAM ids. */
  id(length: number): string {
    return Array.from({ length }, () => this.deps.random.pick([...ID_CHARACTERS])).join('');
  }
}
