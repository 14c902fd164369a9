import Type from 'typebox';

/** Raised by the entity's owner by compare-and-set; consumers compare revisions and nothing else (R3). */
export const Revision = Type.Integer({ minimum: 1, description: 'Counts up, also over withdrawal and re-creation' });
