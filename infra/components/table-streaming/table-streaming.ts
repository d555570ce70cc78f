import * as pulumi from '@pulumi/pulumi';
import {
  create,
  diff,
  read,
  remove,
  type StreamingInputs,
  type StreamingState,
  update,
} from '../../plan/table-streaming/lifecycle';
import { sdkClient } from './sdk-client';

/** Pulumi hands the state over as it keeps it, with properties of its own among it. */
const provider: pulumi.dynamic.ResourceProvider<StreamingInputs, StreamingState> = {
  create: async (inputs) => ({
    id: `${inputs.region}/${inputs.table}`,
    outs: await create(inputs, sdkClient(inputs.region)),
  }),
  read: async (id, state) => ({ id, props: state && (await read(state, sdkClient(state.region))) }),
  diff: async (_id, state, inputs) => {
    const { changed, replaces } = diff(state, inputs);
    return {
      changes: changed.length > 0,
      replaces: [...replaces],
      // Where another stream may come of it.
      stables: changed.includes('streamArn') || changed.includes('viewType') ? [] : ['streamArn'],
    };
  },
  update: async (_id, state, inputs) => ({ outs: await update(state, inputs, sdkClient(inputs.region)) }),
  delete: async (_id, state) => remove(state, sdkClient(state.region)),
};

interface TableStreamingArgs {
  readonly table: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  readonly viewType: pulumi.Input<string>;
  readonly replaceExistingStream: pulumi.Input<boolean>;
  readonly onDestroy: pulumi.Input<string>;
}

/**
 * A stream and point-in-time recovery on a table that others manage. A dynamic resource: it works in programs in TypeScript
 * and JavaScript only (pulumi/pulumi#5455), and with the credentials of the environment, not of the AWS provider.
 */
export class TableStreaming extends pulumi.dynamic.Resource {
  declare readonly streamArn: pulumi.Output<string>;

  constructor(name: string, args: TableStreamingArgs, options?: pulumi.CustomResourceOptions) {
    super(
      provider,
      name,
      { ...args, streamArn: undefined },
      options,
      'dynamodb-replicator',
      'TableStreaming',
    );
  }
}
