/** The addresses that manifests hold, below one public base. */
export function addresses(publicUrl: string) {
  const presentation = `${publicUrl}/iiif/presentation`;
  return {
    manifest: (object: string) => `${presentation}/3/manifests/${object}`,
    manifest2: (object: string) => `${presentation}/2/manifests/${object}`,
    changes: `${publicUrl}/iiif/activity/all-changes`,
    changesPage: (page: number) => `${publicUrl}/iiif/activity/page-${page}`,
    collection: (collection: string) => `${presentation}/3/collections/${collection}`,
    customManifest: (collection: string) => `${presentation}/3/custom/${collection}`,
    customCanvases: (collection: string) => `${presentation}/region/${collection}`,
    range: (object: string, range: string) => `${presentation}/range/${object}/${range}`,
    pdf: (object: string) => `${presentation}/rendering/${object}/images.pdf`,
    text: (object: string) => `${presentation}/rendering/${object}/text.txt`,
    imageService: (image: string, version: string) => `${publicUrl}/iiif/image/3/${image}~${version}`,
    search: (version: 1 | 2, kind: 'manifests' | 'collections', name: string) => `${publicUrl}/iiif/search/${version}/${kind}/${name}`,
  };
}
