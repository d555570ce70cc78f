import * as pulumi from '@pulumi/pulumi';
import type { NameSettings } from '../arguments/names';
import { type AutonamedKind, isAutonamed } from '../plan/autonaming';
import { bucketName, logGroupName, namePrefix, type NameKind, physicalName } from '../plan/names';
import { providerPlace } from './place';

/** What names a resource. */
export interface Naming<Property extends string> {
  /** Without the property, Pulumi names the resource. */
  readonly input: Readonly<Partial<Record<Property, pulumi.Input<string>>>>;
  readonly options: NamingOptions;
}

/** A name that the program always chooses. */
export interface FixedNaming {
  readonly name: string;
  readonly options: NamingOptions;
}

type NamingOptions = Pick<pulumi.CustomResourceOptions, 'ignoreChanges'>;

/**
 * The physical names of a component's resources. Unless the user chose the name, a resource keeps the one that it was created with
 * or imported with: a new version of this package, a renamed project, stack or component (with an alias) replaces nothing. So
 * whatever refers to a resource uses its output, never the name that would be generated today.
 */
export class PhysicalNames {
  /** First part of every generated name. */
  readonly prefix: string;
  readonly #isGiven: boolean;
  readonly #autonaming: string | undefined;

  constructor(component: string, { prefix }: NameSettings = {}) {
    this.prefix = prefix ?? namePrefix(pulumi.getProject(), pulumi.getStack(), component);
    this.#isGiven = prefix !== undefined;
    this.#autonaming = pulumi.runtime.allConfig()['pulumi:autonaming'];
  }

  /** @param given the name that the user chose */
  of(kind: Exclude<AutonamedKind, 'bucket'>, purpose?: string, given?: pulumi.Input<string>): Naming<'name'> {
    if (given !== undefined) return { input: { name: given }, options: {} };
    if (this.#isAutonamed(kind)) return { input: {}, options: keep('name') };
    const { name, options } = this.fixed(kind, 'name', purpose);
    return { input: { name }, options };
  }

  /** A name that Pulumi cannot generate. @param property the input that names the resource */
  fixed(kind: NameKind, property: string, purpose?: string): FixedNaming {
    const parts = purpose === undefined ? [this.prefix] : [this.prefix, purpose];
    return { name: physicalName(kind, ...parts), options: this.#keep(property) };
  }

  /** The name of the log group: the replicator's name in metrics is part of it. */
  logGroup(given?: string): FixedNaming {
    return given === undefined
      ? { name: logGroupName(this.prefix), options: this.#keep('name') }
      : { name: given, options: {} };
  }

  /** The name of an export bucket. */
  bucket(component: pulumi.Resource, given?: pulumi.Input<string>): Naming<'bucket'> {
    if (given !== undefined) return { input: { bucket: given }, options: {} };
    if (this.#isAutonamed('bucket')) return { input: {}, options: keep('bucket') };
    const bucket = providerPlace(component).apply(({ account, region }) =>
      bucketName(this.prefix, account, region),
    );
    return { input: { bucket }, options: this.#keep('bucket') };
  }

  #isAutonamed(kind: AutonamedKind): boolean {
    return !this.#isGiven && isAutonamed(kind, this.#autonaming);
  }

  #keep(property: string): NamingOptions {
    return this.#isGiven ? {} : keep(property);
  }
}

function keep(property: string): NamingOptions {
  return { ignoreChanges: [property] };
}
