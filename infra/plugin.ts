import { main } from '@pulumi/pulumi/provider';
import { ComponentHost } from './component-host';
import * as exported from './index';
import schema from './schema.json';

/** Hosts the components for programs in other languages. Pulumi runs this file compiled, as `main` of package.json. */
void main(new ComponentHost(schema, exported), process.argv.slice(2));
