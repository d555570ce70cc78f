/** Label of a resource, `TYPE NAME`, from its URN. Unlike the URN it leaves out the types of its parents. */
export function labelOf(urn: string): string {
  const [type = '', name = ''] = urn.split('::').slice(2);
  return `${type.slice(type.lastIndexOf('$') + 1)} ${name}`;
}
