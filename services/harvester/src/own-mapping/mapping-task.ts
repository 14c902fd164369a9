/** What the process is asked: what an expression makes of a record. */
export type MappingTask = { readonly expression: string; readonly record: unknown };
export type MappingAnswer = { readonly value: string | undefined } | { readonly fault: string };
