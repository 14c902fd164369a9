import { AccessClass } from '@vitrine/contracts/access-class.ts';
import { accessAssigned } from '@vitrine/contracts/events/access-assigned.ts';
import { accessPolicyPublished } from '@vitrine/contracts/events/access-policy-published.ts';
import type { ServiceName } from '@vitrine/contracts/topics.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import Type from 'typebox';
import { type AccessMode, decideAccess } from './decide-access.ts';

const AssignmentDocument = Type.Object({ revision: Type.Integer(), class: AccessClass, policy: Type.Integer() });
const PolicyDocument = Type.Object({ version: Type.Integer(), tightened: Type.Integer() });
const POLICY = 'policy';

export type AccessTable = {
  /** Whether the public may see anything of the object. */
  allows(object: string): Promise<boolean>;
  /** The same where it can be said at once, else undefined: then allows() it is. */
  allowsNow(object: string): boolean | undefined;
  /** Nothing is closed: what is counted over many objects needs no decision about each. */
  readonly isOpen: boolean;
  /** @throws Problem `access-refused` */
  demand(object: string): Promise<void>;
  /** `Cache-Control` of what passed this door: shared caches must not keep what a policy may close. */
  cacheControl(whenOpen: string): string;
  readonly handlers: readonly Registration[];
};

/** The assignments as one service keeps them, learned from events, and the decision over them. */
export async function openAccessTable(service: ServiceName, documents: Documents, mode: AccessMode): Promise<AccessTable> {
  const assignments = await openCollection(documents, { name: `${service}.access`, indexes: [], schema: AssignmentDocument });
  const policies = await openCollection(documents, { name: `${service}.policies`, indexes: [], schema: PolicyDocument });

  async function allows(object: string): Promise<boolean> {
    if (mode === 'open') return true;
    const [assignment, policy] = await Promise.all([assignments.get(object), policies.get(POLICY)]);
    return decideAccess({ mode, assignment, oldestPolicy: policy?.tightened ?? 0 }) === 'allow';
  }

  return {
    allows,
    isOpen: mode === 'open',
    allowsNow: () => (mode === 'open' ? true : undefined),
    demand: async (object) => {
      if (!(await allows(object))) throw new Problem('access-refused');
    },
    cacheControl: (whenOpen) => (mode === 'open' ? whenOpen : 'private, no-store'),
    handlers: [
      on(accessAssigned, async ({ data: { object, revision, class: assigned, policy } }) => {
        await assignments.update(object, (current) =>
          current && current.revision >= revision ? undefined : { revision, class: assigned, policy },
        );
        return undefined;
      }),
      on(accessPolicyPublished, async ({ data: { version, tightened } }) => {
        await policies.update(POLICY, (current) => (current && current.version >= version ? undefined : { version, tightened }));
        return undefined;
      }),
    ],
  };
}
