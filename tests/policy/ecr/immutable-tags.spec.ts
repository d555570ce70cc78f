import * as aws from '@pulumi/aws';
import { immutableTags } from '../../../policy/rules/ecr/immutable-tags';
import { examine, given, UNKNOWN } from '../examine';

const repository = (imageTagMutability?: string) => given(aws.ecr.Repository, { imageTagMutability });

examine(immutableTags, {
  violating: {
    'not set': { given: repository(), finds: ['a tag can be moved to another image'] },
    mutable: { given: repository('MUTABLE'), finds: ['a tag can be moved to another image'] },
  },
  satisfying: { immutable: { given: repository('IMMUTABLE') } },
  unknown: { 'whether they can be moved': { given: repository(UNKNOWN) } },
});
