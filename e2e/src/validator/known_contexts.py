"""JSON-LD contexts by their addresses, from files: nobody is asked for them."""

import json


def use_known_contexts(contexts):
    from pyld import jsonld

    known = json.loads(contexts)

    def load(url, *_, **__):
        document = {'@context': {}}
        if url in known:
            with open(known[url]) as file:
                document = json.load(file)
        return {'contextUrl': None, 'documentUrl': url, 'document': document, 'contentType': 'application/ld+json'}

    jsonld.set_document_loader(load)
