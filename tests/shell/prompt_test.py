#!/usr/bin/env python3
"""The prompt: statements over one line and several, leaving, history, pasting, completion."""

import os
import stat
import unittest

import pexpect

from terminal import SLOWNESS, ShellTest


class Statements(ShellTest):
    def test_banner_names_the_version_and_the_way_out(self):
        with self.shell() as shell:
            lines = shell.prompt()
            self.assert_has(lines, "dossier 0.1.0")
            self.assert_has(lines, ".help")
            self.assertEqual(len([line for line in lines if line]), 2)

    def test_words_people_try_first_do_what_they_say(self):
        with self.shell() as shell:
            shell.prompt()
            for word in ("help", "?", ".help"):
                self.assert_has(shell.run(word), ".quit [CODE]")
            shell.type("exit\r")
            self.assertEqual(shell.end(), 0)
        with self.shell() as shell:
            shell.prompt()
            shell.type("quit\r")
            self.assertEqual(shell.end(), 0)

    def test_what_is_only_in_memory_is_not_dropped_unasked(self):
        with self.shell() as shell:
            shell.prompt()
            self.assert_has(shell.run(".open one"), "'one' does not exist; it is made at")
            shell.run(".close")
            shell.run("INSERT DATA { <urn:a> <urn:b> 1 }")
            self.assert_has(shell.run(".open two"), "holds 1 statement that would be lost")
            self.assertEqual(shell.run("ASK { ?s ?p 1 }"), ["true"])
            shell.run(".save two")
            shell.run(".open --force two")
            self.assertEqual(shell.run("ASK { ?s ?p 1 }"), ["true"])
            self.assert_has(shell.run(".info"), "two")

    def test_a_limit_is_announced(self):
        with self.shell() as shell:
            shell.prompt()
            shell.run(".limit 3")
            lines = shell.run("SELECT ?n { VALUES ?n { 1 2 3 4 5 } }")
            self.assert_has(lines, "3 rows")
            self.assert_has(lines, "only the first 3 are shown; .limit 0 shows all")

    def test_quiet_leaves_the_banner_out(self):
        with self.shell("--quiet") as shell:
            self.assertEqual("".join(shell.prompt()), "")

    def test_a_whole_statement_on_one_line_runs_at_once(self):
        with self.shell() as shell:
            shell.prompt()
            self.assert_has(shell.run("SELECT (1 + 1 AS ?two) {}"), "│   2 │")
            self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_a_statement_over_lines_runs_at_a_semicolon(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SELECT ?x {\r")
            shell.wait_for(r"     \.\.\.> ")
            shell.type("VALUES ?x { 41 42 }\r")
            shell.wait_for(r"     \.\.\.> ")
            shell.type("}\r")
            # Whole, but LIMIT may follow.
            shell.wait_for(r"     \.\.\.> ")
            lines = shell.run("LIMIT 1;")
            self.assert_has(lines, "41")
            self.assertNotIn("42", "".join(lines))

    def test_a_statement_over_lines_runs_at_an_empty_line(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SELECT ?x\r")
            shell.wait_for(r"     \.\.\.> ")
            shell.type("{ VALUES ?x { 43 } }\r")
            shell.wait_for(r"     \.\.\.> ")
            self.assert_has(shell.run(""), "43")

    def test_a_semicolon_in_a_string_or_comment_ends_nothing(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SELECT ('''a;\r")
            shell.wait_for(r"     \.\.\.> ")
            shell.type("b;''' AS ?x) {} # done;\r")
            shell.wait_for(r"     \.\.\.> ")
            self.assert_has(shell.run(";"), "a;")

    def test_a_bare_pattern_goes_on_behind_a_semicolon_and_ends_at_a_dot(self):
        with self.shell() as shell:
            shell.prompt()
            shell.run("PREFIX : <http://example.org/>")
            shell.run("INSERT DATA { :a :b :c ; :d :e }")
            shell.type("?s :b :c ;\r")
            shell.wait_for(r"     \.\.\.> ")
            lines = shell.run(":d ?o .")
            self.assert_has(lines, "asserted")
            self.assert_has(lines, ":e")

    def test_a_prologue_alone_sets_a_prefix_for_the_session(self):
        with self.shell() as shell:
            shell.prompt()
            self.assertEqual(shell.run("PREFIX p: <http://example.org/p#>"), [])
            self.assert_has(shell.run("SELECT (p:x AS ?y) {}"), "p:x")

    def test_submit_semicolon_waits_for_one_on_one_line_too(self):
        with self.shell() as shell:
            shell.prompt()
            shell.run(".submit semicolon")
            shell.type("ASK {}\r")
            shell.wait_for(r"     \.\.\.> ")
            self.assertEqual(shell.run(";"), ["true"])
            shell.run(".submit auto")
            self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_an_error_does_not_end_the_shell(self):
        with self.shell() as shell:
            shell.prompt()
            lines = shell.run("SELECT ?x { ?x ex:y 1 }")
            self.assert_has(lines, "error: ")
            self.assert_has(lines, "^")
            self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_the_prompt_tells_of_a_transaction_and_of_reading_only(self):
        with self.shell("store") as shell:
            shell.prompt()
            shell.run("INSERT DATA { <urn:a> <urn:b> 1 }")
            shell.type(".begin\r")
            shell.wait_for(r"dossier\*> ")
            shell.run("INSERT DATA { <urn:a> <urn:b> 2 }")
            shell.type(".rollback\r")
            shell.wait_for(r"\ndossier> ")
            self.assert_has(shell.run("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"), "│ 1 │")
            shell.type(".quit\r")
            self.assertEqual(shell.end(), 0)
        with self.shell("--read-only", "store") as shell:
            shell.wait_for(r"dossier\(ro\)> ")
            self.assert_has(shell.run("INSERT DATA { <urn:a> <urn:b> 3 }"), "error: ")


class Leaving(ShellTest):
    def test_control_d_leaves(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("\x04")
            self.assertEqual(shell.end(), 0)

    def test_quit_takes_a_code(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type(".quit 7\r")
            self.assertEqual(shell.end(), 7)

    def test_a_transaction_that_is_open_is_rolled_back(self):
        with self.shell("store") as shell:
            shell.prompt()
            shell.run("INSERT DATA { <urn:a> <urn:b> 1 }")
            shell.run(".begin")
            shell.run("INSERT DATA { <urn:a> <urn:b> 2 }")
            shell.type("\x04")
            shell.wait_for("rolled back")
            self.assertEqual(shell.end(), 0)
        with self.shell("query", "store", "SELECT * { ?s ?p ?o }", "--format", "count") as shell:
            shell.wait_for("1\r\n")


class History(ShellTest):
    def test_history_outlives_the_session_in_a_file_of_its_owner(self):
        with self.shell() as shell:
            shell.prompt()
            shell.run("SELECT (44 AS ?n) {}")
            shell.run(" SELECT (99 AS ?secret) {}")
            shell.type("\x04")
            shell.end()
        file = self.home / ".local" / "state" / "dossier" / "history"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertNotIn("secret", file.read_text())
        with self.shell() as shell:
            shell.prompt()
            shell.type("\x1b[A\r")  # arrow up
            self.assert_has(shell.prompt(), "44")
            self.assert_has(shell.run(".history"), "SELECT (44 AS ?n) {}")

    def test_a_statement_over_lines_comes_back_whole(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SELECT ?x {\r")
            shell.wait_for(r"     \.\.\.> ")
            shell.run("VALUES ?x { 45 } };")
            shell.type("\x10")  # the statement before
            shell.wait_for("VALUES")
            shell.type("\r")
            self.assert_has(shell.prompt(), "45")

    def test_the_variable_names_another_file(self):
        file = self.home / "elsewhere"
        with self.shell(environment={"DOSSIER_HISTORY": str(file)}) as shell:
            shell.prompt()
            shell.run("ASK {}")
        self.assertIn("ASK", file.read_text())
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)

    def test_control_r_searches(self):
        with self.shell() as shell:
            shell.prompt()
            shell.run("SELECT (46 AS ?needle) {}")
            shell.run("ASK {}")
            shell.type("\x12need")
            shell.wait_for("SELECT")
            shell.type("\r")
            self.assert_has(shell.prompt(), "46")


class Typing(ShellTest):
    def test_fifty_lines_with_tabs_are_pasted_as_one_statement(self):
        rows = "\n".join(f"\t\t({n}\t\"row {n}\")" for n in range(46))
        text = "SELECT (SUM(?n) AS ?sum) (COUNT(?t) AS ?rows) {\n\tVALUES (?n ?t) {\n" + rows + \
            "\n\t}\n};\n"
        self.assertEqual(len(text.splitlines()), 50)
        with self.shell() as shell:
            shell.prompt()
            shell.type(text.replace("\n", "\r"))
            lines = shell.prompt()
            self.assert_has(lines, f"{sum(range(46))} │")
            self.assert_has(lines, "46 │")

    def test_wide_characters_can_be_typed(self):
        with self.shell() as shell:
            shell.prompt()
            self.assert_has(shell.run('SELECT ("中é" AS ?x) {}'), "│ 中é │")

    def test_a_keyword_is_completed(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SEL\t")
            shell.wait_for("ECT ")
            shell.type("(47 AS ?x) {}\r")
            self.assert_has(shell.prompt(), "47")

    def test_names_come_from_the_store(self):
        with self.shell() as shell:
            shell.prompt()
            shell.run("PREFIX ex: <http://example.org/>")
            shell.run("INSERT DATA { ex:a ex:requested 48 ; a ex:Agency }")
            shell.type("SELECT ?o { ?s ex:req\t")
            shell.wait_for("uested ")
            shell.type("?o }\r")
            self.assert_has(shell.prompt(), "48")
            shell.type("SELECT ?s { ?s a ex:\t")
            shell.wait_for("Agency ")
            shell.type("}\r")
            self.assert_has(shell.prompt(), "ex:a")

    def test_dot_commands_modes_and_files_are_completed(self):
        (self.home / "artists.ttl").write_text("<urn:a> <urn:b> 1 .\n")
        with self.shell() as shell:
            shell.prompt()
            shell.type(".predi\t")
            shell.wait_for("cates ")
            shell.type("\r")
            shell.prompt()
            shell.type(".mode markd\t")
            shell.wait_for("own ")
            shell.type("\r")
            shell.prompt()
            shell.type(".load art\t")
            shell.wait_for(r"ists\.ttl ")
            shell.type("\r")
            self.assert_has(shell.prompt(), "read 1 statement")

    def test_a_variable_that_was_used_is_completed(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type("SELECT ?longname { BIND(49 AS ?lon\t")
            shell.wait_for("gname ")
            shell.type(")}\r")
            self.assert_has(shell.prompt(), "49")


if __name__ == "__main__":
    unittest.main()
