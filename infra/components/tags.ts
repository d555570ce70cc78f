import * as pulumi from '@pulumi/pulumi';

/** Tags by name. */
type Tags = Readonly<Record<string, pulumi.Input<string>>>;

/** A component's options, with which every resource below it that takes tags has these. Its own tags win. */
export function withTags(
  tags: Tags | undefined,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
  if (tags === undefined) return options;
  const tagged: pulumi.ResourceTransformation = ({ type, props, opts }) => {
    // The SDK of AWS sets every argument of a resource, even if only to `undefined`.
    if (!type.startsWith('aws:') || !('tags' in (props as object))) return undefined;
    const { tags: own } = props as { readonly tags?: pulumi.Input<Tags> };
    const all = own === undefined ? tags : pulumi.output(own).apply((given) => ({ ...tags, ...given }));
    return { props: { ...(props as object), tags: all }, opts };
  };
  return { ...options, transformations: [...(options?.transformations ?? []), tagged] };
}
