/** What Node runs of a TypeScript file, with its source map. */
export function javascriptOf(name: string): string;
