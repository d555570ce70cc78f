import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceHealth } from './health';

/** What the server reports, computed for each request. */
export interface Vitals {
  health(): ServiceHealth;
  /** In Prometheus's text format. */
  metrics(): string;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Health and metrics over HTTP on the loopback address. `/healthz` answers 200 while the service is alive, `/readyz` while every
 * table is followed, otherwise 503, each with its reasons as JSON. `/metrics` is for Prometheus.
 */
export class HealthServer {
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param port 0 takes a free one @throws Error with code EADDRINUSE */
  static async start(port: number, vitals: Vitals): Promise<HealthServer> {
    const server = createServer(({ method, url }, response) => {
      if (method === 'GET' || method === 'HEAD') answer(url ?? '', vitals, response);
      else response.writeHead(405, { allow: 'GET, HEAD' }).end();
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    server.unref();
    return new HealthServer(server, (server.address() as AddressInfo).port);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function answer(url: string, vitals: Vitals, response: ServerResponse): void {
  const state = (health: ServiceHealth, isFine: boolean) =>
    response
      .writeHead(isFine ? 200 : 503, { 'content-type': 'application/json' })
      .end(`${JSON.stringify(health)}\n`);
  const health = vitals.health();
  switch (url.split('?')[0]) {
    case '/healthz':
      return void state(health, health.alive);
    case '/readyz':
      return void state(health, health.ready);
    case '/metrics':
      return void response.writeHead(200, { 'content-type': METRICS_TYPE }).end(vitals.metrics());
    default:
      return void response.writeHead(404).end();
  }
}
