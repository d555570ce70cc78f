import * as pulumi from '@pulumi/pulumi';
import type { TableClient } from '../../plan/table-streaming/client';
import type { Connection, Keys } from '../../plan/table-streaming/connection';
import { replaceExpired } from '../../plan/table-streaming/expired-keys';
import {
  accountOf,
  create,
  diff,
  read,
  remove,
  type StreamingInputs,
  type StreamingState,
  update,
} from '../../plan/table-streaming/lifecycle';
import { sdkClient } from './sdk-client';
import { isInUse, useTable } from './tables-in-use';

function clientOf({ region, connection, keys }: StreamingInputs): TableClient {
  return sdkClient(region, connection, keys ?? {});
}

/** With the credentials in the state: `refresh` and `destroy` have no inputs. */
function storedClient({ region, connection = {}, keys }: StreamingState): TableClient {
  if (!keys) return sdkClient(region, connection, {});
  const { webIdentity, ...rest } = connection;
  // A token file is re-read for each call; a token among the keys has expired with them.
  const withoutKeys = webIdentity?.tokenFile ? connection : rest;
  return replaceExpired(sdkClient(region, connection, keys), () => sdkClient(region, withoutKeys, {}));
}

/** The dynamic provider. Pulumi passes the state as it is stored, with Pulumi's own properties in it. */
const provider: pulumi.dynamic.ResourceProvider<StreamingInputs, StreamingState> = {
  create: async (inputs) => {
    useTable(inputs);
    return { id: `${inputs.region}/${inputs.table}`, outs: await create(inputs, clientOf(inputs)) };
  },
  read: async (id, state) => ({ id, props: state && (await read(state, storedClient(state))) }),
  diff: async (_id, state, inputs) => {
    useTable(inputs);
    const { changed, replaces } = diff(state, inputs);
    return {
      changes: changed.length > 0,
      replaces: [...replaces],
      // These changes may lead to another stream.
      stables: changed.includes('streamArn') || changed.includes('viewType') ? [] : ['streamArn'],
    };
  },
  update: async (_id, state, inputs) => ({ outs: await update(state, inputs, clientOf(inputs)) }),
  delete: async (_id, state) => {
    if (isInUse({ ...state, account: accountOf(state) })) return;
    await remove(state, storedClient(state));
  },
};

interface TableStreamingArgs {
  readonly table: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  /** Of the AWS provider. */
  readonly account: pulumi.Input<string>;
  readonly connection: pulumi.Input<Connection>;
  readonly keys?: pulumi.Input<Keys>;
  readonly viewType: pulumi.Input<string>;
  readonly replaceExistingStream: pulumi.Input<boolean>;
  readonly onDestroy: pulumi.Input<string>;
}

/**
 * A stream and point-in-time recovery on a table that others manage. It is a dynamic resource, so it works only in TypeScript
 * and JavaScript programs (pulumi/pulumi#5455). It calls DynamoDB itself, with the AWS provider's settings.
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
