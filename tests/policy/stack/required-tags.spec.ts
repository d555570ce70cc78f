import * as aws from '@pulumi/aws';
import { requiredTags } from '../../../policy/rules/stack/required-tags';
import { examine, given, UNKNOWN } from '../examine';

const config = { tags: { team: '', 'cost-center': '4711' } };
const bucket = (inputs: object, made = {}) => given(aws.s3.Bucket, inputs, made);
const provider = (defaultTags: unknown) => ({
  provider: { type: 'pulumi:providers:aws', name: 'aws', urn: 'urn:x', props: { defaultTags } },
});

examine(requiredTags, {
  violating: {
    'no tags': { given: bucket({}), config, finds: ['it has no tag team, cost-center'] },
    'one of two tags': {
      given: bucket({ tags: { team: 'shop' } }),
      config,
      finds: ['it has no tag cost-center'],
    },
  },
  satisfying: {
    'both tags': { given: bucket({ tags: { team: 'shop', 'cost-center': '1' } }), config },
    'from the provider, as an object': {
      given: bucket({}, provider({ tags: { team: 'shop', 'cost-center': '1' } })),
      config,
    },
    'from the provider, as text': {
      given: bucket({ tags: { team: 'shop' } }, provider('{"tags":{"cost-center":"1"}}')),
      config,
    },
    'tags merged by the provider': {
      given: bucket({ tagsAll: { team: 'shop', 'cost-center': '1' } }),
      config,
    },
    'a resource that cannot be tagged': { given: given(aws.s3.BucketPolicy, {}), config },
    'none if none is configured': { given: bucket({}) },
  },
  unknown: { 'which tags': { given: bucket({ tags: UNKNOWN }), config } },
  remediates: {
    'a tag with a configured value': {
      given: bucket({ bucket: 'b', tags: { team: 'shop' } }),
      config,
      into: { bucket: 'b', tags: { team: 'shop', 'cost-center': '4711' } },
    },
    'nothing if the configuration gives no value': {
      given: bucket({ tags: { 'cost-center': '1' } }),
      config,
      into: undefined,
    },
  },
});
