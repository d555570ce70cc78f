import { type Link, type Passage, Relay } from './relay';
import { MessageKinds, WireMessages } from './wire';

type Direction = 'toServer' | 'toClient';

/**
 * How a connection breaks at a message. `cut`: both ends are closed. `stall`: the message and everything after it
 * arrive later. `half-open`: nothing passes any more in either direction, without notice. `late`: the same, but what
 * was sent to the server arrives when another connection is about to commit.
 */
export type Way = 'cut' | 'stall' | 'half-open' | 'late';

/** As in protocol messages, unlike READ COMMITTED. */
const COMMIT = 'COMMIT\0';
const STALL_MS = 200;

/** Breaks connections at messages of the protocol. */
export class BreakingRelay extends Relay {
  /** Delivers what a broken connection had sent. */
  private arrive: (() => void) | undefined;

  /**
   * Breaks each connection that is made from now on, at each message for which `isMeant` returns true, in either
   * direction. `kind` is the purpose of the message.
   */
  breakWhere(way: Way, isMeant: (kind: string) => boolean): void {
    this.prepare = (link) => {
      const kinds = new MessageKinds();
      const passage = (direction: Direction, messages: WireMessages): Passage => {
        return (bytes) => {
          const complete = messages.take(bytes);
          const passing: Buffer[] = [];
          for (const [i, message] of complete.entries()) {
            const held = () => Buffer.concat(complete.slice(i).map((one) => one.bytes));
            if (isMeant(kinds.of(message))) {
              if (way === 'cut') cut(link);
              else if (way === 'stall') stall(link, direction, held());
              else {
                const early = this.silence(link, direction, way, Buffer.concat([held(), messages.rest]));
                passing.push(early);
              }
              break;
            }
            if (this.arrive !== undefined && message.bytes.includes(COMMIT)) {
              this.arrive();
              stall(link, direction, held());
              break;
            }
            passing.push(message.bytes);
          }
          return passing.length === 0 ? undefined : Buffer.concat(passing);
        };
      };
      link.toServer = passage('toServer', new WireMessages('client'));
      link.toClient = passage('toClient', new WireMessages('server'));
    };
  }

  /** From now on nothing passes. Returns what still does: half a message of the client. */
  private silence(link: Link, direction: Direction, way: Way, held: Buffer): Buffer {
    const half = direction === 'toServer' ? held.length >> 1 : 0;
    const sent = direction === 'toServer' ? [held.subarray(half)] : [];
    link.silent = true;
    link.isLate = true;
    link.toServer = (bytes) => void sent.push(bytes);
    link.toClient = () => undefined;
    if (way === 'late') {
      this.arrive = () => {
        this.arrive = undefined;
        if (!link.server.destroyed) link.server.write(Buffer.concat(sent));
      };
    }
    return held.subarray(0, half);
  }
}

function cut(link: Link): void {
  link.client.destroy();
  link.server.destroy();
}

/** Delays bytes, and those that follow in the same direction. */
function stall(link: Link, direction: Direction, first: Buffer): void {
  const before = link[direction];
  const held: Buffer[] = [];
  link[direction] = (bytes) => void held.push(bytes);
  setTimeout(() => {
    const end = direction === 'toServer' ? link.server : link.client;
    link[direction] = before;
    if (end.destroyed) return;
    end.write(first);
    const behind = before(Buffer.concat(held));
    if (behind !== undefined) end.write(behind);
  }, STALL_MS);
}
