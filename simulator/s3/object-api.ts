import type { MultipartUploads } from './multipart-uploads';
import type { ObjectStore } from './object-store';

/** Objects and uploads as in-process calls, named like the S3 operations but in camel case. */
export type ObjectApi = Omit<ObjectStore, 'ownerOf' | 'regionOf' | 'as' | 'has'> &
  Omit<MultipartUploads, never>;

const UPLOADS = new Set([
  'createMultipartUpload',
  'uploadPart',
  'completeMultipartUpload',
  'abortMultipartUpload',
  'listMultipartUploads',
]);

/** Wraps every call in `around`, which executes the call or throws instead. */
export function objectApi(
  store: ObjectStore,
  uploads: MultipartUploads,
  around: (operation: string, request: () => string, perform: () => unknown) => unknown,
): ObjectApi {
  return new Proxy(store as unknown as ObjectApi, {
    get: (_, name: string) => {
      const target = (UPLOADS.has(name) ? uploads : store) as unknown as Record<string, unknown>;
      const method = target[name];
      if (typeof method !== 'function') return method;
      const operation =
        name === 'listObjects' ? 'ListObjectsV2' : name.charAt(0).toUpperCase() + name.slice(1);
      return (...args: unknown[]): unknown =>
        around(
          operation,
          () => args.filter((arg) => typeof arg === 'string').join('/'),
          () => (method as (...args: unknown[]) => unknown).apply(target, args),
        );
    },
  });
}
