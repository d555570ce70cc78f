import { linkedController } from '../../abort';
import { LeaseLost, StaleGeneration } from '../errors';
import { explainedLoad, type WriterContext } from './load';
import { Session, type SessionOptions } from './connection/session';

/** A session of its own for a long piece of a heal, such as the staging of a file. */
export interface HealSession {
  readonly session: Session;
  /** Aborts when the heal ends, or its user's signal aborts. */
  readonly signal: AbortSignal;
}

/** The sessions that stage lines or find keys. They hold tables that the end of the heal drops. */
export class HealSessions {
  private readonly open = new Map<Session, (reason: Error) => void>();

  /**
   * Runs work on a session of its own.
   * @throws StaleGeneration, LeaseLost instead of what they caused, and the signal's reason
   */
  async run<T>(
    context: WriterContext,
    generation: number,
    {
      signal,
      place = 'shared',
    }: { readonly signal: AbortSignal | undefined } & Pick<SessionOptions, 'place'>,
    work: (own: HealSession) => Promise<T>,
  ): Promise<T> {
    const { server, hooks, lost, stop } = context;
    const session = new Session(server, { hooks, lost: lost.lines, stop, place });
    const { controller, unlink } = linkedController(signal);
    this.open.set(session, (reason) => {
      controller.abort(reason);
      session.breakOff(reason);
    });
    try {
      return await work({ session, signal: controller.signal });
    } catch (error) {
      await session.close();
      if (error instanceof StaleGeneration || error instanceof LeaseLost) throw error;
      if (signal?.aborted) throw signal.reason;
      throw await explainedLoad(context, { role: 'lines', generation }, error);
    } finally {
      unlink();
      this.open.delete(session);
      await session.close();
    }
  }

  /** Ends all of them, without waiting for their users, who find out at their next call. */
  abandon(): void {
    for (const end of this.open.values()) end(new Error('the heal has ended'));
  }
}
