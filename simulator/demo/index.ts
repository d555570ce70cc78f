export { BIRD_STRIKES, birdStrikes } from './bird-strikes';
export { PRODUCT_CATALOG, productCatalog } from './product-catalog';
export { nextWrite, writerState } from './writer';
export type { Write, WriterState } from './writer';
