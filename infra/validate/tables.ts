import { TableManagement } from '../arguments/choices';
import type { NewTable, SourceTableArgs } from '../arguments/table';
import { tableSchema } from '../../runtime/config/schema';
import { formed } from './formats';
import { readable } from './readable';
import { given, type Problems, problems, type Rule, under } from './rules';

/** @param isForeign whether the table belongs to another account */
export function sourceTableProblems(
  args: SourceTableArgs,
  isForeign = args.accountId !== undefined,
): Problems {
  const management = args.management ?? TableManagement.Verify;
  const isManaged = management === TableManagement.Managed;
  const isEnabled = management === TableManagement.Enable;
  return problems(
    readable('name', args.name, tableSchema.shape.name),
    [
      isManaged && given(args.table, args.create) !== 1,
      'management',
      'Managed needs either table, a table of this program, or create, a table to create',
    ],
    [!isManaged && args.table !== undefined, 'table', 'only works with management: Managed'],
    [!isManaged && args.create !== undefined, 'create', 'only works with management: Managed'],
    [
      !isEnabled && args.replaceExistingStream === true,
      'replaceExistingStream',
      'only works with management: Enable',
    ],
    [!isEnabled && args.onDestroy !== undefined, 'onDestroy', 'only works with management: Enable'],
    [
      args.accountId !== undefined && management !== TableManagement.Verify,
      'accountId',
      'tables of another account are managed there: remove management',
    ],
    formed(args.accountId, 'accountId', 'account'),
    formed(args.kmsKeyArn, 'kmsKeyArn', 'key'),
    [
      args.keyAttributes !== undefined && !isForeign,
      'keyAttributes',
      'only works for a table of another account; those of the stack’s account are looked up',
    ],
    [
      args.keyAttributes !== undefined && !isKey(args.keyAttributes),
      'keyAttributes',
      'expected the names of the one or two attributes of the table’s key, each of 1 to 255 characters',
    ],
    ...keyRules(args.create),
  );
}

function isKey(names: readonly string[]): boolean {
  const areNames = names.every((name) => name.length >= 1 && name.length <= 255);
  return areNames && [1, 2].includes(names.length) && new Set(names).size === names.length;
}

/** Source: DynamoDB API, KeySchemaElement, `AttributeName`. */
function keyRules(create: NewTable | undefined): readonly Rule[] {
  if (create === undefined) return [];
  const { partitionKey, sortKey } = create;
  const nameless = (key: { readonly name: string } | undefined, argument: string): Rule => [
    key !== undefined && !(key.name.length >= 1 && key.name.length <= 255),
    `create.${argument}.name`,
    'expected the name of an attribute: 1 to 255 characters',
  ];
  return [
    nameless(partitionKey, 'partitionKey'),
    nameless(sortKey, 'sortKey'),
    [
      sortKey?.name === partitionKey.name,
      'create.sortKey.name',
      'is the same as the partition key’s name: the two keys of a table must be different attributes',
    ],
  ];
}

/** @param areForeign whether all tables belong to the account of a source role */
export function tablesProblems(tables: readonly SourceTableArgs[], areForeign: boolean): Problems {
  return [
    ...problems([tables.length === 0, 'tables', 'name at least one table']),
    ...tables.flatMap((table, index) =>
      under(`tables[${index}]`, sourceTableProblems(table, areForeign || table.accountId !== undefined)),
    ),
  ];
}
