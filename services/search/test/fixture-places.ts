type Places = readonly (readonly [number, number, number, number] | readonly [from: number, to: number])[];

/** By fixture: words of it, and where each line of them is. */
export const fixturePlaces: readonly (readonly [file: string, words: string, Places])[] = [
  ['alto/altobadcoords.xml', 'Samstag den', [[766, 861, 328, 54]]],
  [
    'alto/007.xml',
    'erste',
    [
      [1607, 323, 36, 17],
      [442, 363, 54, 21],
    ],
  ],
  [
    'alto/007.xml',
    'fragwürdig',
    [
      [1501, 984, 137, 29],
      [434, 1032, 55, 30],
    ],
  ],
  ['alto/alto_nospace.xml', 'welche jene', [[522, 729, 220, 48]]],
  ['alto/kraken-missing-coords.xml', 'Line three', [[20, 420, 210, 160]]],
  ['alto/test.alto3.xml', 'vielen Sorgen', [[283, 258, 221, 38]]],
  ['alto/es-scbg_bblg_18950101_0001.xml', 'Publicación Mensual', [[71, 426, 291, 22]]],
  [
    'hocr/hocr_hyphen.html',
    'verbunden',
    [
      [1391, 174, 131, 33],
      [117, 233, 58, 33],
    ],
  ],
  ['hocr/multicolumn.hocr', 'Betriebsbeamte beiden', [[1936, 196, 389, 63]]],
  ['hocr/misplaced_closing.html', 'full college', [[1560, 3112, 817, 133]]],
  ['page/test.page2018.xml', 'vielen Sorgen', [[283, 258, 220, 38]]],
  ['page/kraken-reading-order.xml', 'Line 2 in region 2', [[10, 460, 480, 130]]],
  ['page/table-region.xml', '5', [[318, 409, 19, 25]]],
  ['annotations/newspaper_issue_1-anno_p1.json', '54. Jahrgang', [[80, 376, 319, 53]]],
  ['vtt/webvtt-py-sample.vtt', 'text #3', [[11.89, 16.32]]],
];
