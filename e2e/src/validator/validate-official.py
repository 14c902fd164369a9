"""The official Presentation validator (IIIF/presentation-validator) on files: a line of JSON for each that it refuses, and the number of those it passes.

python validate-official.py VERSION CONTEXTS FILE...
"""

import contextlib
import json
import sys

from known_contexts import use_known_contexts
from presentation_validator.cli import IIIFVersion, check_manifest

version, contexts, *files = sys.argv[1:]
use_known_contexts(contexts)
passed = 0
for file in files:
    # It says things of its own beside.
    with open(file, encoding="utf-8") as opened, contextlib.redirect_stdout(sys.stderr):
        result = check_manifest(json.load(opened), IIIFVersion.from_string(version))
    if result.passed:
        passed += 1
    else:
        faults = [str(result.error)] if result.error else [str(error) for error in result.errorList]
        print(json.dumps({"file": file, "fault": "; ".join(faults)[:1000]}))
print(json.dumps({"read": passed}))
