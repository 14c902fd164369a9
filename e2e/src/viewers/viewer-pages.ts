const page = (head: string, body: string) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A viewer</title>${head}</head>
<body style="margin:0">${body}</body>
</html>
`;

const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Mirador 4 with a window for each manifest, side by side. */
export const miradorPage = (manifests: readonly string[]): string =>
  page(
    '<script src="/mirador/dist/mirador.min.js"></script>',
    `<div id="viewer" style="position:absolute;inset:0"></div>
<script>Mirador.viewer(${inScript({ id: 'viewer', windows: manifests.map((manifestId) => ({ manifestId })), workspace: { type: 'mosaic' } })});</script>`,
  );

/** Universal Viewer 4 with one manifest. */
export const universalViewerPage = (manifest: string): string =>
  page(
    '<link rel="stylesheet" href="/universalviewer/dist/uv.css"><script src="/universalviewer/dist/umd/UV.js"></script>',
    `<div id="uv" class="uv" style="width:1200px;height:800px"></div>
<script>document.addEventListener('DOMContentLoaded', () => UV.init('uv', ${inScript({ manifest })}));</script>`,
  );
