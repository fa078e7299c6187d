import * as z from '../../../../shared/zod.ts';
import { addressBooks, externalTaskServices, schedulerEntryServices, taskServices } from './lookups.ts';
import { NimbusRefusal } from './refusal.ts';

export const roleSchema = z.enum(['TenantAdmin', 'OuAdmin', 'ServiceOwner', 'TeamOwnerLimited']);

/** A Nimbus role of the account that the token stands for. */
export type Role = z.infer<typeof roleSchema>;

/** Operations that need the same right. External tasks belong to `tasks`. */
export type OperationGroup = 'tasks' | 'schedulerEntries' | 'addressBooks';

/** Which of Nimbus's service lists is meant: licences differ, hence three. */
export type ServiceList = 'task' | 'schedulerEntry' | 'externalTask';

/** Luware's table of Power Automate roles, as far as its columns could be read. */
const rolesByGroup: Readonly<Record<OperationGroup, readonly Role[]>> = {
  tasks: ['TenantAdmin', 'ServiceOwner'],
  schedulerEntries: ['TenantAdmin', 'ServiceOwner'],
  addressBooks: ['TenantAdmin', 'OuAdmin'],
};

const groupByList: Readonly<Record<ServiceList, OperationGroup>> = {
  task: 'tasks',
  schedulerEntry: 'schedulerEntries',
  externalTask: 'tasks',
};

/** What the signed-in account may do and see. Starts as Tenant Admin, which is the one role that may do everything. */
export class Account {
  readonly #services: Readonly<Record<ServiceList, readonly string[]>>;
  readonly #roles = new Set<Role>(['TenantAdmin']);
  readonly #hidden = new Set<string>();

  /** The services take the place of all three seeded lists. */
  constructor(services?: readonly string[]) {
    this.#services = {
      task: services ?? taskServices,
      schedulerEntry: services ?? schedulerEntryServices,
      externalTask: services ?? externalTaskServices,
    };
  }

  get roles(): Role[] {
    return [...this.#roles];
  }

  grantRole(role: Role): void {
    this.#roles.add(role);
  }

  removeRole(role: Role): void {
    this.#roles.delete(role);
  }

  /** Takes a service (by UPN) or an address book (by id) out of the account's sight. */
  hide(key: string): void {
    this.#hidden.add(key.toLowerCase());
  }

  show(key: string): void {
    this.#hidden.delete(key.toLowerCase());
  }

  may(group: OperationGroup): boolean {
    return rolesByGroup[group].some((role) => this.#roles.has(role));
  }

  /** Throws a 403 refusal. */
  require(group: OperationGroup): void {
    if (!this.may(group)) throw new NimbusRefusal(403, 'The account lacks the permission for this operation.');
  }

  /** The UPNs in a list; none without the right to use them. */
  services(list: ServiceList): string[] {
    if (!this.may(groupByList[list])) return [];
    return this.#services[list].filter((upn) => !this.#hidden.has(upn.toLowerCase()));
  }

  sees(list: ServiceList, serviceUpn: string): boolean {
    return this.services(list).some((upn) => upn.toLowerCase() === serviceUpn.toLowerCase());
  }

  /** Throws a 403 refusal for a service outside the list. */
  requireService(list: ServiceList, serviceUpn: string): void {
    if (!this.sees(list, serviceUpn)) {
      throw new NimbusRefusal(403, 'The account has no permission for the given service UPN.');
    }
  }

  addressBooks(): { readonly name: string; readonly id: string }[] {
    return this.may('addressBooks') ? addressBooks.filter(({ id }) => !this.#hidden.has(id.toLowerCase())) : [];
  }

  reset(): void {
    this.#roles.clear();
    this.#roles.add('TenantAdmin');
    this.#hidden.clear();
  }
}
