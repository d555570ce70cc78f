import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../clock';
import { callAws, member, present } from './call';
import type { CallContext } from './operations';
import type { ServiceClock } from './services';

/** A role to assume, usually of the account that owns the tables. */
export interface RoleToAssume {
  readonly roleArn: string;
  /** Required by its trust policy, if set there. */
  readonly externalId?: string | undefined;
}

/** Credentials that sign requests. */
interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

interface Session {
  readonly credentials: SessionCredentials;
  /** Both times are on the local clock. */
  readonly renewAtMs: number;
  readonly endsAtMs: number;
}

export interface AssumedRoleParts {
  readonly role: RoleToAssume;
  /** With the caller's own credentials. */
  readonly sts: STSClient;
  readonly clock: Clock;
  readonly serviceClock: ServiceClock;
  readonly context: CallContext;
  readonly deadlineMs: number;
}

/** The logs of the account that owns the tables show this name. */
const SESSION_NAME = 'dynamodb-replicator';

/**
 * An hour: the default, and the maximum when one role assumes another, as a task's role does.
 * Source: IAM User Guide, "Roles terms and concepts", role chaining.
 */
const SESSION_SECONDS = 3_600;

/** A session is renewed this long before its end, so that AWS may be unreachable for as long. */
const RENEW_BEFORE_MS = 10 * 60_000;
/** Pause between tries of a renewal. */
const RENEW_AGAIN_MS = 60_000;

/**
 * Credentials of a role. The first request for them opens a session, which is renewed well before it ends. Its end is measured
 * by AWS's clock, so that a wrong local clock does not matter. While renewals fail, the present credentials are used.
 */
export class AssumedRole {
  private session: Session | undefined;
  private opening: Promise<Session> | undefined;

  constructor(private readonly parts: AssumedRoleParts) {}

  /** @param options `forceRefresh` after AWS refused the credentials @throws AwsFault of the operation AssumeRole */
  async credentials(options?: { readonly forceRefresh?: boolean }): Promise<SessionCredentials> {
    if (options?.forceRefresh === true) this.session = undefined;
    const now = this.parts.clock.elapsedMs();
    const held = this.session;
    if (held && now < held.renewAtMs) return held.credentials;
    try {
      this.opening ??= this.open().finally(() => (this.opening = undefined));
      this.session = await this.opening;
      return this.session.credentials;
    } catch (error) {
      if (!held || now >= held.endsAtMs) throw error;
      this.session = { ...held, renewAtMs: now + RENEW_AGAIN_MS };
      return held.credentials;
    }
  }

  private async open(): Promise<Session> {
    const { role, sts, clock, serviceClock, context, deadlineMs } = this.parts;
    const about = { ...context, arn: role.roleArn, externalId: role.externalId };
    return callAws('AssumeRole', about, deadlineMs, undefined, async (abortSignal) => {
      const command = new AssumeRoleCommand({
        RoleArn: role.roleArn,
        RoleSessionName: SESSION_NAME,
        DurationSeconds: SESSION_SECONDS,
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      });
      const answer = await sts.send(command, { abortSignal });
      const given = present(answer.Credentials, 'Credentials');
      const leftMs = member(given.Expiration, 'Expiration').getTime() - serviceClock.now();
      const now = clock.elapsedMs();
      return {
        credentials: {
          accessKeyId: member(given.AccessKeyId, 'AccessKeyId'),
          secretAccessKey: member(given.SecretAccessKey, 'SecretAccessKey'),
          sessionToken: member(given.SessionToken, 'SessionToken'),
        },
        renewAtMs: now + leftMs - RENEW_BEFORE_MS,
        endsAtMs: now + leftMs,
      };
    });
  }
}
