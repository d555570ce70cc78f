import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** How the proxy treats requests. */
type Manner = 'pass on' | 'say nothing' | 'hang up' | number;

/** A proxy on 127.0.0.1 that opens tunnels and forwards requests, or misbehaves. */
export class ProxyServer {
  manner: Manner = 'pass on';
  /** `CONNECT host:port` or `POST http://…`, one for each connection or request. */
  readonly asked: string[] = [];
  readonly logins: (string | undefined)[] = [];
  readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((asked, answer) => this.forward(asked, answer));
    this.server.on('connect', (asked, socket: Socket) => this.tunnel(asked, socket));
    this.server.on('connection', (socket: Socket) => this.keep(socket));
  }

  static async start(): Promise<ProxyServer> {
    const proxy = new ProxyServer();
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private tunnel(asked: IncomingMessage, socket: Socket): void {
    this.note(asked);
    // Only a reader notices that the other side has ended the connection.
    if (this.manner === 'say nothing') return void socket.resume().once('end', () => socket.destroy());
    if (this.manner === 'hang up') return void socket.destroy();
    if (this.manner !== 'pass on')
      return void socket.end(`HTTP/1.1 ${this.manner} No\r\nContent-Length: 0\r\n\r\n`);
    const [host, port] = (asked.url as string).split(':') as [string, string];
    const there = this.keep(connect({ host, port: Number(port), autoSelectFamily: true }));
    there.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
  }

  private forward(asked: IncomingMessage, answer: ServerResponse): void {
    this.note(asked);
    if (this.manner === 'say nothing') return;
    if (this.manner === 'hang up') return void asked.socket.destroy();
    if (this.manner !== 'pass on') return void answer.writeHead(this.manner).end();
    const { method, headers, url } = asked;
    const there = request(url as string, { method, headers }, (response) => {
      answer.writeHead(response.statusCode as number, response.headers);
      response.pipe(answer);
    });
    asked.pipe(there);
  }

  private note({ method, url, headers }: IncomingMessage): void {
    this.asked.push(`${method} ${url}`);
    this.logins.push(headers['proxy-authorization']);
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  }
}
