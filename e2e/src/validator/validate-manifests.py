"""Reads manifests with the reference libraries of PyPI: `3` with iiif-prezi3, `2` with iiif-prezi. A line of JSON for each that one refuses, and one with how many were read."""

import collections
import collections.abc
import json
import sys

from known_contexts import use_known_contexts

version, contexts, *files = sys.argv[1:]


def reader_3():
    from iiif_prezi3 import Manifest

    return lambda text: Manifest(**json.loads(text))


def reader_2():
    # iiif-prezi is of the time when these names were here.
    for name in ['Mapping', 'MutableMapping', 'Iterable', 'Callable']:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    from iiif_prezi.loader import ManifestReader

    use_known_contexts(contexts)
    return lambda text: ManifestReader(text, version='2.1').read().toJSON()


read = reader_3() if version == '3' else reader_2()
for path in files:
    with open(path) as file:
        text = file.read()
    try:
        read(text)
    except Exception as error:  # whatever a library throws is its verdict
        print(json.dumps({'file': path, 'fault': f'{type(error).__name__}: {error}'[:500]}))
print(json.dumps({'read': len(files)}))
