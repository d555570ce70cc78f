import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { StatementTexts, WireMessages } from './wire';

/** Handles the bytes of one direction of a connection. What it returns is sent on; `undefined` sends nothing. */
export type Passage = (bytes: Buffer) => Buffer | undefined;

/** A connection of a client, and the one to the server that was made for it. */
export interface Link {
  readonly client: Socket;
  readonly server: Socket;
  toServer: Passage;
  toClient: Passage;
  /** Texts of the statements in the last bytes of the client. */
  texts: readonly string[];
  /** Its client must not notice that the end of the server has closed. */
  silent?: boolean;
  /** Its server must not notice that the end of the client has closed. */
  isLate?: boolean;
}

/** Bytes in transit to the server, as if their segments were lost and retransmitted much later. */
export interface Late {
  /** Delivers them. Returns whether the connection was still open. */
  arrive(): boolean;
}

const pass: Passage = (bytes) => bytes;

/** A relay between a client and a server on this machine, which breaks their connections. */
export class Relay {
  private readonly links = new Set<Link>();
  private readonly unanswered = new Set<Socket>();
  private readonly listener: Server;
  /** Called with each new connection. */
  protected prepare: (link: Link) => void = () => undefined;
  /** Whether requested connections are made. */
  takesConnections = true;
  /** Whether connections are closed at once. */
  endsConnections = false;
  /** Whether clients get another process number than the server's, as from poolers. */
  looksLikePooler = false;

  constructor(private readonly port: number) {
    this.listener = createServer((client) => this.connect(client));
  }

  static async to<R extends Relay>(this: new (port: number) => R, url: string): Promise<R> {
    const relay = new this(Number(new URL(url).port));
    relay.listener.listen(0, '127.0.0.1');
    await once(relay.listener, 'listening');
    return relay;
  }

  /** The server's address through this relay. */
  url(server: string): string {
    const url = new URL(server);
    url.port = String((this.listener.address() as AddressInfo).port);
    url.hostname = '127.0.0.1';
    return url.href;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const client of this.unanswered) client.destroy();
    for (const link of this.links) {
      link.isLate = false;
      link.client.destroy();
      link.server.destroy();
    }
  }

  /** Whether a client waits for a connection that is not made. */
  get isAsked(): boolean {
    return this.unanswered.size > 0;
  }

  /** Stops all traffic on the present connections, which stay open. */
  freeze(): void {
    this.each((link) => {
      link.toServer = () => undefined;
      link.toClient = () => undefined;
    });
  }

  /**
   * Cuts the connection on which this text is sent to the server next, before or after the server has it, without its
   * answer. Resolves when that has happened.
   */
  cutAt(text: string, when: 'before' | 'after'): Promise<void> {
    return new Promise((resolve) => {
      const cut = (link: Link) => {
        link.client.destroy();
        link.server.destroy();
        resolve();
        return undefined;
      };
      this.intercept(firstWith(text), (link, bytes) => {
        if (when === 'before') return cut(link);
        // The answer of the server shows that it is done. Nobody gets it.
        link.toClient = () => cut(link);
        return bytes;
      });
    });
  }

  /** Keeps the next such text from the server, and everything after it on its connection. Resolves when that has begun. */
  holdAt(text: string): Promise<void> {
    return new Promise((resolve) =>
      this.intercept(firstWith(text), (link) => {
        link.toServer = () => undefined;
        resolve();
        return undefined;
      }),
    );
  }

  /**
   * Keeps the next such text from the server, or only its last bytes, and everything after it on its connection,
   * including the close of the client. Resolves when that has begun.
   */
  lateAt(text: string, lastBytes = Infinity): Promise<Late> {
    return new Promise((resolve) =>
      this.intercept(firstWith(text), (link, bytes) => {
        const early = bytes.subarray(0, Math.max(0, bytes.length - lastBytes));
        const held = [bytes.subarray(early.length)];
        link.isLate = true;
        link.toServer = (more) => void held.push(more);
        resolve({
          arrive: () => {
            const isOpen = this.links.has(link) && !link.server.destroyed;
            if (isOpen) link.server.write(Buffer.concat(held));
            return isOpen;
          },
        });
        return early.length === 0 ? undefined : early;
      }),
    );
  }

  /** Resolves when the server has closed every connection, and its clients have noticed. */
  async emptied(): Promise<void> {
    while (this.links.size > 0) await turn();
    // The sockets of the clients are in this process, and notice it in the next turns of its loop.
    for (let turns = 0; turns < 5; turns++) await turn();
  }

  async close(): Promise<void> {
    this.cut();
    this.listener.close();
    await once(this.listener, 'close');
  }

  /** Passes what is sent to the server and meant through `act`, and everything else unchanged. */
  private intercept(
    isMeant: (bytes: Buffer, texts: readonly string[]) => boolean,
    act: (link: Link, bytes: Buffer) => Buffer | undefined,
  ): void {
    this.prepare = (link) => {
      link.toServer = (bytes) => (isMeant(bytes, link.texts) ? act(link, bytes) : bytes);
    };
    this.each(this.prepare);
  }

  private each(change: (link: Link) => void): void {
    for (const link of this.links) change(link);
  }

  private connect(client: Socket): void {
    if (this.endsConnections) {
      client.destroy();
      return;
    }
    if (!this.takesConnections) {
      client.on('error', () => undefined);
      client.on('close', () => this.unanswered.delete(client)).resume();
      this.unanswered.add(client);
      return;
    }
    const server = createConnection(this.port, '127.0.0.1');
    const link: Link = { client, server, toServer: pass, toClient: pass, texts: [] };
    if (this.looksLikePooler) link.toClient = withOtherProcess(link);
    this.prepare(link);
    this.links.add(link);
    const forward = (from: Socket, to: Socket, passage: () => Passage) => {
      from.on('data', (bytes: Buffer) => {
        const sent = passage()(bytes);
        if (sent === undefined) return;
        to.write(sent);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        if (link.silent && from === server) return;
        if (link.isLate && from === client) return;
        this.links.delete(link);
        to.destroy();
      });
    };
    const messages = new WireMessages('client');
    const texts = new StatementTexts();
    client.on('data', (bytes: Buffer) => {
      link.texts = messages.take(bytes).flatMap((message) => texts.of(message) ?? []);
    });
    forward(client, server, () => link.toServer);
    forward(server, client, () => link.toClient);
  }
}

/** True for the first bytes that contain the text or belong to a statement that does, and never again. */
function firstWith(text: string): (bytes: Buffer, texts: readonly string[]) => boolean {
  let isDone = false;
  return (bytes, texts) => {
    if (isDone || !(bytes.includes(text) || texts.some((one) => one.includes(text)))) return false;
    isDone = true;
    return true;
  };
}

const KEY_DATA = Buffer.from('K\0\0\0\x0c', 'latin1');

/** Gives the client another process number. Source: PostgreSQL manual, "Message Formats", BackendKeyData. */
function withOtherProcess(link: Link): Passage {
  return (bytes) => {
    const at = bytes.indexOf(KEY_DATA);
    if (at < 0) return bytes;
    link.toClient = pass;
    const changed = Buffer.from(bytes);
    changed.writeInt32BE(0x7fff_0000, at + KEY_DATA.length);
    return changed;
  };
}
