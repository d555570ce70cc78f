/** What Node runs of a TypeScript file, with its source map. */
export function javascriptOf(name: string): string;

/** What Node would run of a TypeScript file if this were its source. */
export function compile(source: string, name: string): string;
