"""The program on a pseudo-terminal."""

import os
import pathlib
import re
import tempfile
import unicodedata
import unittest

import pexpect

PROGRAM = os.environ["DOSSIER"]
SLOWNESS = int(os.environ.get("DOSSIER_TEST_SLOWNESS", "1"))
PROMPT = r"dossier(?:\(ro\)|\*)?> "
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")


def plain(text):
    """What is left on the screen of one line's output, without control sequences."""
    return CONTROL.sub("", text).replace("\x07", "")


def width(line):
    """Columns a line takes on a terminal."""
    columns = 0
    for character in line:
        if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Cf"):
            continue
        columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


class Shell:
    """One run of the program. `home` keeps its files; `screen` is the size in columns."""

    def __init__(self, home, *arguments, screen=80, lines=24, environment=None,
                 program=PROGRAM):
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                variables[name] = os.environ[name]
        variables.update(environment or {})
        variables = {name: value for name, value in variables.items() if value is not None}
        self.child = pexpect.spawn(program, list(arguments), cwd=str(home), env=variables,
                                   dimensions=(lines, screen), timeout=15 * SLOWNESS,
                                   encoding="utf-8", codec_errors="replace")
        self.child.delaybeforesend = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.child.close(force=True)
        except pexpect.ExceptionPexpect:
            # It was killed; on a busy machine it takes longer to go than pexpect waits.
            self.child.ptyproc.wait()

    def wait_for(self, pattern, timeout=-1):
        self.child.expect(pattern, timeout=timeout)
        return self.child.before

    def prompt(self, timeout=-1):
        """Waits for the prompt; returns the lines printed before it."""
        text = self.wait_for(PROMPT, timeout)
        return plain(text).replace("\r", "").split("\n")

    def run(self, statement, timeout=-1):
        """Types a line; returns the lines it printed."""
        self.child.send(statement + "\r")
        self.wait_for(r"\r\n", timeout)
        lines = self.prompt(timeout)
        return lines[:-1] if lines and lines[-1] == "" else lines

    def type(self, text):
        self.child.send(text)

    def end(self):
        """Waits for the end; returns the exit code."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        if self.child.exitstatus is None:
            return -self.child.signalstatus
        return self.child.exitstatus


class ShellTest(unittest.TestCase):
    """A test with a home folder of its own."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="dossier-shell-")
        self.home = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def shell(self, *arguments, **options):
        return Shell(self.home, *arguments, **options)

    def assert_has(self, lines, wanted):
        self.assertTrue(any(wanted in line for line in lines), f"{wanted!r} is not in {lines!r}")
