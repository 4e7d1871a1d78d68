"""Owns one session of poplib: stores the messages of a maildrop as files, and deletes them if asked to."""

import json
import pathlib
import poplib
import ssl
import sys

settings = json.loads(pathlib.Path(sys.argv[1]).read_text())
where = (settings["host"], settings["port"])
trust = ssl.create_default_context(cafile=settings["ca_file"])

if settings["tls"] == "implicit":
    client = poplib.POP3_SSL(*where, timeout=60, context=trust)
else:
    client = poplib.POP3(*where, timeout=60)
    if settings["tls"] == "stls":
        client.stls(context=trust)

client.user(settings["user"])
client.pass_(settings["password"])
count, _ = client.stat()
for number in range(1, min(count, settings.get("onlyFirst", count)) + 1):
    _, lines, _ = client.retr(number)
    message = b"".join(line + b"\n" for line in lines)
    pathlib.Path(settings["inbox"], f"{number:06}.eml").write_bytes(message)
    if settings["afterwards"] == "delete":
        client.dele(number)
client.quit()
