#!/usr/bin/env python3
"""Reads the #include lines of every room and fails on a wrong arrow.

rdf <- parser, rdf <- storage, {parser, storage} <- engine <- shell. Only parser/ may use PEGTL, only
storage/ RocksDB; public headers use neither of them, nor fmt, Boost or ICU; the shell, the examples
and the benchmarks of the public interface see <dossier/...> only.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = {
    "rdf": {"rdf"},
    "parser": {"parser", "rdf"},
    "storage": {"storage", "rdf"},
    "engine": {"engine", "storage", "parser", "rdf"},
    "shell": {"shell"},
}
LIBRARIES = {  # library prefix -> the rooms that may include it
    "tao/": {"parser"},
    "rocksdb/": {"storage"},
    "unicode/": {"rdf", "engine"},
    "histedit.h": {"shell"},
    "CLI/": {"shell"},
    "expat.h": {"parser"},
    "openssl/": {"engine"},
    "re2/": {"engine"},
    "xxhash.h": {"storage"},
}
PUBLIC_FORBIDDEN = ("rocksdb/", "tao/", "fmt/", "boost/", "unicode/")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def check(path: pathlib.Path) -> list[str]:
    room = path.relative_to(ROOT).parts[0]
    public = "include" in path.relative_to(ROOT).parts
    errors = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, target = match.group(1) == '"', match.group(2)
        where = f"{path.relative_to(ROOT)}:{number}"
        first = target.split("/")[0]
        if quoted and first in ROOMS and first not in ROOMS[room]:
            errors.append(f"{where}: {room}/ must not use {first}/")
        if quoted and public:
            errors.append(f"{where}: a public header names an internal one")
        if quoted and first not in ROOMS:
            errors.append(f"{where}: name headers from the root, as \"{room}/{target}\"")
        for prefix, rooms in LIBRARIES.items():
            if not quoted and target.startswith(prefix) and room not in rooms:
                errors.append(f"{where}: {prefix.rstrip('/')} belongs to {', '.join(sorted(rooms))}")
        if public and not quoted and target.startswith(PUBLIC_FORBIDDEN):
            errors.append(f"{where}: a public header must not need {target}")
    return errors


def main() -> int:
    errors = []
    files = 0
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                files += 1
                errors += check(path)
    for error in errors:
        print(error)
    print(f"{files} files, {len(errors)} wrong arrows")
    return 1 if errors or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
