import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../infra/stack/config';
import { readTeamTables } from '../../../infra/stack/team-tables';

describe('tables of teams', () => {
  let repository: string;
  let folder: string;
  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), 'repository-'));
    for (const stack of ['dev', 'prod']) writeFileSync(join(repository, `Pulumi.${stack}.yaml`), '');
    folder = join(repository, 'tables');
    mkdirSync(folder);
  });
  afterEach(() => {
    rmSync(repository, { recursive: true });
  });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };

  it('are those of the stack from all teams, in the order of the teams’ names', () => {
    write('shop.yaml', 'dev:\n  - name: orders\nprod:\n  - name: orders\n    deletes: soft\n');
    write('billing.yaml', 'prod:\n  - name: invoices\n');
    write('README.md', 'prod:\n  - name: nothing\n');
    assert.deepEqual(readTeamTables(folder, 'prod'), {
      tables: [{ name: 'invoices' }, { name: 'orders', deletes: 'soft' }],
      places: ['tables/billing.yaml prod[0]', 'tables/shop.yaml prod[0]'],
      problems: [],
    });
  });

  it('are none if the folder is missing, a file is empty, or the stack has no entry', () => {
    const none = { tables: [], places: [], problems: [] };
    assert.deepEqual(readTeamTables(join(folder, 'nowhere'), 'prod'), none);
    write('shop.yaml', '# nothing yet\n');
    write('billing.yaml', 'dev: []\n');
    assert.deepEqual(readTeamTables(folder, 'prod'), none);
  });

  for (const [what, text, problem] of [
    [
      'an unknown setting',
      'prod:\n  - name: a\n    delets: soft\n',
      /tables\/shop\.yaml prod\[0\]\.delets: no such key; did you mean deletes/,
    ],
    ['a list without stacks', '- name: a\n', /tables\/shop\.yaml: expected a list of tables for each stack/],
    ['a file that is not YAML', 'prod: [', /tables\/shop\.yaml: /],
    [
      'an unknown stack',
      'prdo:\n  - name: a\n',
      /tables\/shop\.yaml: there is no stack prdo \(Pulumi\.prdo\.yaml\); the stacks are dev, prod/,
    ],
  ] as const)
    it(`are refused for ${what}, with the file’s name`, () => {
      write('shop.yaml', text);
      const { problems } = readTeamTables(folder, 'prod');
      assert.match(problems.map(({ argument, problem: said }) => `${argument}: ${said}`).join('\n'), problem);
    });

  const keys = ['destination', 'network', 'image'];
  const values: Readonly<Record<string, unknown>> = {
    destination: {
      host: 'w',
      passwordSecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:w-a1b2c3',
    },
    network: { vpcName: 'main' },
    image: { uri: `r/i@sha256:${'0'.repeat(64)}` },
  };
  const read = (extra: object = {}) => {
    const all: Readonly<Record<string, unknown>> = { ...values, ...extra };
    return readConfig(
      {
        get: () => undefined,
        getObject: ((key: string) => all[key]) as never,
        getSecret: () => undefined,
      },
      { set: [...keys, ...Object.keys(extra)], isSecret: () => false },
      'prod',
      readTeamTables(folder, 'prod'),
    );
  };

  it('are added to those of the configuration, which may then have none', () => {
    write('shop.yaml', 'prod:\n  - name: orders\n');
    assert.deepEqual(read().replicator.tables, [{ name: 'orders' }]);
    assert.deepEqual(read({ tables: [{ name: 'customers' }] }).replicator.tables, [
      { name: 'customers' },
      { name: 'orders' },
    ]);
  });

  it('are refused if a table is listed twice, with each place', () => {
    write('shop.yaml', 'prod:\n  - name: orders\n');
    write('sales.yaml', 'prod:\n  - name: customers\n  - name: orders\n');
    assert.throws(
      () => read({ tables: [{ name: 'payments' }, { name: 'orders' }] }),
      /tables: orders is listed more than once: tables\[1\], tables\/sales\.yaml prod\[1\], tables\/shop\.yaml prod\[0\]/,
    );
  });

  it('are refused by the place in their file if they cannot be replicated', () => {
    write('shop.yaml', 'prod:\n  - name: a b\n');
    assert.throws(() => read({ tables: [{ name: 'payments' }] }), /tables\/shop\.yaml prod\[0\]\.name: /);
  });
});
