import assert from 'node:assert/strict';
import { rootCertificates } from 'node:tls';
import { postgres } from '../../../runtime/destinations/postgres/kind';
import { type PostgresOptions, postgresSettings } from '../../../runtime/destinations/postgres/config';

const problemsOf = (to: string, options: PostgresOptions = {}) => {
  const read = postgresSettings(to, options);
  return 'problems' in read ? read.problems.map(({ setting, problem }) => `${setting}: ${problem}`) : [];
};
const settings = (to: string, options: PostgresOptions = {}) => {
  const read = postgresSettings(to, options);
  assert.ok('settings' in read, JSON.stringify(read));
  return read.settings;
};

describe('destination postgres: an address as people write it', () => {
  for (const [what, address, character] of [
    ['# in the user', 'postgres://us#er:zqzq@here/db', '#'],
    ['# in the password', 'postgres://me:zqzq#zqzq@here/db', '#'],
    ['/ in the password', 'postgres://me:zqzq/zqzq@here/db', '/'],
    ['/ and a number in the password', 'postgres://me:1234/zqzq@here/db', '/'],
    ['@ and / in the password', 'postgres://me:zq@1/zqzq@here/db', '/'],
    ['? in the password', 'postgres://me:zqzq?zqzq@here/db', '?'],
    ['? and a number in the password', 'postgres://me:1?zqzq@here/db?sslmode=require', '?'],
    ['# in the database', 'postgres://me@here/zqzq#1', '#'],
  ] as const)
    it(`${what} is named with its escape, and without the password`, () => {
      const problems = problemsOf(address);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', new RegExp(`^to: the address has a [${character}] in its user`));
      assert.match(problems[0] ?? '', /# as %23, \/ as %2F, \? as %3F, @ as %40/);
      assert.doesNotMatch(problems.join(), /zq/);
    });

  it('a valid address is parsed', () => {
    const read = settings(
      'postgres://us%23er:a%2Fb@here:6432/db?sslmode=verify-ca&sslrootcert=/etc/a@b#.pem'.replace('#', ''),
    );
    assert.deepEqual(
      [read.user, read.password, read.host, read.port, read.database, read.tlsCaFile],
      ['us#er', { from: 'settings', password: 'a/b' }, 'here', 6432, 'db', '/etc/a@b.pem'],
    );
    assert.equal(settings('postgres://us@er:pw@here/db').user, 'us@er');
    assert.equal(settings('postgres://here/db?sslrootcert=/a@b.pem', { user: 'me' }).host, 'here');
  });

  it('a port in the host setting is named', () => {
    assert.deepEqual(problemsOf('postgres', { host: 'here:6432', user: 'me' }), [
      'postgres.host: the host includes a port: set postgres.port instead',
    ]);
    assert.deepEqual(problemsOf('postgres', { host: '::1', user: 'me' }), []);
  });

  it('sslrootcert=system means the authorities that Node knows, and verify-full', () => {
    const of = (parameters: string) => settings(`postgres://me@here/db?${parameters}`);
    assert.equal(of('sslmode=verify-full&sslrootcert=system').tlsCaFile, 'system');
    assert.equal(of('sslrootcert=system').tls, 'verify-full');
    assert.equal(settings('postgres://me@localhost/db?sslrootcert=system').tls, 'verify-full');
    assert.deepEqual(problemsOf('postgres://me@here/db?sslmode=require&sslrootcert=system'), [
      'to: system authorities require verify-full',
    ]);
    assert.deepEqual(problemsOf('postgres://me@here/db?sslrootcert=system', { tls: 'verify-ca' }), [
      'postgres.tls: system authorities require verify-full',
    ]);
  });

  it('authorities as text are read, and refused beside a file or without a certificate', () => {
    const [pem = ''] = rootCertificates;
    assert.equal(settings('postgres://me@here/db', { tlsCa: pem }).tlsCa, pem);
    for (const name of ['/etc/ca.pem', 'system'])
      assert.deepEqual(problemsOf(`postgres://me@here/db?sslrootcert=${name}`, { tlsCa: pem }), [
        'postgres.tlsCa: the authorities come from postgres.tlsCa and sslrootcert in the address: keep one',
      ]);
    assert.deepEqual(problemsOf('postgres://me@here/db', { tlsCa: pem, tlsCaFile: '/etc/ca.pem' }), [
      'postgres.tlsCa: the authorities come from postgres.tlsCa and postgres.tlsCaFile: keep one',
    ]);
    const key = '-----BEGIN PRIVATE KEY-----\nzqzq\n-----END PRIVATE KEY-----\n';
    const broken = `${pem}\n-----BEGIN CERTIFICATE-----\nzqzq\n-----END CERTIFICATE-----`;
    for (const [tlsCa, problem] of [
      ['', 'is empty'],
      [' \n', 'is empty'],
      ['{"ca":"zqzq"}', 'has no certificate in PEM form (-----BEGIN CERTIFICATE-----)'],
      [key, 'has no certificate in PEM form (-----BEGIN CERTIFICATE-----)'],
      [broken, 'has a certificate that cannot be read: number 2 of 2'],
    ] as const)
      assert.deepEqual(problemsOf('postgres://me@here/db', { tlsCa }), [
        `postgres.tlsCa: expected certificates in PEM form, but the text ${problem}`,
      ]);
  });
});

describe('destination postgres: the ARN of a secret', () => {
  const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';
  const parse = (passwordSecret: string) => postgres.group.safeParse({ passwordSecret });

  it('has to be that of a whole secret; the part that ECS allows after it is named', () => {
    assert.ok(parse(ARN).success);
    assert.ok(parse(ARN.replace('warehouse', 'rds!cluster/a_b+c=d.e@f')).success);
    for (const part of [':password::', ':password:AWSCURRENT:', '::AWSPREVIOUS:', ':']) {
      const [issue] = parse(ARN + part).error?.issues ?? [];
      assert.equal(
        issue?.message,
        `expected the ARN of a whole secret: leave out ${part}. The replicator reads the key "password" of a JSON secret`,
      );
    }
    assert.match(
      parse('warehouse').error?.issues[0]?.message ?? '',
      /^expected the ARN of a secret: arn:aws:/,
    );
  });
});
