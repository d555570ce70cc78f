import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ShardsOfStream, type StreamPlan } from './stream-shards';

/** Round-trip time to AWS. */
const LATENCY_MS = 10;

/**
 * Serves a stream of many shards over HTTP in a child process, started with a `StreamPlan` as JSON. It has only what a follower
 * needs and does as little work per answer as possible, so that the client is measured. It is stateless: a read's records follow
 * from its iterator and the time.
 */
function serve(plan: StreamPlan): void {
  const shards = new ShardsOfStream(plan, Date.now());
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const input = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
      setTimeout(() => {
        const date = new Date().toUTCString();
        response.writeHead(200, {
          'content-type': 'application/x-amz-json-1.0',
          'x-amzn-requestid': 'r',
          date,
        });
        response.end(JSON.stringify(shards.answer(operation, input, Date.now())));
      }, LATENCY_MS);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

process.on('disconnect', () => process.exit(0));
serve(JSON.parse(String(process.argv[2])) as StreamPlan);
