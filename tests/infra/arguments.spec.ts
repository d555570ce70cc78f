import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import type { z } from 'zod';
import type { RuntimeSettings, VerifySettings } from '../../infra';
import type { ReplicatedTable, ServiceTable } from '../../infra';
import type { schema, tableSchema } from '../../runtime/config/schema';

type Equal<One, Other> =
  (<Type>() => Type extends One ? 1 : 2) extends <Type>() => Type extends Other ? 1 : 2 ? true : false;

/** Both sides in comparable form: enums as their values, everything optional, nothing read-only. */
type Plain<Type> = Type extends string
  ? string extends Type
    ? string
    : `${Type}`
  : Type extends object
    ? { [Key in keyof Type]?: Plain<Exclude<Type[Key], undefined>> }
    : Type;

type Settings = z.output<typeof schema>;
/** Settings that components set, or that a task must not get; tests/infra/plan/container.spec.ts accounts for each. */
type NotChosen =
  | 'tables'
  | 'bucket'
  | 'bucketOwner'
  | 'kmsKeyId'
  | 'to'
  | 'postgres'
  | 'source'
  | 'region'
  | 'streamsEndpoint'
  | 'health'
  | 'metrics'
  | 'profile'
  | 'endpoint'
  | 'clockRate'
  | 'destinationTable'
  | 'yes'
  | 'duckdb';

/** The runtime's schema and the hand-written interfaces agree: a setting that only one of them has does not compile. */
const settingsAgree: Equal<
  Plain<Omit<RuntimeSettings, 'verify'>>,
  Plain<Omit<Settings, NotChosen | 'verify'>>
> = true;
/** Its duration is text in a stack. */
const verifyAgrees: Equal<
  Plain<Omit<VerifySettings, 'every'>>,
  Plain<Omit<Settings['verify'], 'every'>>
> = true;
type Written = Omit<z.output<typeof tableSchema>, 'name'>;
const tablesAgree: Equal<Plain<Pick<ReplicatedTable, keyof Written>>, Plain<Written>> = true;
const serviceTablesAgree: Equal<Plain<Omit<ServiceTable, 'name'>>, Plain<Written>> = true;

const FOLDER = join(__dirname, '../../infra/arguments');

interface Documented {
  readonly name: string;
  readonly text: string;
  readonly tags: readonly string[];
}

/** Every property of every interface, with its comment. */
function properties(file: string): readonly Documented[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(FOLDER, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  return source.statements.filter(ts.isInterfaceDeclaration).flatMap(({ name, members }) =>
    members.filter(ts.isPropertySignature).map((member) => {
      const [comment] = ts.getJSDocCommentsAndTags(member);
      return {
        name: `${name.text}.${member.name.getText(source)}`,
        text: ts.getTextOfJSDocComment(comment?.comment) ?? '',
        tags: ts
          .getJSDocTags(member)
          .filter(({ comment: said }) => said !== undefined && said !== '')
          .map(({ tagName }) => tagName.text),
      };
    }),
  );
}

describe('arguments', () => {
  it('of the runtime match its schema', () => {
    assert.ok(settingsAgree && verifyAgrees && tablesAgree && serviceTablesAgree);
  });

  for (const file of readdirSync(FOLDER).filter((name) => name !== 'choices.ts')) {
    it(`of ${file} each have a sentence, a default and an example`, () => {
      const found = properties(file);
      assert.ok(found.length > 0);
      for (const { name, text, tags } of found) {
        assert.match(text, /^[A-Z][\s\S]*\.$/, name);
        assert.deepEqual([...tags], ['default', 'example'], name);
      }
    });
  }
});
