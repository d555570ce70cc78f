import { randomBytes, timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressFile, type LoopbackAddress } from './loopback-address';
import { writePrivately } from './private-file';
import { answerRequest } from './answer-request';
import type { AnswerLine, ControlHandlers } from './protocol';

const MOST_BODY_BYTES = 64 * 1024;

/**
 * Takes requests from other processes of the same user while this one holds the destination's file: HTTP on the loopback
 * address, with a token from a file beside the destination's.
 */
export class LoopbackServer {
  private constructor(
    private readonly server: Server,
    private readonly file: string,
  ) {}

  /** Listens and writes the address file. */
  static async start(
    destinationFile: string,
    tables: readonly string[],
    handlers: ControlHandlers,
  ): Promise<LoopbackServer> {
    const token = randomBytes(24).toString('base64url');
    const server = createServer((request, response) => {
      void answer(request, response, token, handlers);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    server.unref();
    const { port } = server.address() as AddressInfo;
    const address: LoopbackAddress = { pid: process.pid, port, token, tables };
    const file = addressFile(destinationFile);
    await writePrivately(file, JSON.stringify(address));
    return new LoopbackServer(server, file);
  }

  async close(): Promise<void> {
    await rm(this.file, { force: true });
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  handlers: ControlHandlers,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('the client has disconnected')));
  if (!isAllowed(request.headers.authorization, token)) {
    response.writeHead(401).end();
    return;
  }
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end();
    return;
  }
  const text = await body(request).catch(() => undefined);
  if (text === undefined) {
    response.writeHead(413).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (line: AnswerLine) => void response.write(JSON.stringify(line) + '\n');
  await answerRequest(
    handlers,
    { text: text || '{}', named: (request.url ?? '').slice(1) },
    gone.signal,
    send,
  );
  response.end();
}

function isAllowed(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > MOST_BODY_BYTES) throw new RangeError('the request is too large');
  }
  return text;
}
