import type { FolderObject } from '@vitrine/mapping/folder/folder-object.ts';

const IMAGES = /\.(tiff?|jpe?g|png|webp|avif|gif|jp2|j2k|jpx|jpf|j2c|pdf)$/i;
/** Images that nobody here can read: who has them is told. */
const FOREIGN = /\.(heic|heif|dng|cr2|cr3|nef|arw|orf|rw2|raf|psd|psb|svg|bmp|eps|ai|xcf)$/i;
/** What systems and programs leave in folders. */
const LEFT = /^([.~@$]|Thumbs\.db$|desktop\.ini$|__MACOSX$|lost\+found$|System Volume Information$)/i;

export const isImage = (name: string): boolean => IMAGES.test(name);
export const isForeignImage = (name: string): boolean => FOREIGN.test(name);
export const isLeftBehind = (name: string): boolean => LEFT.test(name);

/** The name of a file, without its ending. */
export const stemOf = (path: string): string => (path.split('/').at(-1) ?? path).replace(/(?<=.)\.[^.]+$/, '');

/** An object that is one file. */
export const fileObject = (file: FolderObject['files'][number]): FolderObject => ({
  type: 'vitrine:FolderObject',
  id: file.path,
  name: stemOf(file.path),
  files: [file],
  fields: [],
});
