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

/** The dynamic provider. Pulumi passes the state as it is stored, with Pulumi's own properties in it. */
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
      // These changes may lead to another stream.
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
 * A stream and point-in-time recovery on a table that others manage. It is a dynamic resource, so it works only in TypeScript
 * and JavaScript programs (pulumi/pulumi#5455), with the credentials of the environment rather than of the AWS provider.
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
