/** Where an export is put, by paths below it. */
export type ExportTarget = {
  /** What it is called for people; no secret is in it. */
  readonly name: string;
  /**
   * Marks the place as one of exports.
   *
   * @throws Problem `export-failed` where something lies there that no export made
   */
  claim(): Promise<void>;
  /** Whether a file is there and holds just these bytes. */
  holds(path: string, bytes: Buffer): Promise<boolean>;
  /** Whole or not at all. */
  write(path: string, bytes: Buffer): Promise<void>;
  /** All that exports have written there. */
  paths(): Promise<readonly string[]>;
  remove(path: string): Promise<void>;
};

/** The file by which an export knows a place of its own. */
export const MARK = '.vitrine-manifests';
export const MARKED = 'made by vitrine export manifests\n';
/** What exports write is below these. */
export const BELOW = ['iiif/presentation', 'iiif/activity'] as const;
