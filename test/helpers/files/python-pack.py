"""Owns compression that Node does not have: standard input packed to standard output."""

import bz2
import lzma
import sys

LZMA1 = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}]
LZMA2 = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]

PACK = {
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda octets: lzma.compress(octets, lzma.FORMAT_ALONE),
    "lzma1-raw": lambda octets: lzma.compress(octets, lzma.FORMAT_RAW, filters=LZMA1),
    "lzma2-raw": lambda octets: lzma.compress(octets, lzma.FORMAT_RAW, filters=LZMA2),
}

sys.stdout.buffer.write(PACK[sys.argv[1]](sys.stdin.buffer.read()))
