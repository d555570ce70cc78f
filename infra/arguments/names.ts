/** The physical names of resources: those that AWS knows them by. */
export interface NameSettings {
  /**
   * First part of every name. Changing it replaces the resources. Without it, a resource keeps the name that it was created with.
   * @default the names of project, stack and component; Pulumi’s own names if `pulumi:autonaming` is configured
   * @example 'orders-dev'
   */
  prefix?: string;
}
