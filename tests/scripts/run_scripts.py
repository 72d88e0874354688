#!/usr/bin/env python3
"""Runs golden scripts of the program.

usage: run_scripts.py [--update] [--list] PROGRAM [SCRIPT.txt...]

A script is a list of blocks with an empty line between them. A block is shell commands (bash), a
line `---`, and what they must give:

    dossier query --data a.ttl "ASK { ?s ?p 1 }" -e
    ---
    false
    ! a line on standard error
    [1]

Lines are standard output as it came; an empty one is written `~`. Lines with `! ` are standard
error, printed behind standard output. `[N]` is the exit code where it is not 0. A line that would
be mistaken for one of these has a `\\` in front. `[no newline]` says that output ended without one.
All blocks of a script share a scratch directory, which is empty at first; $DATA is tests/data,
$EXAMPLES is examples/. What differs from run to run (times, process ids, the scratch directory) is
replaced by a word. --update writes what the program does now as what is expected.
"""

import argparse
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIME_LIMIT = 120 * int(os.environ.get("DOSSIER_TEST_SLOWNESS", "1"))

VOLATILE = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"\bin \d+\.\d+ s, [\d.]+(?: [KM])?/s"), "in TIME"),
    (re.compile(r"\b\d+\.\d+ s\b"), "TIME"),
    (re.compile(r"process \d+ \([^)]*\)"), "process PID (NAME)"),
    (re.compile(r"process \d+"), "process PID"),
]


class Block:
    def __init__(self, command, expected, line):
        self.command = command
        self.expected = expected
        self.line = line


def read_blocks(path):
    blocks = []
    command, expected, in_output, line_of_command = [], [], False, 1
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if in_output:
            if line == "":
                blocks.append(Block("\n".join(command), expected, line_of_command))
                command, expected, in_output = [], [], False
            else:
                expected.append(line)
        elif line == "---":
            in_output = True
        elif command or line:
            if not command:
                line_of_command = number
            command.append(line)
    if in_output:
        blocks.append(Block("\n".join(command), expected, line_of_command))
    elif command:
        sys.exit(f"{path}:{line_of_command}: a command without '---'")
    return blocks


def stable(text, scratch):
    text = text.replace(str(scratch), "SCRATCH").replace(str(ROOT), "ROOT")
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return text


def lines_of(data, mark, scratch):
    text = stable(data.decode("utf-8", "backslashreplace"), scratch)
    complete = text == "" or text.endswith("\n")
    lines = text.split("\n")
    if complete:
        lines.pop()
    result = []
    for line in lines:
        if mark:
            result.append((mark + line).rstrip(" ") if line == "" else mark + line)
        elif line == "":
            result.append("~")
        elif line[0] in "!~[\\" or line == "---":
            result.append("\\" + line)
        else:
            result.append(line)
    # Trailing spaces and control characters would be lost or unreadable in a text file.
    result = [re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda c: f"\\x{ord(c[0]):02x}", line)
              for line in result]
    if not complete:
        result.append("[no newline]")
    return result


def run_block(block, scratch, environment):
    try:
        done = subprocess.run(["bash", "-c", block.command], cwd=scratch / "work", env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return [f"[no end within {TIME_LIMIT} s]"]
    result = lines_of(done.stdout, "", scratch) + lines_of(done.stderr, "! ", scratch)
    if done.returncode != 0:
        result.append(f"[{done.returncode}]")
    return result


def run_script(path, program, update):
    """Returns the differences as text; empty when there are none."""
    blocks = read_blocks(path)
    with tempfile.TemporaryDirectory(prefix="dossier-script-") as folder:
        scratch = pathlib.Path(folder).resolve()
        for name in ("work", "home", "bin"):
            (scratch / name).mkdir()
        (scratch / "bin" / "dossier").symlink_to(program)
        environment = {
            "PATH": f"{scratch / 'bin'}:{os.environ['PATH']}",
            "HOME": str(scratch / "home"),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "DATA": str(ROOT / "tests" / "data"),
            "EXAMPLES": str(ROOT / "examples"),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR"):
            if name in os.environ:
                environment[name] = os.environ[name]
        problems = []
        output = []
        for block in blocks:
            found = run_block(block, scratch, environment)
            output.append("\n".join([block.command, "---"] + found) + "\n")
            if found != block.expected:
                problems.append(f"{path.name}:{block.line}: {block.command.splitlines()[-1]}\n" +
                                "\n".join(difflib.unified_diff(block.expected, found, "expected",
                                                               "found", lineterm="", n=2)))
        # A read-only directory that a script forgot could not be removed.
        subprocess.run(["chmod", "-R", "u+rwX", str(scratch)], check=False)
    if update:
        text = "\n".join(output)
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            print(f"{path.name}: written anew")
        return ""
    return "\n\n".join(problems)


def main():
    parser = argparse.ArgumentParser(description="Runs golden scripts of the program.")
    parser.add_argument("--update", action="store_true",
                        help="write what the program does now as what is expected")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("scripts", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    scripts = arguments.scripts or sorted(HERE.glob("*.txt"))
    failed = 0
    for script in scripts:
        problems = run_script(script, program, arguments.update)
        if problems:
            failed += 1
            print(f"FAILED {script.name}\n{problems}\n")
    print(f"{len(scripts) - failed} scripts passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
