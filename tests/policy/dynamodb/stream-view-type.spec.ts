import * as aws from '@pulumi/aws';
import { streamViewType } from '../../../policy/rules/dynamodb/stream-view-type';
import { examine, given, UNKNOWN } from '../examine';

const table = (inputs: object) => given(aws.dynamodb.Table, { name: 'orders', ...inputs });

examine(streamViewType, {
  violating: {
    'keys only': {
      given: table({ streamEnabled: true, streamViewType: 'KEYS_ONLY' }),
      finds: ['streamViewType is KEYS_ONLY; expected NEW_AND_OLD_IMAGES or NEW_IMAGE'],
    },
    'not set': {
      given: table({ streamEnabled: true }),
      finds: ['streamViewType is not set; expected NEW_AND_OLD_IMAGES or NEW_IMAGE'],
    },
    'a view type that the configuration does not list': {
      given: table({ streamEnabled: true, streamViewType: 'NEW_IMAGE' }),
      config: { viewTypes: ['NEW_AND_OLD_IMAGES'] },
      finds: ['streamViewType is NEW_IMAGE; expected NEW_AND_OLD_IMAGES'],
    },
  },
  satisfying: {
    'new images': { given: table({ streamEnabled: true, streamViewType: 'NEW_IMAGE' }) },
    'no stream': { given: table({}) },
  },
  unknown: { 'its view type': { given: table({ streamEnabled: true, streamViewType: UNKNOWN }) } },
});
