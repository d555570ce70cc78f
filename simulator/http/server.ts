import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Backend } from './backend';
import { CONTROL_PATH, control } from './control';
import { deliver } from './delivery';
import { answer } from './message';
import type { Request } from './message';
import { Responder } from './responder';

/** A listening simulator. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Closes every connection, including the hanging ones. */
  close(): Promise<void>;
}

async function read(message: IncomingMessage): Promise<Request> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  const [path = '/', query = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const headers = message.headers as Record<string, string | undefined>;
  return {
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(pieces),
  };
}

/** Serves all services on one port of 127.0.0.1. `port` 0 picks a free one. */
export async function listen(backend: Backend, seed: number, port: number): Promise<Listening> {
  const responder = new Responder(backend, seed);
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(message);
    response.sendDate = false;
    if (request.path === CONTROL_PATH || request.path.startsWith(`${CONTROL_PATH}/`)) {
      backend.tick();
      response.setHeader('date', new Date(backend.clock.now()).toUTCString());
      deliver(response, control(backend, request), undefined);
      return;
    }
    const { sent, fault } = responder.respond(request, message.url ?? '');
    deliver(response, sent, fault);
  };
  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      if (!response.headersSent) deliver(response, answer(400, 'text/plain', String(error)), undefined);
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
