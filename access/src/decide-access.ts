export type AccessMode = 'open' | 'policies';

/** What `auth` assigned to an object, and under which version of the policies. */
type Assignment = { readonly class: string; readonly policy: number };

export type AccessQuestion = {
  readonly mode: AccessMode;
  readonly assignment: Assignment | undefined;
  /** The oldest version of the policies whose assignments still hold. */
  readonly oldestPolicy: number;
};

/**
 * The one decision that every door asks for, before any cache is read (R11). Under policies, what nobody assigned is refused, and
 * so is what was assigned before the policies were tightened.
 */
export function decideAccess({ mode, assignment, oldestPolicy }: AccessQuestion): 'allow' | 'refuse' {
  if (mode === 'open') return 'allow';
  if (!assignment || assignment.policy < oldestPolicy) return 'refuse';
  return assignment.class === 'open' ? 'allow' : 'refuse';
}
