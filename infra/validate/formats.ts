import type { Rule } from './rules';

/** Formats of AWS's ids and names. Source: Service Authorization Reference, "Resource types" of each service. */

interface Format {
  readonly pattern: RegExp;
  /** The rest of the message: what was expected. */
  readonly words: string;
}

const ARN = 'arn:aws[a-z-]*';
const REGION = '[a-z]{2,4}(?:-[a-z]+)+-\\d';

const arn = (service: string, resource: string, words: string): Format => ({
  pattern: new RegExp(`^${ARN}:${service}:${resource}$`),
  words: `expected the ARN of ${words}`,
});

export const FORMATS = {
  account: { pattern: /^\d{12}$/, words: 'expected an account id of 12 digits' },
  bucket: {
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    words:
      'expected a bucket name: 3 to 63 lower-case letters, digits, . or - (no s3://, and no folder: use prefix for that)',
  },
  cluster: arn(
    'ecs',
    `${REGION}:\\d{12}:cluster/.+`,
    'an ECS cluster: arn:aws:ecs:REGION:ACCOUNT:cluster/NAME',
  ),
  key: arn(
    'kms',
    `${REGION}:\\d{12}:key/.+`,
    'a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (not an alias: policies do not accept one)',
  ),
  policy: arn('iam', ':(?:\\d{12}|aws):policy/.+', 'a policy: arn:aws:iam::ACCOUNT:policy/NAME'),
  region: { pattern: new RegExp(`^${REGION}$`), words: 'expected a region such as eu-west-1' },
  role: arn('iam', ':\\d{12}:role/.+', 'a role: arn:aws:iam::ACCOUNT:role/NAME'),
  secret: arn(
    'secretsmanager',
    `${REGION}:\\d{12}:secret:.+`,
    'a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
  ),
  securityGroup: { pattern: /^sg-[0-9a-z]+$/, words: 'expected a security group id such as sg-0a1b2c3d' },
  subnet: { pattern: /^subnet-[0-9a-z]+$/, words: 'expected a subnet id such as subnet-0a1b2c3d' },
  topic: arn('sns', `${REGION}:\\d{12}:.+`, 'a topic: arn:aws:sns:REGION:ACCOUNT:NAME'),
  vpc: {
    pattern: /^vpc-[0-9a-z]+$/,
    words: 'expected a VPC id such as vpc-0a1b2c3d; to use the VPC’s name, set vpcName',
  },
} as const satisfies Readonly<Record<string, Format>>;

/** Rule: a given value has the format. Outputs that are not known yet are not checked. */
export function formed(value: unknown, argument: string, format: keyof typeof FORMATS): Rule {
  const { pattern, words } = FORMATS[format];
  return [typeof value === 'string' && !pattern.test(value), argument, words];
}

/** The same rule for every value of a list. */
export function eachFormed(values: unknown, argument: string, format: keyof typeof FORMATS): readonly Rule[] {
  return Array.isArray(values)
    ? values.map((value, index) => formed(value, `${argument}[${index}]`, format))
    : [];
}
