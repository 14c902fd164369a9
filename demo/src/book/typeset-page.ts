import type { Font, Path } from 'opentype.js';

/** A word as it stands on a page: its box in pixels, from the outlines of its letters, and the outlines themselves. */
type SetWord = {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly outline: string;
};
type SetLine = { readonly words: readonly SetWord[] };
export type SetPage = { readonly width: number; readonly height: number; readonly number: number; readonly lines: readonly SetLine[] };

const PAGE = { width: 3000, height: 4000 } as const;
const MARGIN = { left: 420, right: 420, top: 480, bottom: 520 } as const;
const SIZE = 70;
const LEADING = 108;
const INDENT = 120;

type Paragraph = { readonly words: readonly string[]; readonly size: number; readonly indent: number };

/** Sets a text on pages of 12 megapixels: justified lines, an indent a paragraph, a page number at the foot. Stops after `pages` pages. */
export function typeset(font: Font, text: string, pages: number): readonly SetPage[] {
  const [heading = '', ...rest] = text.split(/\n\s*\n/).map((paragraph) => paragraph.replace(/\s+/g, ' ').trim());
  const paragraphs: Paragraph[] = [
    { words: heading.split(' '), size: SIZE * 1.6, indent: 0 },
    ...rest.filter(Boolean).map((paragraph) => ({ words: paragraph.split(' '), size: SIZE, indent: INDENT })),
  ];
  const set: SetPage[] = [];
  let lines: SetLine[] = [];
  let baseline: number = MARGIN.top;
  const finish = () => {
    const number = set.length + 1;
    const foot = setLine(font, [String(number)], PAGE.width / 2 - 20, PAGE.height - MARGIN.bottom / 2, SIZE, 0);
    set.push({ ...PAGE, number, lines: [...lines, foot] });
    lines = [];
    baseline = MARGIN.top;
  };
  for (const { words, size, indent } of paragraphs) {
    for (const line of breakLines(font, words, size, indent)) {
      if (baseline > PAGE.height - MARGIN.bottom) finish();
      if (set.length === pages) return set;
      lines.push(setLine(font, line.words, MARGIN.left + line.indent, baseline, size, line.gap));
      baseline += size === SIZE ? LEADING : LEADING * 2;
    }
  }
  if (lines.length > 0 && set.length < pages) finish();
  return set;
}

type BrokenLine = { words: readonly string[]; indent: number; gap: number };

/** Fills lines greedily; every line but a paragraph's last is stretched to the measure. */
function breakLines(font: Font, words: readonly string[], size: number, firstIndent: number): BrokenLine[] {
  const space = font.getAdvanceWidth(' ', size);
  const lines: BrokenLine[] = [];
  let current: string[] = [];
  let natural = 0;
  let indent = firstIndent;
  const measure = () => PAGE.width - MARGIN.left - MARGIN.right - indent;
  for (const word of words) {
    const width = font.getAdvanceWidth(word, size);
    if (current.length > 0 && natural + current.length * space + width > measure()) {
      lines.push({ words: current, indent, gap: (measure() - natural) / Math.max(1, current.length - 1) });
      current = [];
      natural = 0;
      indent = 0;
    }
    current.push(word);
    natural += width;
  }
  if (current.length > 0) lines.push({ words: current, indent, gap: space });
  return lines;
}

function setLine(font: Font, words: readonly string[], left: number, baseline: number, size: number, gap: number): SetLine {
  let x = left;
  return {
    words: words.map((text) => {
      const path = font.getPath(text, x, baseline, size);
      const { x1, y1, x2, y2 } = path.getBoundingBox();
      x += font.getAdvanceWidth(text, size) + gap;
      return {
        text,
        x: Math.floor(x1),
        y: Math.floor(y1),
        width: Math.ceil(x2 - x1),
        height: Math.ceil(y2 - y1),
        outline: outlineOf(path),
      };
    }),
  };
}

/** SVG path data. The library's own leaves curves out where it rounds them away. */
function outlineOf({ commands }: Path): string {
  const at = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
  return commands
    .map((command) => {
      switch (command.type) {
        case 'Z':
          return 'Z';
        case 'Q':
          return `Q${at(command.x1, command.y1)} ${at(command.x, command.y)}`;
        case 'C':
          return `C${at(command.x1, command.y1)} ${at(command.x2, command.y2)} ${at(command.x, command.y)}`;
        default:
          return `${command.type}${at(command.x, command.y)}`;
      }
    })
    .join('');
}
