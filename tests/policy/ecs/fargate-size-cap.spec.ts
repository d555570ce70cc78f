import * as aws from '@pulumi/aws';
import { fargateSizeCap } from '../../../policy/rules/ecs/fargate-size-cap';
import { examine, given, UNKNOWN } from '../examine';

const task = (cpu: string, memory: string) => given(aws.ecs.TaskDefinition, { cpu, memory });

examine(fargateSizeCap, {
  violating: {
    'both too large': {
      given: task('8192', '32768'),
      finds: ['cpu is 8192; 4096 are allowed', 'memory is 32768 MiB; 16384 are allowed'],
    },
    'by the configuration': {
      given: task('1024', '2048'),
      config: { maximumCpu: 512 },
      finds: ['cpu is 1024; 512 are allowed'],
    },
  },
  satisfying: {
    'small enough': { given: task('512', '1024') },
    'not said': { given: given(aws.ecs.TaskDefinition, {}) },
  },
  unknown: { 'how large': { given: task(UNKNOWN, '1024') } },
});
