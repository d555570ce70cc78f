import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ShardsOfStream, type StreamPlan } from './stream-shards';

/** What a request takes beside the program itself: the way to AWS and back. */
const LATENCY_MS = 10;

/**
 * A stream of many shards over HTTP, in a process of its own, which is started with a `StreamPlan` as JSON: only what following needs, and as little work for each answer
 * as there can be, so that the client is what is measured. It keeps nothing: what a read gives follows from its iterator and the time.
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
