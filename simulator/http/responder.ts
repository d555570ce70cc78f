import { faultError, isOnlyLate, takesEffect } from '../faults';
import type { FaultAnswer, Service } from '../faults';
import { derivedRandom } from '../random';
import type { Random } from '../random';
import { objectExchange } from '../s3/rest';
import { ServiceError } from '../service-error';
import type { Backend } from './backend';
import { json10, json11, jsonExchange } from './json-protocol';
import type { JsonDialect } from './json-protocol';
import { answer, credentialsOf } from './message';
import type { Answer, Exchange, Request } from './message';
import { queryExchange, queryServiceOf } from './query-protocol';

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

/** A response, and how the connection then alters it. */
interface Response {
  readonly operation: string;
  readonly sent: Answer;
  readonly fault: FaultAnswer | undefined;
}

/** Responds to complete requests, however they arrive. */
export class Responder {
  private readonly random: Random;

  constructor(
    private readonly backend: Backend,
    seed: number,
  ) {
    this.random = derivedRandom(seed, 'request ids');
  }

  /** @param url as received, for the rules that look for a text */
  respond(request: Request, url: string): Response {
    const { backend } = this;
    backend.tick();
    const requestId = this.random.hex(32).toUpperCase();
    const { service, exchange } = route(backend, request, requestId);
    const fault = backend.faults.take(
      service,
      exchange.operation,
      () => `${decodeURIComponent(url)}\n${request.body.toString()}`,
    );
    const { status, headers, body } = answerOf(exchange, fault);
    const idHeader = service === 's3' ? 'x-amz-request-id' : 'x-amzn-requestid';
    const date = new Date(backend.clock.now()).toUTCString();
    const sent = { status, headers: { date, [idHeader]: requestId, ...headers }, body };
    return { operation: exchange.operation, sent, fault };
  }

  /** Responds without a connection. @throws TransportFault if a fault rule applies that is not an error response */
  exchanged(request: Request, url: string): Answer {
    const { operation, sent, fault } = this.respond(request, url);
    if (fault === undefined || fault.kind === 'error' || fault.kind === 'body' || isOnlyLate(fault))
      return sent;
    throw faultError(operation, fault);
  }
}

/** Finds the service that a request is for. */
function route(
  backend: Backend,
  request: Request,
  requestId: string,
): { service: Service; exchange: Exchange } {
  const callOf =
    (service: Exclude<Service, 's3'>) =>
    (operation: string, input: Record<string, unknown>): unknown =>
      backend.perform(service, operation, input, backend.iam.callerOf(service, credentialsOf(request)));
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    const [prefix = '', operation = ''] = target.split('.');
    const { service, dialect }: JsonService = TARGETS[prefix] ?? { service: 'dynamodb', dialect: json10 };
    const known = TARGETS[prefix] ? operation : target;
    const call = callOf(service);
    return { service, exchange: jsonExchange(request, dialect, known, (input) => call(known, input)) };
  }
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (request.method === 'POST' && isForm) {
    const service = queryServiceOf(request);
    return { service, exchange: queryExchange(request, service, callOf(service), requestId) };
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
