"""Owns one look at messages through Python's email package: prints the tree of types of each file given."""

import email
import json
import pathlib
import sys


def tree_of(part):
    if part.is_multipart():
        return [part.get_content_type(), *map(tree_of, part.get_payload())]
    return part.get_content_type()


files = json.loads(sys.stdin.read())
print(json.dumps([tree_of(email.message_from_bytes(pathlib.Path(file).read_bytes())) for file in files]))
