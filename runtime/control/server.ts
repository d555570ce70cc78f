import { randomBytes, timingSafeEqual } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReplicatorError } from '../errors';
import { addressFile, type AnswerLine, type ControlAddress, type ControlVerb } from './address';

const MOST_BODY_BYTES = 64 * 1024;

/** Carries out a request; `table`: the source table it is about, undefined for all. What it throws is sent back. */
export type ControlHandler = (request: {
  readonly table: string | undefined;
  readonly tell: (progress: string) => void;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}) => Promise<unknown>;

/**
 * Takes requests from other processes of the same user while this one holds the destination's file: HTTP on the loopback
 * address, with a token that stands in a file beside the destination's.
 */
export class ControlServer {
  private constructor(
    private readonly server: Server,
    private readonly file: string,
  ) {}

  /** Listens and writes the address file. */
  static async start(
    destinationFile: string,
    handlers: Readonly<Record<ControlVerb, ControlHandler>>,
  ): Promise<ControlServer> {
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
    const address: ControlAddress = { pid: process.pid, port, token };
    const file = addressFile(destinationFile);
    // Never half written, and never readable by others, not even for a moment.
    await writeFile(`${file}.new`, JSON.stringify(address), { mode: 0o600 });
    await rename(`${file}.new`, file);
    return new ControlServer(server, file);
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
  handlers: Readonly<Record<ControlVerb, ControlHandler>>,
): Promise<void> {
  const send = (line: AnswerLine) => void response.write(JSON.stringify(line) + '\n');
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('whoever asked has gone')));
  try {
    if (!isAllowed(request.headers.authorization, token)) {
      response.writeHead(401).end();
      return;
    }
    const verb = (request.url ?? '').slice(1);
    if (request.method !== 'POST' || !Object.hasOwn(handlers, verb)) {
      response.writeHead(404).end();
      return;
    }
    const { table } = JSON.parse((await body(request)) || '{}') as { table?: string };
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const result = await handlers[verb as ControlVerb]({
      table,
      tell: (progress) => send({ progress }),
      signal: gone.signal,
    });
    send({ result: result ?? null });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    send({ error: { name, message, kind: error instanceof ReplicatorError ? error.kind : undefined } });
  }
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
