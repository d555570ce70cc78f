import { isIP } from 'node:net';

// The package has no types.
// oxlint-disable-next-line typescript/no-require-imports
const { getProxyForUrl } = require('proxy-from-env') as {
  /** A proxy's address, or '' for none. */
  getProxyForUrl(url: string): string;
};

/** A proxy that the environment names. */
export interface Proxy {
  /** With user and password, if it has them. */
  readonly url: URL;
  /** Its address for people, without user and password. */
  readonly address: string;
}

/**
 * A request did not get through its proxy. `code` is `PROXY_` and the socket's error code, the proxy's HTTP status, or
 * `ADDRESS` if the address is invalid. The error never contains the proxy's user or password.
 */
export class ProxyFailed extends Error {
  override readonly name = 'ProxyFailed';

  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The proxy for requests to a host, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY (or their names in lower case);
 * `undefined` when requests go there directly.
 * @throws ProxyFailed when the environment's address is invalid
 */
export function proxyFor(target: URL): Proxy | undefined {
  const named = getProxyForUrl(target.href);
  if (named === '' || isExceptedByParent(target)) return undefined;
  const text = withScheme(named, target);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !isDecodable(url)) throw unusable(target, 'cannot be read');
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'http' && scheme !== 'https')
    throw unusable(target, `begins with ${scheme}://, which is not supported`);
  return { url, address: `${url.protocol}//${url.host}` };
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

/** As in curl and the AWS CLI, `amazonaws.com` in NO_PROXY also covers all hosts below it. */
function isExceptedByParent({ protocol, hostname, port }: URL): boolean {
  if (hostname.startsWith('[') || isIP(hostname) !== 0) return false;
  const labels = hostname.split('.').filter((label) => label !== '');
  const parents = labels.slice(1).map((_label, index) => labels.slice(index + 1).join('.'));
  return parents.some((parent) => getProxyForUrl(`${protocol}//${parent}:${port}`) === '');
}

/** The connection to a proxy without a scheme uses no TLS, whatever the target's scheme. */
function withScheme(named: string, { protocol }: URL): string {
  const bare = named.slice(`${protocol}//`.length);
  const isBare = Object.values(process.env).includes(bare);
  return named.startsWith(`${protocol}//`) && isBare ? `http://${bare}` : named;
}

function unusable({ protocol }: URL, problem: string): ProxyFailed {
  const variable = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  return new ProxyFailed(
    'PROXY_ADDRESS',
    `The proxy address in ${variable} (or ALL_PROXY) ${problem}. Expected http://PROXY:PORT or http://USER:PASSWORD@PROXY:PORT, ` +
      `with special characters of the password percent-encoded.`,
  );
}
