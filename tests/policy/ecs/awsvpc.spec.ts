import * as aws from '@pulumi/aws';
import { awsvpc } from '../../../policy/rules/ecs/awsvpc';
import { examine, given, UNKNOWN } from '../examine';

const task = (networkMode?: string) => given(aws.ecs.TaskDefinition, { networkMode });

examine(awsvpc, {
  violating: {
    'not set': { given: task(), finds: ['networkMode is not set; expected awsvpc'] },
    'the host’s': { given: task('host'), finds: ['networkMode is host; expected awsvpc'] },
  },
  satisfying: { 'the task’s own': { given: task('awsvpc') } },
  unknown: { which: { given: task(UNKNOWN) } },
});
