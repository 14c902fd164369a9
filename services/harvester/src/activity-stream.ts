import type { FetchDocument } from './fetch-document.ts';
import type { SourceContext } from './harvest-source.ts';
import { openWalk } from './open-walk.ts';
import { readStream } from './read-stream.ts';
import type { SourceKind } from './source-kind.ts';
import { streamPages, walkedPage } from './stream-pages.ts';

/** IIIF Change Discovery, and activity streams as they are published. @param fetch of this source, with its credential */
export function activityStream(fetch: FetchDocument, now: () => Date): SourceKind {
  const activityContext = ({ settings: { addresses, classes, paths } }: SourceContext) => ({
    streams: addresses,
    classes,
    paths,
    now: now().getTime(),
  });
  return {
    open: async (source, { report, ...opening }) => {
      const context = activityContext(source);
      const opened = await openWalk({ ...opening, read: readStream(fetch, source.signal), context, note: report.note });
      if (!opened) return undefined;
      const { walk, page } = opened;
      return { walk, ...(page ? { page: walkedPage(page, context, report) } : {}) };
    },
    // That they moved is noticed there, and they are walked again.
    pagesMove: false,
    unusable: 'stream-activity-invalid',
    pages: (source, report) => streamPages(readStream(fetch, source.signal), activityContext(source), report),
  };
}
