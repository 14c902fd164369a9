const KNOWN = [
  /^https?:\/\/(?:www\.)?(creativecommons\.org)\/((?:licenses|publicdomain)\/[a-z+-]+\/\d\.\d(?:\/[a-z]{2,3})?)(?:\/.*)?$/,
  /^https?:\/\/(?:www\.)?(rightsstatements\.org)\/(?:vocab|page)\/([A-Za-z-]+\/1\.0)(?:\/.*)?$/,
] as const;

/**
 * A rights address as manifests may hold it (Presentation API 3.0, 3.1 `rights`: Creative Commons or RightsStatements.org, in their `http:`
 * form): the scheme folded, `/deed.xx` and `/page/` undone. Undefined for any other address.
 */
export function rightsUri(address: string): string | undefined {
  const [commons, statements] = KNOWN;
  const licence = commons.exec(address);
  // A two-letter step after the version is a jurisdiction, "deed" and "legalcode" are pages about it.
  if (licence) return `http://creativecommons.org/${licence[2]}/`;
  const statement = statements.exec(address);
  return statement ? `http://rightsstatements.org/vocab/${statement[2]}/` : undefined;
}
