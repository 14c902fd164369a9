/** What a column of a museum's table is for, by its name, in the languages in which museums write them. The rest is shown as it is. */
export type ColumnRole = 'id' | 'title' | 'file' | 'description' | 'rights' | 'credit' | 'homepage';

const NAMES: Readonly<Record<ColumnRole, RegExp>> = {
  id: /^(id|identifier|object ?(id|number|no)|accession( ?(no|nr|number))?|inventory( ?(no|nr|number))?|inventar ?(nummer|nr)|inv ?nr|signatur|shelf ?mark|cote|numero d inventaire|inventarisnummer|objectnummer|inventario)$/,
  title: /^(title|titel|titre|titolo|titulo|name|label|object ?name|bezeichnung)$/,
  file: /^(files?|file ?names?|images?|image ?files?|datei(en)?|datei ?namen?|bild(datei|er)?|fichiers?|bestand(snaam)?|archivo)$/,
  description: /^(description|beschreibung|omschrijving|beschrijving|descrizione|descripcion|summary)$/,
  rights: /^(rights|licen[cs]e|lizenz|rechte|droits|licentie|rights ?uri)$/,
  credit: /^(credit( ?line)?|attribution|bildnachweis|creditline|mention)$/,
  homepage: /^(url|link|homepage|web ?page|permalink)$/,
};

const ROLES: readonly ColumnRole[] = ['id', 'title', 'file', 'description', 'rights', 'credit', 'homepage'];

export function columnRole(column: string): ColumnRole | undefined {
  const name = column
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
  return ROLES.find((role) => NAMES[role].test(name));
}
