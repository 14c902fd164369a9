import Type, { type Static } from 'typebox';

/** What the public may have of an object: everything, or nothing. Tiers join with the access policies. */
export const AccessClass = Type.Union([Type.Literal('open'), Type.Literal('closed')]);
export type AccessClass = Static<typeof AccessClass>;
