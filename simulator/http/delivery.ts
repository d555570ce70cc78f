import type { ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { FaultAnswer } from '../faults';
import type { Answer } from './message';

const BODILESS = new Set([204, 304]);

function writeHead(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, BODILESS.has(status) ? headers : { ...headers, 'content-length': body.length });
}

/** A negative offset counts from the end. */
const offset = (from: number, length: number): number =>
  Math.max(0, Math.min(length, from < 0 ? length + from : from));

function send(response: ServerResponse, sent: Answer): void {
  writeHead(response, sent);
  response.end(sent.body);
}

function sendSlowly(response: ServerResponse, sent: Answer, pieceBytes: number, everyMs: number): void {
  writeHead(response, sent);
  let at = 0;
  const step = (): void => {
    if (response.destroyed) return;
    response.write(sent.body.subarray(at, (at += pieceBytes)));
    if (at >= sent.body.length) response.end();
    else setTimeout(step, everyMs);
  };
  step();
}

function corrupted(sent: Answer, at: number): Answer {
  const body = Buffer.from(sent.body);
  const index = Math.min(offset(at, body.length), body.length - 1);
  if (index >= 0) body[index] = (body[index] ?? 0) ^ 0x55;
  return { ...sent, body };
}

function replaced(sent: Answer, text: string, by: string): Answer {
  const body = Buffer.from(sent.body.toString().replaceAll(text, () => by));
  const checked = sent.headers['x-amz-crc32'] !== undefined;
  const headers = checked ? { ...sent.headers, 'x-amz-crc32': String(crc32(body)) } : sent.headers;
  return { ...sent, headers, body };
}

/** Sends a response, altered by the fault. */
export function deliver(response: ServerResponse, sent: Answer, fault: FaultAnswer | undefined): void {
  switch (fault?.kind) {
    case undefined:
    case 'error':
    case 'body':
      send(response, sent);
      break;
    case 'hang':
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'cut':
      writeHead(response, sent);
      response.write(sent.body.subarray(0, offset(fault.afterBytes, sent.body.length)), () =>
        response.socket?.destroy(),
      );
      break;
    case 'stall':
      writeHead(response, sent);
      response.write(sent.body.subarray(0, offset(fault.afterBytes, sent.body.length)));
      break;
    case 'truncate':
      send(response, { ...sent, body: sent.body.subarray(0, offset(fault.toBytes, sent.body.length)) });
      break;
    case 'corrupt':
      send(response, corrupted(sent, fault.offset));
      break;
    case 'replace':
      send(response, replaced(sent, fault.text, fault.by));
      break;
    case 'slow':
      sendSlowly(response, sent, fault.pieceBytes, fault.everyMs);
      break;
    case 'delay':
      setTimeout(() => {
        if (!response.destroyed) send(response, sent);
      }, fault.ms);
      break;
  }
}
