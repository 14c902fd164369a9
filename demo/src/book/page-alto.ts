import type { SetPage } from './typeset-page.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (unit) => escapes[unit] ?? unit);

/** ALTO 4 of a page that was set here: each word's box is exact. */
export function pageAlto({ width, height, number, lines }: SetPage): string {
  const body = lines.map(({ words }, line) => {
    const strings = words.map(
      ({ text, x, y, width: w, height: h }) => `<String CONTENT="${escaped(text)}" HPOS="${x}" VPOS="${y}" WIDTH="${w}" HEIGHT="${h}"/>`,
    );
    return `<TextLine ID="l${line}">${strings.join('<SP/>')}</TextLine>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>pixel</MeasurementUnit></Description><Layout><Page ID="p${number}" PHYSICAL_IMG_NR="${number}" WIDTH="${width}" HEIGHT="${height}"><PrintSpace HPOS="0" VPOS="0" WIDTH="${width}" HEIGHT="${height}"><TextBlock ID="b1">
${body.join('\n')}
</TextBlock></PrintSpace></Page></Layout></alto>
`;
}
