import Type from 'typebox';

export const searchConfig = Type.Object({
  VITRINE_SEARCH_MEMORY_MB: Type.Integer({
    default: 512,
    minimum: 8,
    description: 'Memory for the words of the objects that are searched most, in megabytes: about 25 bytes a word.',
  }),
  VITRINE_SEARCH_LANGUAGE: Type.Optional(
    Type.String({ description: 'The language of texts that do not say theirs (BCP 47, as `en`): their words are found in all forms.' }),
  ),
  VITRINE_SEARCH_FACETS: Type.Optional(
    Type.String({ description: 'Labels of metadata whose values are counted and filtered by, apart by commas, as `Artist,Medium`.' }),
  ),
});
