import Type, { type Static } from 'typebox';

/** Text by BCP 47 language, `none` where it is unknown; always arrays (Presentation API 3.0, 4.4). */
export const LanguageMap = Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 }));
export type LanguageMap = Static<typeof LanguageMap>;
