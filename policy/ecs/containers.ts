import * as aws from '@pulumi/aws';
import { type ResourceValidation, validateResourceOfType } from '@pulumi/policy';

/** The part of a task definition's container that rules check. Source: ECS API reference, ContainerDefinition. */
export interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly readonlyRootFilesystem?: boolean;
  readonly environment?: readonly { readonly name?: string; readonly value?: string }[];
  readonly logConfiguration?: { readonly logDriver?: string };
}

/** The containers of a task definition. @throws SyntaxError if the text is not JSON */
export function containersOf(containerDefinitions: string): readonly Container[] {
  return JSON.parse(containerDefinitions) as readonly Container[];
}

/** Applies a check to every container, and reports its findings. */
export function eachContainer<Config extends object>(
  check: (container: Container, config: Config) => readonly string[],
): readonly ResourceValidation[] {
  return [
    validateResourceOfType(aws.ecs.TaskDefinition, ({ containerDefinitions }, args, report) => {
      for (const container of containersOf(containerDefinitions)) {
        for (const finding of check(container, args.getConfig<Config>()))
          report(`container ${container.name ?? ''}: ${finding}`);
      }
    }),
  ];
}
