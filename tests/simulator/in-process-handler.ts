import { Readable } from 'node:stream';
import type { Simulator } from '../../simulator';

/** A request of the SDK. */
interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Asked before each request; `url` has the query. May take time, or throw what a socket would. */
export type BeforeRequest = (request: {
  readonly method: string;
  readonly url: string;
  readonly target: string | undefined;
}) => void | Promise<void>;

/** A `requestHandler` for the SDK's clients that brings each request to the simulator without a socket. */
export class InProcessHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };

  constructor(
    private readonly simulator: Simulator,
    private readonly before: BeforeRequest = () => undefined,
  ) {}

  async handle(request: SdkRequest, options: { readonly abortSignal?: AbortSignal } = {}) {
    options.abortSignal?.throwIfAborted();
    const url = urlOf(request);
    const headers = Object.fromEntries(
      Object.entries({ host: request.hostname, ...request.headers }).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]),
    );
    await this.before({ method: request.method, url, target: headers['x-amz-target'] });
    options.abortSignal?.throwIfAborted();
    const [path = '/', query = ''] = url.split(/\?(.*)/s);
    const response = this.simulator.request(
      {
        method: request.method,
        path,
        query: new URLSearchParams(query),
        headers,
        body: await bytesOf(request.body),
      },
      url,
    );
    return {
      response: {
        statusCode: response.status,
        headers: { ...response.headers, 'content-length': String(response.body.length) },
        body: Readable.from(response.body.length === 0 ? [] : [response.body]),
      },
    };
  }

  destroy(): void {
    // Nothing is open.
  }

  updateHttpClientConfig(): void {
    // It has no configuration.
  }

  httpHandlerConfigs(): object {
    return {};
  }
}

function urlOf({ path, query = {} }: SdkRequest): string {
  const parts = Object.entries(query).flatMap(([name, value]) => {
    const values = value === null ? [''] : typeof value === 'string' ? [value] : value;
    return values.map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`);
  });
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.copyBytesFrom(body);
  const pieces: Buffer[] = [];
  for await (const piece of body as AsyncIterable<Uint8Array>) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
