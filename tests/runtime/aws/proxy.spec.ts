import assert from 'node:assert/strict';
import { ProxyFailed, proxyFor } from '../../../runtime/aws/proxy';
import { keptEnvironment } from '../../environment';

type Environment = Readonly<Record<string, string>>;

const HTTPS = { HTTPS_PROXY: 'http://proxy:3128' };
const DYNAMODB = 'https://dynamodb.eu-west-1.amazonaws.com';
const SIMULATOR = 'http://127.0.0.1:4566';

/** A target, the environment, and the address of its proxy; `undefined` for none. */
const TABLE: readonly (readonly [string, Environment, string | undefined])[] = [
  [DYNAMODB, {}, undefined],
  [DYNAMODB, HTTPS, 'http://proxy:3128'],
  [DYNAMODB, { https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' }, 'http://lower:1'],
  [DYNAMODB, { HTTP_PROXY: 'http://proxy:3128' }, undefined],
  [SIMULATOR, { HTTP_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
  [DYNAMODB, { ALL_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
  [DYNAMODB, { HTTPS_PROXY: 'https://proxy' }, 'https://proxy'],
  // The AWS CLI and curl use such a proxy without TLS.
  [DYNAMODB, { HTTPS_PROXY: 'proxy:3128' }, 'http://proxy:3128'],
  [DYNAMODB, { HTTPS_PROXY: 'http://us%23er:p%40ss@proxy:3128' }, 'http://proxy:3128'],
  [DYNAMODB, { ...HTTPS, NO_PROXY: '*' }, undefined],
  [DYNAMODB, { ...HTTPS, NO_PROXY: 'dynamodb.eu-west-1.amazonaws.com' }, undefined],
  [DYNAMODB, { ...HTTPS, NO_PROXY: 'localhost, .amazonaws.com' }, undefined],
  [DYNAMODB, { ...HTTPS, NO_PROXY: '*.amazonaws.com' }, undefined],
  [DYNAMODB, { ...HTTPS, NO_PROXY: 'amazonaws.com' }, undefined],
  [DYNAMODB, { ...HTTPS, no_proxy: 'eu-west-1.amazonaws.com:443' }, undefined],
  [DYNAMODB, { ...HTTPS, NO_PROXY: 'eu-west-1.amazonaws.com:8443' }, 'http://proxy:3128'],
  [DYNAMODB, { ...HTTPS, NO_PROXY: 'aws.com' }, 'http://proxy:3128'],
  [`${DYNAMODB}.`, { ...HTTPS, NO_PROXY: 'localhost' }, 'http://proxy:3128'],
  [SIMULATOR, { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '127.0.0.1,localhost' }, undefined],
  [SIMULATOR, { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: '0.0.1' }, 'http://proxy:3128'],
  ['http://[::1]:4566', { HTTP_PROXY: 'http://proxy:3128' }, 'http://proxy:3128'],
];

describe('the proxy for a host', () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env))
      if (/_proxy$/i.test(name)) Reflect.deleteProperty(process.env, name);
  });
  afterEach(keptEnvironment());

  for (const [url, environment, address] of TABLE) {
    it(`${url} with ${JSON.stringify(environment)}: ${address ?? 'none'}`, () => {
      Object.assign(process.env, environment);
      assert.equal(proxyFor(new URL(url))?.address, address);
    });
  }

  it('is not used if its address is invalid, and the error does not show the address', () => {
    for (const [address, problem] of [
      ['socks5://user:secret@proxy:1080', /begins with socks5:\/\/, which is not supported/],
      ['http://user:sec ret@pro xy:1', /cannot be read/],
      ['http://', /cannot be read/],
      ['http://user:100%secret@proxy:1', /cannot be read/],
    ] as const) {
      process.env['HTTPS_PROXY'] = address;
      assert.throws(
        () => proxyFor(new URL(DYNAMODB)),
        (error) => {
          assert.ok(error instanceof ProxyFailed);
          assert.equal(error.code, 'PROXY_ADDRESS');
          assert.match(error.message, problem);
          assert.match(error.message, /in HTTPS_PROXY .*Expected http:\/\/PROXY:PORT/);
          assert.doesNotMatch(error.message, /secret|sec ret/);
          return true;
        },
      );
    }
  });
});
