import Type from 'typebox';

/**
 * An identifier that the harvester minted (R2): nothing in it needs percent-encoding, and none of `/ ? ~`
 * occurs, since `~` separates an image from its content version in an address.
 */
export const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,199}$', description: 'A minted identifier' });
