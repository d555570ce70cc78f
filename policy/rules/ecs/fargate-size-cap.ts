import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

interface Config {
  readonly maximumCpu: number;
  readonly maximumMemoryMiB: number;
}

/** A task is billed by the hour for its size, whether it uses it or not. */
export const fargateSizeCap = resourceRule({
  name: 'ecs-fargate-size-cap',
  description: 'Tasks are no larger than the configuration allows.',
  level: 'mandatory',
  severity: 'low',
  standards: { wellArchitected: ['COST02-BP05'] },
  remedy: 'Use a smaller task, or raise maximumCpu and maximumMemoryMiB in the configuration of this rule.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size',
  config: {
    maximumCpu: { type: 'integer', minimum: 256, description: 'CPU units, 1024 per vCPU.', default: 4096 },
    maximumMemoryMiB: { type: 'integer', minimum: 512, description: 'Memory in MiB.', default: 16384 },
  },
  validate: [
    validateResourceOfType(aws.ecs.TaskDefinition, ({ cpu, memory }, args, report) => {
      const { maximumCpu, maximumMemoryMiB } = args.getConfig<Config>();
      if (Number(cpu) > maximumCpu) report(`cpu is ${cpu}; at most ${maximumCpu} is allowed`);
      if (Number(memory) > maximumMemoryMiB)
        report(`memory is ${memory} MiB; at most ${maximumMemoryMiB} MiB is allowed`);
    }),
  ],
});
