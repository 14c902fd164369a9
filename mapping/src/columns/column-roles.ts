import { bcp47 } from '../bcp47.ts';

/** What a column of a museum's table is for, by its name, in the languages in which museums write them. The rest is shown as it is. */
export type ColumnRole = 'id' | 'title' | 'file' | 'order' | 'label' | 'description' | 'rights' | 'credit' | 'homepage';

const NAMES: Readonly<Record<ColumnRole, RegExp>> = {
  id: /^(id|pid|objectid|identifier|object ?(id|number|no)|accession( ?(no|nr|number|num))?|inventory( ?(no|nr|number))?|inventar ?(nummer|nr)|inv ?nr|signatur|shelf ?mark|cote|numero d inventaire|inventarisnummer|objectnummer|inventario)$/,
  title: /^(title|titel|titre|titolo|titulo|name|label|object ?name|bezeichnung)$/,
  file: /^(files?|file ?names?|images?|image ?(files?|urls?)|iiif ?urls?|datei(en)?|datei ?namen?|bild(datei|er)?|fichiers?|bestand(snaam)?|archivo)$/,
  order: /^(order|sequence|sort( ?order)?|page( ?(no|number))?|reihenfolge|ordre|volgorde|orden|ordine)$/,
  label: /^(image ?(label|title|caption)|caption|page ?label|bildtitel|bildunterschrift|legende|bijschrift)$/,
  description: /^(description|beschreibung|omschrijving|beschrijving|descrizione|descripcion|summary)$/,
  rights: /^(rights|licen[cs]e|lizenz|rechte|droits|licentie|rights ?(uri|statement))$/,
  credit: /^(credit( ?line)?|attribution|bildnachweis|creditline|mention)$/,
  homepage: /^(url|link|homepage|web ?page|permalink)$/,
};

const ROLES: readonly ColumnRole[] = ['id', 'title', 'file', 'order', 'label', 'description', 'rights', 'credit', 'homepage'];

export function columnRole(column: string): ColumnRole | undefined {
  const { name } = columnLanguage(column);
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();
  return ROLES.find((role) => NAMES[role].test(plain));
}

/** A column's name, and the language of what it holds where its name says so: `title@nl`. */
export function columnLanguage(column: string): { readonly name: string; readonly language: string } {
  const [, name = column, language] = /^(.*\S)@([a-zA-Z]{2,8}(?:-[a-zA-Z0-9]+)*)\s*$/.exec(column) ?? [];
  return { name, language: bcp47(language) };
}
