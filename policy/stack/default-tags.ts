/** The tags in the setting `defaultTags` of a provider, which every resource gets. Providers hold objects as text. */
export function defaultTagsIn(setting: unknown): object {
  const { tags } = ((typeof setting === 'string' ? JSON.parse(setting) : setting) ?? {}) as { tags?: object };
  return tags ?? {};
}
