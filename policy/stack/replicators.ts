import { defaultTagsIn } from './default-tags';
import { known } from './known';

/** What the types of this package's components begin with. A URN has the types of all parents of a resource. */
const COMPONENTS = 'dynamodb-replicator:index:';
/** Tag of all resources of the package's own stack. */
const TAG = 'dynamodb-replicator';

/** A resource as rules see it. */
export interface Seen {
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly provider?: { readonly props: Readonly<Record<string, unknown>> };
}

/** Whether a resource belongs to a replicator: a component of this package is its parent, or it has the stack's tag. */
export function belongsToReplicator({ urn, props, provider }: Seen): boolean {
  const tags = [known({ props }, 'tags'), known({ props }, 'tagsAll')];
  const ofProvider = provider && known(provider, 'defaultTags');
  return (
    typesOf(urn).some((type) => type.startsWith(COMPONENTS)) ||
    [...tags, defaultTagsIn(ofProvider)].some(hasTag)
  );
}

/** Whether a component of this package is a parent of the resource. @param component name of its class: `ServiceAccount` */
export function isPartOf(urn: string, component: string): boolean {
  return typesOf(urn).includes(`${COMPONENTS}${component}`);
}

/** Types of a resource's parents, then its own. */
function typesOf(urn: string): readonly string[] {
  return (urn.split('::')[2] ?? '').split('$');
}

function hasTag(tags: unknown): boolean {
  return typeof tags === 'object' && tags !== null && TAG in tags;
}
