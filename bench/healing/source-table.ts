export const SOURCE_TABLE = 'orders';
export const BUCKET = 'exports';
