"""Validates XML documents against a schema.

Reads a JSON object from its input: `schema`, a path, and `documents`, a list of texts. Writes a JSON list: for each
document the list of its faults.
"""

import json
import sys
from xml.etree.ElementTree import ParseError

import xmlschema


def faults(schema, document):
    try:
        source = xmlschema.XMLResource(document.encode(), allow="none")
        return [f"{fault.path}: {fault.reason}" for fault in schema.iter_errors(source)]
    except ParseError as fault:
        return [f"not well-formed: {fault}"]


asked = json.load(sys.stdin)
# Nothing is fetched: schemas refer to files beside them.
schema = xmlschema.XMLSchema(asked["schema"], allow="local")
json.dump([faults(schema, document) for document in asked["documents"]], sys.stdout)
