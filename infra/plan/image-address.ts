/** Addresses of images in private repositories of ECR. Pure. Source: Amazon ECR User Guide, "Private registries". */

const IN_ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^@:]+)/;

export function isInEcr(imageUri: string): boolean {
  return IN_ECR.test(imageUri);
}

/** Region of the image's repository; `undefined` if the repository is not in ECR. */
export function regionOfEcr(imageUri: string): string | undefined {
  return IN_ECR.exec(imageUri)?.[2];
}

/** ARN of the image's repository; `undefined` if it is not in ECR. */
export function repositoryArnOf(imageUri: string, partition: string): string | undefined {
  const [, account, region, name] = IN_ECR.exec(imageUri) ?? [];
  return name === undefined ? undefined : `arn:${partition}:ecr:${region}:${account}:repository/${name}`;
}

/** Registry of an image. Source: the reference grammar of Docker: a first part without `.` and `:` is a folder of Docker Hub. */
export function registryOf(imageUri: string): string {
  const first = imageUri.slice(0, Math.max(0, imageUri.indexOf('/')));
  return first === 'localhost' || /[.:]/.test(first) ? first : 'docker.io';
}

/** The first of these images that is in ECR, else the first. @param images addresses; `undefined`: not known yet, and maybe in ECR */
export function firstInEcr(images: readonly (string | undefined)[]): string | undefined {
  const inEcr = images.findIndex((uri) => uri === undefined || isInEcr(uri));
  return images[Math.max(0, inEcr)];
}
