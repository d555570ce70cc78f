export const motoDifferences: readonly any[] = [];
