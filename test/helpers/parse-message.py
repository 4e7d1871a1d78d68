"""Owns how Python's email package reads a message: from standard input, as JSON on standard output."""

import email.policy
import json
import sys

message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)


def addresses(name):
    field = message[name]
    return [] if field is None else [[a.display_name, a.addr_spec] for a in field.addresses]


def defects(part):
    own = [str(each) for each in part.defects]
    return own + [str(each) for field in part.values() for each in field.defects]


json.dump(
    {
        "subject": message["Subject"],
        "from": addresses("From"),
        "to": addresses("To"),
        "names": message.keys(),
        "types": [part.get_content_type() for part in message.walk()],
        "text": message.get_body(("plain",)).get_content(),
        "html": message.get_body(("html",)).get_content(),
        "defects": [each for part in message.walk() for each in defects(part)],
    },
    sys.stdout,
)
