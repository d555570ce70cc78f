import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { takesEffect } from '../faults';
import type { FaultAnswer, Service } from '../faults';
import { derivedRandom } from '../random';
import { objectExchange } from '../s3/rest';
import { ServiceError } from '../service-error';
import type { Backend } from './backend';
import { CONTROL_PATH, control } from './control';
import { deliver } from './delivery';
import { json10, json11, jsonExchange } from './json-protocol';
import type { JsonDialect } from './json-protocol';
import { answer, credentialsOf } from './message';
import type { Answer, Exchange, Request } from './message';
import { queryExchange } from './query-protocol';

/** A listening simulator. */
export interface Listening {
  readonly url: string;
  readonly port: number;
  /** Closes every connection, including the hanging ones. */
  close(): Promise<void>;
}

interface JsonService {
  readonly service: 'dynamodb' | 'streams' | 'secretsmanager';
  readonly dialect: JsonDialect;
}

/** Services by the prefix of `x-amz-target`. */
const TARGETS: Readonly<Record<string, JsonService>> = {
  DynamoDB_20120810: { service: 'dynamodb', dialect: json10 },
  DynamoDBStreams_20120810: { service: 'streams', dialect: json10 },
  secretsmanager: { service: 'secretsmanager', dialect: json11 },
};

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

/** Finds the service that a request is for. */
function route(
  backend: Backend,
  request: Request,
  requestId: string,
): { service: Service; exchange: Exchange } {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const [prefix = '', operation = ''] = target.split('.');
    const { service, dialect }: JsonService = TARGETS[prefix] ?? { service: 'dynamodb', dialect: json10 };
    const known = TARGETS[prefix] ? operation : target;
    const call = (input: Record<string, unknown>): unknown =>
      backend.perform(service, known, input, backend.iam.callerOf(service, credentialsOf(request)));
    return { service, exchange: jsonExchange(request, dialect, known, call) };
  }
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (request.method === 'POST' && isForm) {
    const call = (operation: string, input: Record<string, unknown>): unknown =>
      backend.perform('sts', operation, input, backend.iam.callerOf('sts', credentialsOf(request)));
    return { service: 'sts', exchange: queryExchange(request, call, requestId) };
  }
  return { service: 's3', exchange: objectExchange(backend, request, requestId) };
}

function performed(exchange: Exchange): Answer {
  try {
    return exchange.perform();
  } catch (error) {
    if (error instanceof ServiceError) return exchange.failure(error);
    const message = `The simulator failed: ${(error as Error).stack ?? String(error)}`;
    return exchange.failure({ type: 'InternalFailure', message, status: 500 });
  }
}

function answerOf(exchange: Exchange, fault: FaultAnswer | undefined): Answer {
  const real = fault === undefined || takesEffect(fault) ? performed(exchange) : undefined;
  if (fault?.kind === 'body') return answer(fault.status, fault.contentType, fault.body);
  if (fault?.kind !== 'error') return real ?? answer(500, 'text/plain', '');
  const { type, message = `${type} by fault rule`, status = 400, headerOnly = false, headers = {} } = fault;
  const made = exchange.failure({ type, message, status, headerOnly });
  return { ...made, headers: { ...made.headers, ...headers } };
}

/** Serves all services on one port of 127.0.0.1. `port` 0 picks a free one. */
export async function listen(backend: Backend, seed: number, port: number): Promise<Listening> {
  const random = derivedRandom(seed, 'request ids');
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(message);
    backend.tick();
    const requestId = random.hex(32).toUpperCase();
    response.sendDate = false;
    response.setHeader('date', new Date(backend.clock.now()).toUTCString());
    if (request.path === CONTROL_PATH || request.path.startsWith(`${CONTROL_PATH}/`)) {
      deliver(response, control(backend, request), undefined);
      return;
    }
    const { service, exchange } = route(backend, request, requestId);
    response.setHeader(service === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid', requestId);
    const fault = backend.faults.take(
      service,
      exchange.operation,
      () => `${decodeURIComponent(message.url ?? '')}\n${request.body.toString()}`,
    );
    deliver(response, answerOf(exchange, fault), fault);
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
