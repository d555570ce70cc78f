import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../infra/stack/config';
import { readTeamTables } from '../../../infra/stack/team-tables';

describe('tables of teams', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tables-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
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
      problems: [],
    });
  });

  it('are none if the folder is missing, a file is empty, or the stack has no entry', () => {
    assert.deepEqual(readTeamTables(join(folder, 'nowhere'), 'prod'), { tables: [], problems: [] });
    write('shop.yaml', '# nothing yet\n');
    write('billing.yaml', 'dev: []\n');
    assert.deepEqual(readTeamTables(folder, 'prod'), { tables: [], problems: [] });
  });

  for (const [what, text, problem] of [
    [
      'an unknown setting',
      'prod:\n  - name: a\n    delets: soft\n',
      /tables\/shop\.yaml prod\[0\]\.delets: no such key; did you mean deletes/,
    ],
    ['a list without stacks', '- name: a\n', /tables\/shop\.yaml: expected a list of tables for each stack/],
    ['a file that is not YAML', 'prod: [', /tables\/shop\.yaml: /],
  ] as const)
    it(`are refused for ${what}, with the file’s name`, () => {
      write('shop.yaml', text);
      const { tables, problems } = readTeamTables(folder, 'prod');
      assert.deepEqual(tables, []);
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

  it('are refused if two teams name the same table', () => {
    write('shop.yaml', 'prod:\n  - name: orders\n');
    write('sales.yaml', 'prod:\n  - name: orders\n');
    assert.throws(() => read(), /orders/);
  });
});
