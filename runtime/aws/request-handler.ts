import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { type Proxy, ProxyFailed, proxyFor } from './proxy';
import type { Timeouts } from './settings';

/** Enough for one reader per shard and one per export file at the same time, so that no call queues for a socket. */
const POOL = { keepAlive: true, maxSockets: 1_024 };

/** How requests reach a host: through a proxy, or directly. */
export interface Route {
  readonly host: string;
  readonly proxy: Proxy | undefined;
}

/** Sends the SDK's requests directly or through the proxy that the environment names for their host. */
export class RequestHandler extends NodeHttpHandler {
  private readonly known = new Map<string, Route>();
  private readonly proxied = new Map<string, NodeHttpHandler>();

  /** @param usesProxies `false` ignores the proxies of the environment */
  constructor(
    private readonly timeouts: Timeouts,
    private readonly usesProxies = true,
  ) {
    super({ ...optionsOf(timeouts), httpAgent: new HttpAgent(POOL), httpsAgent: new HttpsAgent(POOL) });
  }

  /** The hosts that have been called so far, and how each was reached. */
  get routes(): readonly Route[] {
    return [...this.known.values()];
  }

  override async handle(
    ...[request, options]: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    const { host, proxy } = this.routeTo(request);
    if (proxy === undefined) return super.handle(request, options);
    const answer = await this.through(proxy).handle(request, options);
    if (answer.response.statusCode === 407) throw refused(proxy, host, 407);
    return answer;
  }

  override destroy(): void {
    super.destroy();
    for (const handler of this.proxied.values()) handler.destroy();
  }

  private routeTo({
    protocol,
    hostname,
    port,
  }: {
    protocol: string;
    hostname: string;
    port?: number;
  }): Route {
    const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
    let route = this.known.get(origin);
    if (route === undefined) {
      const url = new URL(origin);
      route = { host: url.host, proxy: this.usesProxies ? proxyFor(url) : undefined };
      this.known.set(origin, route);
    }
    return route;
  }

  private through(proxy: Proxy): NodeHttpHandler {
    let handler = this.proxied.get(proxy.url.href);
    if (handler === undefined) {
      const { connectMs } = this.timeouts;
      handler = new NodeHttpHandler({
        ...optionsOf(this.timeouts),
        httpAgent: new ForwardingAgent(proxy, connectMs),
        // The SDK uses only the agent's pool, which every agent has.
        httpsAgent: new TunnelAgent(proxy, connectMs) as unknown as HttpsAgent,
      });
      this.proxied.set(proxy.url.href, handler);
    }
    return handler;
  }
}

type Target = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** For https: an encrypted connection through the proxy, which cannot read it. */
class TunnelAgent extends HttpsProxyAgent<string> {
  constructor(
    private readonly way: Proxy,
    private readonly connectMs: number,
  ) {
    super(way.url, POOL);
  }

  // The library would look it up in the call stack, which fails for a request that had to wait for a socket.
  override isSecureEndpoint(): boolean {
    return true;
  }

  override async connect(request: ClientRequest, target: Target): Promise<Socket> {
    const host = `${target.host}`;
    let status: number | undefined;
    request.once('proxyConnect', (answer: { statusCode: number }) => (status = answer.statusCode));
    const socket = await within(this.connectMs, this.way, host, (signal) => {
      this.connectOpts = { ...this.connectOpts, signal };
      return super.connect(request, target);
    });
    if (status === 200) return socket;
    socket.destroy();
    throw refused(this.way, host, status);
  }
}

/** For http: sends the request itself to the proxy. */
class ForwardingAgent extends HttpProxyAgent<string> {
  constructor(
    private readonly way: Proxy,
    private readonly connectMs: number,
  ) {
    super(way.url, POOL);
  }

  override isSecureEndpoint(): boolean {
    return false;
  }

  override connect(...[request, target]: Parameters<HttpProxyAgent<string>['connect']>): Promise<Socket> {
    return within(this.connectMs, this.way, `${target.host}`, (signal) => {
      this.connectOpts = { ...this.connectOpts, signal };
      return super.connect(request, target);
    });
  }
}

/**
 * Connects, and gives up after `connectMs`: the SDK drops a request that takes longer, but would leave the connection open.
 * @throws ProxyFailed
 */
async function within(
  connectMs: number,
  { address }: Proxy,
  host: string,
  connect: (signal: AbortSignal) => Promise<Socket>,
): Promise<Socket> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), connectMs);
  try {
    return await connect(controller.signal);
  } catch (error) {
    const isLate = controller.signal.aborted;
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = isLate ? `no response within ${connectMs} ms` : message;
    throw new ProxyFailed(
      `PROXY_${isLate ? 'ETIMEDOUT' : (code ?? 'CLOSED')}`,
      `The proxy ${address} did not connect to ${host} (${reason}). ${remedy(host)}`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

function refused({ address }: Proxy, host: string, status: number | undefined): ProxyFailed {
  const login =
    status === 407
      ? ' It requires a user and password: HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT (HTTP_PROXY for an http:// endpoint).'
      : '';
  return new ProxyFailed(
    `PROXY_${status}`,
    `The proxy ${address} refuses connections to ${host} (HTTP ${status}).${login} ${remedy(host)}`,
  );
}

const remedy = (host: string): string =>
  `Check HTTPS_PROXY and HTTP_PROXY; to reach ${host} without a proxy, add it to NO_PROXY.`;

function optionsOf({ connectMs, requestMs, socketMs }: Timeouts): NodeHttpHandlerOptions {
  return {
    connectionTimeout: connectMs,
    requestTimeout: requestMs,
    throwOnRequestTimeout: true,
    socketTimeout: socketMs,
  };
}
