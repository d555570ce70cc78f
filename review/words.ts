import type { PolicyStatement } from '../policy/iam/document';
import type { Grant } from './grants';

/** Describes grants in words, for a reviewer. Pure. */

interface Phrase {
  /** Actions that the phrase covers together. */
  readonly actions: readonly string[];
  /** Matches the ARN from its service on; the group is the name of the thing. */
  readonly resource: RegExp;
  /** Whether the phrase is true under the condition, as JSON; without it, under any. */
  readonly condition?: (condition: string) => boolean;
  /** @param things names in bold @param more further facts about the same holder */
  readonly words: (things: string, more: More) => string;
}

interface More {
  /** Where the holder's exports go. */
  readonly exportsTo: string;
}

const PHRASES: readonly Phrase[] = [
  {
    actions: [
      'dynamodb:ExportTableToPointInTime',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeTable',
    ],
    resource: /:dynamodb:.*:table\/([^/]+)$/,
    words: (tables, { exportsTo }) => `export all of ${tables}${exportsTo}`,
  },
  {
    actions: ['dynamodb:BatchGetItem'],
    resource: /:dynamodb:.*:table\/([^/]+)$/,
    condition: limitsAttributes,
    words: (tables) => `read the **key attributes** of items of ${tables} (no others), to heal gaps`,
  },
  {
    actions: ['dynamodb:GetRecords', 'dynamodb:DescribeStream', 'dynamodb:GetShardIterator'],
    resource: /:dynamodb:.*:table\/([^/]+)\/stream\/\*$/,
    words: (tables) => `read every change of ${tables} (stream)`,
  },
  {
    actions: ['dynamodb:DescribeExport'],
    resource: /:dynamodb:.*:table\/([^/]+)\/export\/\*$/,
    words: (tables) => `see the progress of exports of ${tables}`,
  },
  {
    actions: ['dynamodb:ListExports', 'dynamodb:ListStreams'],
    resource: /^(\*)$/,
    words: () => 'list the names of every table that has a stream or an export',
  },
  {
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    resource: /:s3:::(.+?)\/\*$/,
    words: (places) => `write objects under ${places}`,
  },
  {
    actions: ['s3:PutObjectAcl'],
    resource: /:s3:::(.+?)\/\*$/,
    words: (places) => `hand over objects under ${places} to the bucket’s owner`,
  },
  {
    actions: ['s3:GetObject'],
    resource: /:s3:::(.+?)\/\*$/,
    words: (places) => `read objects under ${places}`,
  },
  {
    actions: ['s3:ListBucket'],
    resource: /:s3:::([^/]+)$/,
    words: (buckets) => `list objects in ${buckets}`,
  },
  {
    actions: ['s3:GetBucketLocation'],
    resource: /:s3:::([^/]+)$/,
    words: (buckets) => `look up the region of ${buckets}`,
  },
  {
    actions: ['secretsmanager:GetSecretValue'],
    resource: /:secretsmanager:.*:secret:(.+)$/,
    words: (secrets) => `read the secret ${secrets}`,
  },
  {
    actions: ['kms:Decrypt'],
    resource: /:kms:.*:key\/(.+)$/,
    words: (keys) => `decrypt with the key ${keys}`,
  },
  {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resource: /:kms:.*:key\/(.+)$/,
    words: (keys) => `encrypt and decrypt with the key ${keys}`,
  },
  {
    actions: ['ecr:BatchGetImage', 'ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer'],
    resource: /:ecr:.*:repository\/(.+)$/,
    words: (repositories) => `pull images from ${repositories}`,
  },
  { actions: ['ecr:GetAuthorizationToken'], resource: /^(\*)$/, words: () => 'log in to ECR' },
  {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: /:log-group:(.+?):log-stream:\*$/,
    words: (groups) => `write to the log ${groups}`,
  },
  {
    actions: ['sts:AssumeRole'],
    resource: /:iam::\d+:role\/(.+)$/,
    words: (roles) => `assume the role ${roles}`,
  },
];

/** Sentences without their subject: "export all of **orders** to …". @param all all grants of the holder in that version */
export function wordsOf(grants: readonly Grant[], all: readonly Grant[]): readonly string[] {
  const more = { exportsTo: exportsTo(all) };
  const things = new Map<Phrase, Set<string>>();
  const left: Grant[] = [];
  for (const [, group] of byResource(grants)) {
    const rest = new Set(group.map(({ action }) => action));
    for (const phrase of [...PHRASES].sort((one, other) => other.actions.length - one.actions.length)) {
      const [first] = group;
      const applies = first?.effect === 'Allow' && (phrase.condition?.(first.condition) ?? true);
      const thing = applies ? phrase.resource.exec(first.resource)?.[1] : undefined;
      if (thing === undefined || !phrase.actions.every((action) => rest.has(action))) continue;
      for (const action of phrase.actions) rest.delete(action);
      things.set(phrase, (things.get(phrase) ?? new Set()).add(thing));
    }
    left.push(...group.filter(({ action }) => rest.has(action)));
  }
  const phrased = PHRASES.filter((phrase) => things.has(phrase)).map((phrase) =>
    phrase.words(listed([...(things.get(phrase) ?? [])]), more),
  );
  return [...phrased, ...left.map(plainly)];
}

/** Whether a condition limits reads to some attributes, at most as many as a key has. */
function limitsAttributes(condition: string): boolean {
  const { 'ForAllValues:StringEquals': each, Null: absent, StringEquals: equal } = conditionsIn(condition);
  const names = each?.['dynamodb:attributes'] ?? [];
  return (
    names.length >= 1 &&
    names.length <= 2 &&
    absent?.['dynamodb:attributes']?.join() === 'false' &&
    equal?.['dynamodb:select']?.join() === 'SPECIFIC_ATTRIBUTES'
  );
}

function conditionsIn(condition: string): PolicyStatement['conditions'] {
  return condition === '' ? {} : (JSON.parse(condition) as PolicyStatement['conditions']);
}

function exportsTo(all: readonly Grant[]): string {
  const places = all
    .filter(({ action }) => action === 's3:PutObject')
    .map(({ resource }) => resource.replace(/^arn:[^:]+:s3:::/, '').replace(/\/\*$/, ''));
  return places.length === 0 ? '' : ` to ${listed([...new Set(places)])}`;
}

function byResource(grants: readonly Grant[]): ReadonlyMap<string, readonly Grant[]> {
  const groups = new Map<string, Grant[]>();
  for (const grant of grants) {
    const key = `${grant.effect} ${grant.resource} ${grant.condition}`;
    groups.set(key, [...(groups.get(key) ?? []), grant]);
  }
  return groups;
}

function listed(things: readonly string[]): string {
  const sorted = [...things].sort().map((thing) => `**${thing}**`);
  return sorted.length < 2 ? (sorted[0] ?? '') : `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)}`;
}

/** Describes a grant that no phrase covers. */
function plainly({ effect, action, resource, condition }: Grant): string {
  const where = resource === '*' ? '**everything** (`*`)' : `\`${resource}\``;
  const when = condition === '' ? '' : ` where \`${condition}\``;
  return effect === 'Deny' ? `(never) \`${action}\` on ${where}${when}` : `\`${action}\` on ${where}${when}`;
}
