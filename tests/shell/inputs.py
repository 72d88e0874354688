"""Malicious and malformed inputs: what the program does with each, how long and in how much memory."""

import os
import pathlib
import resource
import subprocess
import tempfile
import threading
import time
import unittest

PROGRAM = os.environ["DOSSIER"]
SLOWNESS = int(os.environ.get("DOSSIER_TEST_SLOWNESS", "1"))
MB = 1 << 20


class Outcome:
    def __init__(self, code, output, error, seconds, memory):
        self.code = code
        self.output = output
        self.error = error
        self.seconds = seconds
        self.memory = memory  # the most that was resident at a time, in bytes

    def __str__(self):
        return (f"code {self.code}, {self.seconds:.2f} s, {self.memory // MB} MB\n"
                f"{self.output[:600]}\n{self.error[:1200]}")


class InputTest(unittest.TestCase):
    """Runs of the program in a folder of their own. Limits of time and memory are generous: they
    tell linear from quadratic and bounded from unbounded, on a machine that others use, too."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="dossier-inputs-")
        cls.folder = pathlib.Path(cls.scratch.name)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def file(self, name, content):
        """Writes a file; content is text, bytes, or an iterable of them."""
        path = self.folder / name
        with open(path, "wb") as out:
            for part in [content] if isinstance(content, (str, bytes)) else content:
                out.write(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
        return str(path)

    def run_program(self, *arguments, stdin=None, limit=10, environment=None):
        """Returns the outcome; the program is killed, and the test fails, beyond `limit` seconds of
        processor time, or ten times as many by the clock: other programs may run, too."""
        variables = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR"):
            if name in os.environ:
                variables[name] = os.environ[name]
        variables.update(environment or {})
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            source = stdin if stdin is not None else subprocess.DEVNULL
            begun = time.monotonic()
            processor = int(limit * SLOWNESS) + 1

            def set_limits():
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))

            child = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=source, stdout=out,
                                     stderr=err, cwd=self.folder, env=variables,
                                     preexec_fn=set_limits)
            late = threading.Event()

            def kill():
                late.set()
                child.kill()

            timer = threading.Timer(10 * limit * SLOWNESS, kill)
            timer.start()
            _, status, usage = os.wait4(child.pid, 0)
            timer.cancel()
            child.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - begun
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read(64 * MB).decode("utf-8", "backslashreplace"))
        outcome = Outcome(child.returncode, *texts, seconds, usage.ru_maxrss * 1024)
        self.assertFalse(late.is_set(), f"no end within {10 * limit} s: {arguments}\n{outcome}")
        self.assertGreaterEqual(outcome.code, 0, f"ended by a signal: {arguments}\n{outcome}")
        return outcome

    def expect(self, outcome, code, *texts, memory=256 * MB):
        """Checks the exit code, that each text stands in the output or the errors, and the memory."""
        codes = code if isinstance(code, tuple) else (code,)
        self.assertIn(outcome.code, codes, str(outcome))
        for text in texts:
            self.assertIn(text, outcome.output + outcome.error, str(outcome))
        if SLOWNESS == 1:
            self.assertLess(outcome.memory, memory, str(outcome))
        return outcome
