declare module 'proxy-from-env' {
  /** The proxy's address, or '' for none. A URL's text that cannot be read has none. */
  export function getProxyForUrl(url: string): string;
}
