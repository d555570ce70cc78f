import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { stackFileSchema, teamTablesSchema } from '../../../infra/stack/config-schema';
import { formatted } from '../../formatted';

const ROOT = join(__dirname, '../../..');

/** Checks a file as an editor does. @returns the paths that the editor marks */
function marks(schema: object, text: string): readonly string[] {
  const { error } = z.fromJSONSchema(schema as never).safeParse(parse(text));
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const changed = (from: string, to: string) => {
  const text = readFileSync(join(ROOT, 'Pulumi.prod.yaml'), 'utf8');
  assert.ok(text.includes(from));
  return text.replace(from, to);
};

describe('the JSON Schemas for editors', () => {
  for (const [name, schema] of [
    ['stack-file', stackFileSchema()],
    ['team-tables', teamTablesSchema()],
  ] as const) {
    it(`${name} is as committed (npm run schema rewrites it)`, async () => {
      const path = join(ROOT, 'schemas', `${name}.schema.json`);
      const text = await formatted(path, JSON.stringify(schema));
      if (process.env['WRITE_SCHEMA']) writeFileSync(path, text);
      assert.equal(text, readFileSync(path, 'utf8'));
    });
  }

  for (const stack of ['dev', 'artie', 'prod'])
    it(`mark nothing in Pulumi.${stack}.yaml, which names the schema`, () => {
      const text = readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), 'utf8');
      assert.deepEqual(marks(stackFileSchema(), text), []);
      assert.match(text, /^# yaml-language-server: \$schema=schemas\/stack-file\.schema\.json\n/);
    });

  for (const [what, from, to] of [
    ['a key that is misspelled', 'dynamodb-replicator:tables', 'dynamodb-replicator:tabels'],
    ['an argument that is misspelled', 'deletes: soft', 'delets: soft'],
    ['a value that does not exist', 'deletes: soft', 'deletes: sometimes'],
    ['text in place of a number', 'cpu: 1024', 'cpu: a lot'],
    ['a table without a name', '- name: orders', '- destinationTable: orders'],
    ['a password in plain text', 'host: warehouse.internal', 'password: s3cr3t'],
  ] as const)
    it(`mark ${what}`, () => {
      assert.notDeepEqual(marks(stackFileSchema(), changed(from, to)), []);
    });

  it('do not check keys of other namespaces', () => {
    assert.deepEqual(marks(stackFileSchema(), 'config:\n  aws:region: eu-west-1\n  other:thing: 1\n'), []);
  });

  it('mark an entry of a team’s file that is not a table', () => {
    assert.deepEqual(marks(teamTablesSchema(), 'prod:\n  - name: orders\n    deletes: soft\n'), []);
    assert.notDeepEqual(marks(teamTablesSchema(), 'prod:\n  - table: orders\n'), []);
  });
});
