import type { SimulatorClock } from '../clock';
import type { Service } from '../faults';
import type { Random } from '../random';
import type { Caller } from './caller';
import { credentialsRefused } from './refusals';

/** What a request is signed with. */
export interface RequestCredentials {
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
}

/** Credentials of a session, as AssumeRole gives them. */
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

/** Sessions of roles, by the access keys that they were given. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly deps: { readonly clock: SimulatorClock; readonly random: Random }) {}

  /** Gives a caller credentials that last so long. */
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

  /** Whose credentials these are; undefined for an access key that no session was given. @throws ServiceError */
  callerOf(service: Service, { accessKeyId, sessionToken }: RequestCredentials): Caller | undefined {
    const session = this.sessions.get(accessKeyId);
    if (!session) return undefined;
    if (sessionToken !== session.sessionToken) throw credentialsRefused(service, 'wrong token');
    if (this.deps.clock.now() >= session.expiresAt) throw credentialsRefused(service, 'expired');
    return session.caller;
  }

  /** So many characters of the kind that ids of IAM are made of. */
  id(length: number): string {
    return Array.from({ length }, () => this.deps.random.pick([...ID_CHARACTERS])).join('');
  }
}
