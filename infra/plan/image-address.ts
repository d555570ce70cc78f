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
