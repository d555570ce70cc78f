import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { PostgresSettings } from '../../../runtime/destinations/postgres/config';
import { certificatesIn } from '../../../runtime/destinations/postgres/connection/certificates';
import { amazonAuthorities, tlsOptions } from '../../../runtime/destinations/postgres/connection/tls';
import { settingsOf } from '../postgres-fixture';

const [ONE = '', TWO = ''] = rootCertificates;
const RDS = 'shop.c9akciq32.eu-west-1.rds.amazonaws.com';

describe('destination postgres: authorities', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-authorities-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const file = (content: string | Buffer) => {
    const path = join(folder, 'authorities.pem');
    writeFileSync(path, content);
    return path;
  };

  it('are all of a bundle, whatever is between them', () => {
    const bundle = `\uFEFF# One\r\n${ONE}\r\n\r\nTwo, in words\r\n${TWO}`;
    assert.deepEqual(certificatesIn(file(bundle)), [ONE.trim(), TWO.trim()]);
  });

  for (const [what, content, says] of [
    ['is empty', '', /is empty/],
    ['holds nothing but space', '\n \n', /is empty/],
    ['is in DER form', new X509Certificate(ONE).raw, /no certificate in PEM form.*openssl x509 -inform der/],
    [
      'holds a key',
      '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n',
      /no certificate in PEM form/,
    ],
    [
      'holds a certificate that is cut off',
      `${ONE}\n${TWO.slice(0, 300)}\n-----END CERTIFICATE-----\n`,
      /number 2 of 2/,
    ],
  ] as const)
    it(`are refused from a file that ${what}, for which Node would trust its own`, () => {
      const path = file(content);
      assert.throws(
        () => certificatesIn(path),
        (error: Error & { kind?: string }) => {
          assert.equal(error.kind, 'fatal');
          assert.match(error.message, says);
          assert.ok(error.message.includes(path) && error.message.includes('--postgres-tls-ca-file'));
          return true;
        },
      );
    });

  const optionsFor = (host: string, changed: Partial<PostgresSettings> = {}) =>
    tlsOptions({ ...settingsOf('postgres://me@there/db'), ...changed }, host) || {};

  it('of a server of RDS or Aurora are those of Amazon and Node by default', () => {
    const { secureContext } = optionsFor(RDS);
    assert.ok(secureContext);
    for (const host of [RDS.toUpperCase(), `${RDS}.`, 'a.rds.amazonaws.com.cn'])
      assert.deepEqual(
        Object.entries(optionsFor(host)),
        [['secureContext', secureContext]],
        'created once, and everything is checked',
      );
    const { checkServerIdentity, ...verifyCa } = optionsFor(RDS, { tls: 'verify-ca' });
    assert.deepEqual(Object.entries(verifyCa), [['secureContext', secureContext]]);
    assert.equal(checkServerIdentity?.('', {} as never), undefined);
    const authorities = amazonAuthorities();
    const names = authorities.map((each) => new X509Certificate(each).subject);
    for (const name of [
      'Amazon RDS eu-west-1 Root CA RSA2048 G1',
      'Amazon RDS us-east-1 Root CA ECC384 G1',
      'Amazon Root CA 1',
    ])
      assert.ok(
        names.some((subject) => subject.includes(name)),
        name,
      );
    assert.ok(rootCertificates.every((root) => authorities.includes(root)));
  });

  it('of any other server, or when a file is given, are not those of Amazon', () => {
    assert.deepEqual(optionsFor('db.internal'), { ca: undefined });
    assert.deepEqual(optionsFor(`${RDS}.example.com`), { ca: undefined });
    assert.deepEqual(optionsFor('rds.amazonaws.com'), { ca: undefined });
    assert.deepEqual(optionsFor(RDS, { tlsCaFile: file(ONE) }), { ca: [ONE.trim()] });
    assert.deepEqual(optionsFor(RDS, { tlsCaFile: 'system' }), { ca: undefined });
    assert.deepEqual(optionsFor(RDS, { tlsCa: `${ONE}\n${TWO}` }), { ca: [ONE.trim(), TWO.trim()] });
    assert.deepEqual(optionsFor(RDS, { tlsCa: ONE, tls: 'require' }).ca, [ONE.trim()]);
    assert.throws(() => optionsFor(RDS, { tlsCa: '' }), {
      kind: 'fatal',
      message: /is empty.*postgres\.tlsCa/,
    });
    assert.deepEqual(optionsFor(RDS, { tls: 'require' }), { rejectUnauthorized: false });
    assert.deepEqual(optionsFor(RDS, { tls: 'disable' }), {});
  });
});
