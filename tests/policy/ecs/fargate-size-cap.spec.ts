import * as aws from '@pulumi/aws';
import { fargateSizeCap } from '../../../policy/rules/ecs/fargate-size-cap';
import { examine, given, UNKNOWN } from '../examine';

const task = (cpu: string, memory: string) => given(aws.ecs.TaskDefinition, { cpu, memory });

examine(fargateSizeCap, {
  violating: {
    'both too large': {
      given: task('8192', '32768'),
      finds: ['cpu is 8192; at most 4096 is allowed', 'memory is 32768 MiB; at most 16384 MiB is allowed'],
    },
    'larger than the configuration allows': {
      given: task('1024', '2048'),
      config: { maximumCpu: 512 },
      finds: ['cpu is 1024; at most 512 is allowed'],
    },
  },
  satisfying: {
    'small enough': { given: task('512', '1024') },
    'not set': { given: given(aws.ecs.TaskDefinition, {}) },
  },
  unknown: { 'how large': { given: task(UNKNOWN, '1024') } },
});
