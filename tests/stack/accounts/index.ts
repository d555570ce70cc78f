import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { OnDestroy, SourceTable, TableManagement } from '../../../infra';

const config = new pulumi.Config();
const ROLE = 'arn:aws:iam::222222222222:role/deploy';
const region = aws.config.requireRegion();

/** The provider's ways into the other account. */
const settings: Readonly<Record<string, () => aws.ProviderArgs>> = {
  roles: () => ({
    assumeRoles: [
      { roleArn: 'arn:aws:iam::333333333333:role/hub' },
      { roleArn: ROLE, sessionName: 'deploy' },
    ],
  }),
  keys: () => ({
    accessKey: config.requireSecret('accessKey'),
    secretKey: config.requireSecret('secretKey'),
    token: config.requireSecret('token'),
  }),
  profile: () => ({ profile: 'deploy', sharedCredentialsFiles: [config.require('credentialsFile')] }),
  hidden: () => ({ assumeRoles: [{ roleArn: ROLE }] }),
};

const way = config.require('way');
const provider = way === 'default' ? undefined : new aws.Provider('other', { region, ...settings[way]?.() });
// As a program in another language hands it to a component: the engine knows its settings, the component does not.
if (way === 'hidden') Object.assign(provider as aws.Provider, { assumeRoles: undefined });

for (const name of config.requireObject<readonly string[]>('components')) {
  new SourceTable(
    name,
    { name: 'invoices', management: TableManagement.Enable, onDestroy: OnDestroy.Restore },
    {
      ...(provider && { providers: [provider] }),
      aliases: (config.getObject<readonly string[]>('oldNames') ?? []).map((old) => ({ name: old })),
    },
  );
}
