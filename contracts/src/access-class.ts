import Type from 'typebox';

/**
 * What the public may have of an object: `open` is everything, `closed` nothing. Tiers join with the access policies; whoever reads a class that it
 * does not know refuses.
 */
export const AccessClass = Type.String({ minLength: 1, examples: ['open', 'closed'] });
