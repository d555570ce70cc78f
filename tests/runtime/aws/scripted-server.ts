import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { LocalClock } from '../../../runtime/clock';
import { SdkServices } from '../../../runtime/aws/sdk';
import type { AwsSettings } from '../../../runtime/aws/settings';

export interface Heard {
  readonly method: string;
  readonly path: string;
  /** The operation of a JSON call. */
  readonly operation: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answering = (response: ServerResponse, heard: Heard) => void;

/** An HTTP server on 127.0.0.1 that answers the n-th request with the n-th entry of its script, and later ones with the last. */
export class ScriptedServer {
  readonly heard: Heard[] = [];
  readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private script: readonly Answering[] = [];
  private turn = 0;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.answer(request, Buffer.concat(chunks).toString('utf8'), response));
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start(): Promise<ScriptedServer> {
    const scripted = new ScriptedServer();
    await new Promise<void>((resolve) => scripted.server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  answerWith(...script: Answering[]): void {
    this.script = script;
    this.turn = 0;
    this.heard.length = 0;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const heard = {
      method: request.method ?? '',
      path: request.url ?? '',
      operation: (request.headers['x-amz-target'] as string | undefined)?.split('.')[1],
      headers: request.headers,
      body,
    };
    this.heard.push(heard);
    const answering = this.script[Math.min(this.turn++, this.script.length - 1)];
    if (answering === undefined) response.destroy();
    else answering(response, heard);
  }
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answering {
  return text(status, JSON.stringify(value), { 'content-type': 'application/x-amz-json-1.0', ...headers });
}

export function text(
  status: number,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Answering {
  return (response) => {
    response.writeHead(status, { 'x-amzn-requestid': 'R', ...headers });
    response.end(body);
  };
}

export function serviceError(name: string, message = 'said by the service', status = 400): Answering {
  return json(status, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message });
}

export function s3Error(status: number, code: string): Answering {
  return text(
    status,
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>said by S3</Message></Error>`,
    {
      'content-type': 'application/xml',
    },
  );
}

/** Promises `promised` bytes, sends `body`, and then resets the connection. */
export function cutBody(
  promised: number,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Answering {
  return (response) => {
    response.writeHead(200, { 'content-length': String(promised), 'x-amzn-requestid': 'R', ...headers });
    response.write(body, () => response.socket?.destroy());
  };
}

/** Promises more bytes than it sends, and then stays silent. */
export function stalledBody(promised: number, body: string | Uint8Array): Answering {
  return (response) => {
    response.writeHead(200, { 'content-length': String(promised), 'x-amzn-requestid': 'R' });
    response.write(body);
  };
}

export const hang: Answering = () => undefined;
export const reset: Answering = (response) => response.socket?.resetAndDestroy();

/** The real SDK, with one try per call and timeouts longer than any response takes. */
export function sdkAt(url: string, settings: Partial<AwsSettings> = {}): SdkServices {
  return new SdkServices(
    {
      region: 'eu-west-1',
      endpoint: url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
      timeouts: { connectMs: 60_000, requestMs: 60_000, socketMs: 60_000, callMs: 60_000 },
      ...settings,
    },
    new LocalClock(),
  );
}
