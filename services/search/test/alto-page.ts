/** An ALTO page of some lines. */
export const alto = (body: string, page = 'WIDTH="200" HEIGHT="100"') =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><alto><Layout><Page ${page}><PrintSpace><TextBlock>${body}</TextBlock></PrintSpace></Page></Layout></alto>`,
  );

export const word = (content: string, x: number, y = 10, more = '') =>
  `<String CONTENT="${content}" HPOS="${x}" VPOS="${y}" WIDTH="20" HEIGHT="8" ${more}/>`;

export const two = alto(`<TextLine>${word('Call', 0)}<SP/>${word('me', 30)}</TextLine><TextLine>${word('Ishmael.', 0, 30)}</TextLine>`);
