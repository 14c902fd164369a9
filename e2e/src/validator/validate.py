"""The IIIF image validator with what its tests for webp, jp2 and pdf call of Python 2: they are left as they are."""

import runpy
import shutil
import sys
import urllib
import urllib.request

import pylibmagic  # noqa: F401, brings libmagic along
import magic



class OldReply:
    """A reply whose bytes are text, as a string of Python 2 was both."""

    def __init__(self, url):
        self._reply = urllib.request.urlopen(url)

    def read(self):
        return self._reply.read().decode('latin-1')

    def getcode(self):
        return self._reply.getcode()

    def close(self):
        self._reply.close()


urllib.urlopen = OldReply


class OldMagic:
    """The interface of file-magic's `magic.Magic` as the tests use it."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def id_buffer(self, data):
        return magic.from_buffer(data.encode('latin-1'))


original = magic.Magic
magic.Magic = lambda *given, **named: original(*given, **named) if given or named else OldMagic()
runpy.run_path(shutil.which('iiif-validate.py', path=sys.argv.pop(1)), run_name='__main__')
