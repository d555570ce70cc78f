import type { RequestCredentials } from '../iam/sessions';

/** A complete request. */
export interface Request {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** A response, before any fault alters it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const answer = (status: number, contentType: string, body: string | Buffer): Answer => ({
  status,
  headers: { 'content-type': contentType },
  body: typeof body === 'string' ? Buffer.from(body) : body,
});

/** A request as its protocol reads it: the operation, how to execute it, and the form of an error. */
export interface Exchange {
  readonly operation: string;
  /** @throws ServiceError */
  perform(): Answer;
  failure(error: {
    type: string;
    message: string;
    status: number;
    headerOnly?: boolean;
    members?: object;
  }): Answer;
}

/** The credentials that a request is signed with; an empty access key if it has none. */
export function credentialsOf({ headers, query }: Request): RequestCredentials {
  const signed =
    /(?:Credential=|^AWS )([^/:,\s]+)[/:]/.exec(headers['authorization'] ?? '')?.[1] ??
    query.get('X-Amz-Credential')?.split('/')[0] ??
    query.get('AWSAccessKeyId');
  return {
    accessKeyId: signed ?? '',
    sessionToken: headers['x-amz-security-token'] ?? query.get('X-Amz-Security-Token') ?? undefined,
  };
}

/** The region in the scope of a request's signature; undefined for a signature of version 2, which has none. */
export function signedRegionOf({ headers, query }: Request): string | undefined {
  const scope =
    /Credential=([^,\s]+)/.exec(headers['authorization'] ?? '')?.[1] ?? query.get('X-Amz-Credential');
  // Key, date, region, service.
  return scope?.split('/')[2] || undefined;
}

/** Whether a request has credentials. The simulator does not verify signatures. */
export const isSigned = (request: Request): boolean =>
  request.headers['authorization'] !== undefined ||
  request.query.has('X-Amz-Signature') ||
  request.query.has('Signature');
