import type { Access } from '../../ir/endpoints.ts';
import type { KernelPlan, ProcessPlan } from './plan.ts';

const partners: Readonly<Record<Access, readonly Access[]>> = {
  read: ['write'],
  write: ['read'],
  receive: ['request'],
  send: ['request'],
  request: ['receive', 'send'],
  response: ['request'],
};

/** The process that an access to a stream or memory waits for: the one at its other end, if any. */
export function partnerOf(plan: KernelPlan, access: Access, name: string): ProcessPlan | undefined {
  const users = partners[access].map((other) => plan.user(other, name));
  return users.find((user) => user !== undefined);
}
