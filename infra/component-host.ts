import type { ComponentResource, ComponentResourceOptions, Inputs } from '@pulumi/pulumi';
import type { ConstructResult, Provider } from '@pulumi/pulumi/provider';
import { UnknownComponent } from './errors';

/** The part of a package's schema that its host needs. */
interface PackageSchema {
  readonly version: string;
  /** Type (`dynamodb-replicator:index:DynamoDBReplicator`) → the component's outputs. */
  readonly resources: Readonly<Record<string, { readonly properties: object }>>;
}

type Component = new (name: string, inputs: Inputs, options: ComponentResourceOptions) => ComponentResource;

/**
 * Creates components for programs in other languages. The schema is the published one: Pulumi's own host would infer it from
 * the sources at every start, which takes half a minute and needs TypeScript, and it would lose the package's metadata.
 */
export class ComponentHost implements Provider {
  readonly version: string;
  readonly schema: string;
  readonly #resources: PackageSchema['resources'];
  readonly #exported: Readonly<Record<string, unknown>>;

  /** @param exported has each component of the schema under the last part of its type */
  constructor(schema: PackageSchema, exported: Readonly<Record<string, unknown>>) {
    this.version = schema.version;
    this.schema = JSON.stringify(schema);
    this.#resources = schema.resources;
    this.#exported = exported;
  }

  /** @throws UnknownComponent if the schema has no such type */
  async construct(
    name: string,
    type: string,
    inputs: Inputs,
    options: ComponentResourceOptions,
  ): Promise<ConstructResult> {
    const described = this.#resources[type];
    if (described === undefined) throw new UnknownComponent(type, this.version, Object.keys(this.#resources));
    const Found = this.#exported[type.split(':').at(-1) as string] as Component;
    const component = new Found(name, inputs, options);
    const outputs = component as unknown as Readonly<Record<string, unknown>>;
    const state = Object.fromEntries(Object.keys(described.properties).map((key) => [key, outputs[key]]));
    return { urn: component.urn, state };
  }
}
