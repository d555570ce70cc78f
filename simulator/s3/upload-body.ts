import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Request } from '../http/message';
import { ServiceError } from '../service-error';

/** The decoded payload of an upload, and its checksums. */
export interface UploadBody {
  readonly body: Buffer;
  readonly checksums: Record<string, string>;
}

const CRLF = '\r\n';

/** Decodes `aws-chunked`: `size[;chunk-signature=…]CRLF data CRLF … 0 CRLF trailers CRLF`. */
function unchunk(body: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf(CRLF, at);
    const size = end < 0 ? NaN : parseInt(body.toString('latin1', at, end).split(';')[0] ?? '', 16);
    if (Number.isNaN(size)) throw new ServiceError('IncompleteBody', 'The aws-chunked body ends early');
    at = end + 2;
    if (size === 0) break;
    if (at + size + 2 > body.length) {
      throw new ServiceError('IncompleteBody', 'The aws-chunked body ends inside a chunk');
    }
    pieces.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const trailers: Record<string, string> = {};
  for (const line of body.toString('latin1', at).split(CRLF)) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { body: Buffer.concat(pieces), trailers };
}

/** The checksum of a body in S3's encoding; undefined for algorithms that the simulator cannot compute. */
function checksum(name: string, body: Buffer): string | undefined {
  if (name === 'x-amz-checksum-sha256') return createHash('sha256').update(body).digest('base64');
  if (name === 'x-amz-checksum-sha1') return createHash('sha1').update(body).digest('base64');
  if (name !== 'x-amz-checksum-crc32') return undefined;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

/** @throws ServiceError BadDigest, IncompleteBody */
export function uploadBody(request: Request): UploadBody {
  const isChunked = (request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const { body, trailers } = isChunked ? unchunk(request.body) : { body: request.body, trailers: {} };
  const promised = request.headers['x-amz-decoded-content-length'];
  if (promised !== undefined && Number(promised) !== body.length) {
    throw new ServiceError(
      'IncompleteBody',
      'The length of the body differs from x-amz-decoded-content-length',
    );
  }
  const contentMd5 = request.headers['content-md5'];
  if (contentMd5 !== undefined && contentMd5 !== createHash('md5').update(body).digest('base64')) {
    throw new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const checksums: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...request.headers, ...trailers })) {
    if (!/^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/.test(name) || value === undefined) continue;
    const computed = checksum(name, body);
    if (computed !== undefined && computed !== value) {
      throw new ServiceError('BadDigest', `The ${name} you specified did not match what we received.`);
    }
    checksums[name] = value;
  }
  return { body, checksums };
}
