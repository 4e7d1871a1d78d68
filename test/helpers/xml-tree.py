"""Owns one look at XML through Python's parser: prints it as nested lists of name, attributes, text and children."""

import json
import sys
import xml.etree.ElementTree as ElementTree


def tree_of(element):
    return [element.tag, element.attrib, (element.text or "").strip(), [tree_of(child) for child in element]]


print(json.dumps(tree_of(ElementTree.fromstring(sys.stdin.buffer.read()))))
