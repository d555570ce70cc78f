import * as aws from '@pulumi/aws';
import { eachKnown } from '../../stack/known';
import { stackRule } from '../../rule';

interface Config {
  readonly maximumDays: number;
}

const DAY_MS = 86_400_000;

/** Also applies to keys with an exception from iam-no-long-lived-key. @param now for tests */
export function accessKeyAge(now: () => number = Date.now) {
  return stackRule({
    name: 'iam-access-key-age',
    description: 'Access keys are replaced before they are too old.',
    level: 'mandatory',
    severity: 'medium',
    standards: { securityHub: ['IAM.3'], wellArchitected: ['SEC02-BP05'] },
    remedy: 'Run pulumi up --replace URN-OF-THE-KEY, and hand over the new key.',
    url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-3',
    config: {
      maximumDays: {
        type: 'integer',
        minimum: 1,
        description: 'Maximum age in days.',
        default: 90,
      },
    },
    validate: ({ resources, getConfig }, report) => {
      const { maximumDays } = getConfig<Config>();
      const keys = resources.filter((one) => one.isType(aws.iam.AccessKey));
      eachKnown(keys, ({ props, urn }) => {
        if (props['status'] === 'Inactive' || props['createDate'] === undefined) return;
        const days = Math.floor((now() - Date.parse(props['createDate'] as string)) / DAY_MS);
        if (days > maximumDays)
          report(`the key is ${days} days old; at most ${maximumDays} are allowed`, urn);
      });
    },
  });
}
