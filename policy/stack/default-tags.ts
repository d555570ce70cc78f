/** A provider, as rules about one resource see it. */
export interface Provider {
  readonly props: Readonly<Record<string, unknown>>;
}

/** The provider's default tags, which every resource gets. Providers hold objects as text. */
export function defaultTagsOf(provider: Provider | undefined): object {
  const raw: unknown = provider?.props['defaultTags'];
  const settings = (typeof raw === 'string' ? JSON.parse(raw) : raw) as { tags?: object } | undefined;
  return settings?.tags ?? {};
}
