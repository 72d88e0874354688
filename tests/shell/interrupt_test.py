#!/usr/bin/env python3
"""Ctrl-C: it clears what is being typed, cancels a statement, and leaves the shell alive."""

import contextlib
import signal
import subprocess
import time
import unittest

from terminal import PROGRAM, SLOWNESS, ShellTest

# A join without a common variable, and a filter that must look at each row.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a <urn:p> ?b . ?c <urn:p> ?d . ?e <urn:p> ?f " \
          "FILTER(?b + ?d > ?f + 0.5) }"
WITHIN = 0.5 * SLOWNESS
# The second where the signal came before the program was ready for it; for a shell both are 130.
INTERRUPTED = (130, -signal.SIGINT)


class Interrupt(ShellTest):
    def setUp(self):
        super().setUp()
        file = self.home / "numbers.nt"
        file.write_text("".join(
            f'<urn:{n}> <urn:p> "{n}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
            for n in range(3000)))
        subprocess.run([PROGRAM, "load", str(self.home / "store"), str(file), "--quiet"],
                       check=True)

    @contextlib.contextmanager
    def running(self, statement):
        """A shell in which the statement runs."""
        with self.shell("store") as shell:
            shell.prompt()
            shell.type(statement + "\r")
            time.sleep(0.7)
            yield shell

    def test_at_the_prompt_it_clears_the_line(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SELECT nonsense")
            shell.wait_for("nonsense")
            shell.type("\x03")
            shell.prompt()
            self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_at_the_prompt_it_clears_a_statement_of_several_lines(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SELECT ?x {\r")
            shell.wait_for(r"     \.\.\.> ")
            shell.type("?x ?y\x03")
            shell.prompt()
            self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_it_cancels_a_query_and_not_the_shell(self):
        with self.shell("store") as shell:
            shell.prompt()
            for _ in range(2):
                shell.type(ENDLESS + "\r")
                time.sleep(0.7)
                begin = time.monotonic()
                shell.type("\x03")
                lines = shell.prompt()
                self.assertLess(time.monotonic() - begin, WITHIN)
                self.assert_has(lines, "error: ")
                self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_a_second_one_within_two_seconds_quits(self):
        with self.running(ENDLESS) as shell:
            shell.type("\x03")
            time.sleep(0.2)
            shell.type("\x03")
            self.assertEqual(shell.end(), 130)

    def test_one_that_comes_later_quits_nothing(self):
        with self.running(ENDLESS) as shell:
            shell.type("\x03")
            shell.prompt()
            time.sleep(2.2)
            shell.type("\x03")
            shell.prompt()
            self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_it_cancels_an_update_which_leaves_nothing(self):
        with self.running("INSERT { ?a <urn:q> ?d } WHERE { ?a <urn:p> ?b . ?c <urn:p> ?d . "
                          "?e <urn:p> ?f FILTER(?b + ?d > ?f + 0.5) }") as shell:
            shell.type("\x03")
            self.assert_has(shell.prompt(), "error: ")
            self.assertEqual(shell.run("ASK { ?s <urn:q> ?o }"), ["false"])

    def test_a_command_ends_with_130(self):
        for arguments in (["query", "store", ENDLESS], ["store", ENDLESS]):
            with subprocess.Popen([PROGRAM, *arguments], cwd=self.home, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as process:
                time.sleep(0.7)
                begin = time.monotonic()
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=30)
                self.assertLess(time.monotonic() - begin, WITHIN)
                self.assertEqual(process.returncode, 130)

    def test_a_command_that_waits_for_input_ends_with_130(self):
        for arguments in (["query", "store", "-"], ["store"],
                          ["load", "store", "-", "--format", "nt"]):
            with subprocess.Popen([PROGRAM, *arguments], cwd=self.home, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                time.sleep(0.5)
                begin = time.monotonic()
                process.send_signal(signal.SIGINT)
                process.wait(timeout=30)
                self.assertLess(time.monotonic() - begin, WITHIN, arguments)
                self.assertIn(process.returncode, INTERRUPTED, arguments)
                process.stdin.close()

    def test_a_load_that_is_broken_off_leaves_the_store_as_it_was(self):
        file = self.home / "many.nt"
        with open(file, "w", encoding="utf-8") as out:
            for n in range(600_000):
                out.write(f"<urn:new:{n}> <urn:q> <urn:o:{n}> .\n")
        with subprocess.Popen([PROGRAM, "load", "store", str(file)], cwd=self.home,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
            self.assertIn(process.returncode, INTERRUPTED)
        done = subprocess.run([PROGRAM, "query", "store", "SELECT * { ?s ?p ?o }", "-F", "count"],
                              cwd=self.home, capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "3000\n")


if __name__ == "__main__":
    unittest.main()
