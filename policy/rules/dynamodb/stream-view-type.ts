import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

interface Config {
  readonly viewTypes: readonly string[];
}

/** A stream of keys or old images shows that an item changed, but not to what. */
export const streamViewType = resourceRule({
  name: 'ddb-stream-view-type',
  description: 'Streams of tables carry new images.',
  level: 'mandatory',
  severity: 'medium',
  standards: { wellArchitected: ['REL09-BP03'] },
  remedy:
    'Set streamViewType to NEW_AND_OLD_IMAGES. This replaces an existing stream by a new one, with a new ARN.',
  url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html',
  config: {
    viewTypes: {
      type: 'array',
      items: { type: 'string', enum: ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] },
      description: 'Accepted view types.',
      default: ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE'],
    },
  },
  validate: [
    validateResourceOfType(aws.dynamodb.Table, ({ streamEnabled, streamViewType: type }, args, report) => {
      const { viewTypes } = args.getConfig<Config>();
      if (streamEnabled === true && !viewTypes.includes(type ?? ''))
        report(`streamViewType is ${type ?? 'not set'}; expected ${viewTypes.join(' or ')}`);
    }),
  ],
});
