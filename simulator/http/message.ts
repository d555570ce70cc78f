import type { RequestCredentials } from '../iam/sessions';

/** A request, read to its end. */
export interface Request {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** An answer, before any fault spoils it. */
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

/** What a protocol makes of a request: which operation it is, how to carry it out, and how it words an error. */
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

/** What a request is signed with; an empty access key where that is not to be made out. */
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

/** Whether a request carries credentials; the simulator does not verify signatures. */
export const isSigned = (request: Request): boolean =>
  request.headers['authorization'] !== undefined ||
  request.query.has('X-Amz-Signature') ||
  request.query.has('Signature');
