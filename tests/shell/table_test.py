#!/usr/bin/env python3
"""Tables on a terminal: fitted, short IRIs, nothing that a terminal would take for a command."""

import subprocess
import sys
import unittest

from terminal import PROGRAM, SLOWNESS, ShellTest, plain, width

LONG = 'SELECT ?a ?b { VALUES (?a ?b) { ("short" "' + "long words " * 20 + '") ("x" "y") } }'


def boxes(lines):
    return [line for line in lines if line and line[0] in "┌│├└⋮"]


class Tables(ShellTest):
    def test_a_table_is_fitted_to_eighty_columns(self):
        with self.shell(screen=80) as shell:
            shell.prompt()
            table = boxes(shell.run(LONG))
            self.assertEqual(len(table), 6)
            self.assertEqual({width(line) for line in table}, {80})
            self.assertTrue(any("…" in line for line in table))

    def test_a_table_is_fitted_to_twenty_columns(self):
        with self.shell(screen=20) as shell:
            shell.prompt()
            shell.run(".mode table")
            table = boxes(shell.run('SELECT ("a very long text" AS ?a) ("another text" AS ?b) {}'))
            self.assertEqual({width(line) for line in table}, {20})

    def test_columns_alike_are_cut_alike(self):
        with self.shell(screen=60) as shell:
            shell.prompt()
            iri = "<http://example.org/a/long/name/of/something>"
            table = boxes(shell.run(f"SELECT ({iri} AS ?a) ({iri} AS ?b) ({iri} AS ?c) {{}}"))
            self.assertEqual({width(line) for line in table}, {60})
            cells = [cell.strip() for cell in table[3].split("│")[1:-1]]
            self.assertLessEqual(max(map(len, cells)) - min(map(len, cells)), 1, cells)

    def test_an_iri_is_cut_in_the_middle(self):
        with self.shell(screen=40) as shell:
            shell.prompt()
            table = boxes(shell.run("SELECT (<http://example.org/a/long/path/to/the/name> AS ?x) "
                                    "(<urn:日本語日本語日本語日本語日本語:z> AS ?y) {}"))
            self.assertEqual({width(line) for line in table}, {40})
            self.assertRegex(table[3], r"<http.*….*/name> │ <urn:.*….*:z> ")

    def test_an_iri_in_a_narrow_column_keeps_its_end(self):
        with self.shell(screen=40) as shell:
            shell.prompt()
            iri = "<http://example.org/document/1234>"
            table = boxes(shell.run(f"SELECT ({iri} AS ?a) ({iri} AS ?b) ({iri} AS ?c) {{}}"))
            self.assertEqual({width(line) for line in table}, {40})
            self.assertEqual(table[3].count("<…nt/1234>"), 3, table)

    def test_a_long_list_is_elided_and_says_so(self):
        (self.home / "many.nt").write_text("".join(
            f"<urn:s> <urn:p{n}> <urn:o> .\n" for n in range(100)))
        with self.shell() as shell:
            shell.prompt()
            shell.run(".load many.nt")
            shell.run(".maxrows 10")
            lines = shell.run(".predicates")
            self.assertEqual(len(boxes(lines)), 14)
            self.assert_has(lines, "100 rows (10 shown; .maxrows 0 shows all)")
            shell.run(".maxrows 0")
            self.assertEqual(len(boxes(shell.run(".predicates"))), 104)

    def test_progress_stays_on_its_line(self):
        # A load that takes less than a second shows nothing, so the data come slowly: through a pipe
        # that is the program's standard input, while its messages go to the terminal.
        feed = "import sys, time\n" \
               "for part in range(20):\n" \
               "    for n in range(20_000):\n" \
               "        print(f'<urn:new:{part}:{n}> <urn:q> <urn:o:{n % 1000}> .')\n" \
               "    sys.stdout.flush()\n" \
               "    time.sleep(0.1)\n"
        (self.home / "feed.py").write_text(feed)
        command = f"exec {sys.executable} feed.py | {PROGRAM} load store - -F nt"
        with self.shell("-c", command, screen=20, program="/bin/sh") as run:
            text = run.wait_for("read 400 000 statements", timeout=120 * SLOWNESS)
            lines = [plain(line) for line in text.split("\r")]
            self.assert_has(lines, "standard input  ")
            for line in lines:
                self.assertLess(width(line), 20, line)
            self.assertEqual(run.end(), 0)

    def test_a_short_load_shows_no_progress(self):
        (self.home / "few.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
        with self.shell("load", "store", "few.nt") as run:
            self.assertEqual(run.wait_for("read 1 statement"), "")
            self.assertEqual(run.end(), 0)

    def test_a_command_that_would_wait_for_the_keyboard_says_so(self):
        for arguments in (["query", "store"], ["update", "store"], ["convert"]):
            with self.shell(*arguments) as run:
                self.assertEqual(run.end(), 2, arguments)
        with self.shell("load", "store", "-", "-F", "nt") as run:
            run.wait_for("Ctrl-D ends it")
            run.type("<urn:a> <urn:b> <urn:c> .\r\x04")
            run.wait_for("read 1 statement")
            self.assertEqual(run.end(), 0)

    def test_columns_that_do_not_fit_are_shown_one_value_a_line(self):
        with self.shell(screen=20) as shell:
            shell.prompt()
            lines = shell.run("SELECT * { VALUES (?aa ?bb ?cc ?dd) { (1 2 3 4) (5 6 7 8) } }")
            for wanted in ("aa = 1", "dd = 4", "cc = 7"):
                self.assert_has(lines, wanted)

    def test_wide_and_combining_characters_keep_their_columns(self):
        with self.shell() as shell:
            shell.prompt()
            table = boxes(shell.run(
                'SELECT ?x { VALUES ?x { "日本語" "e\\u0301te\\u0301" "zero\\u200Bwidth" "plain" } }'))
            self.assertEqual(len(table), 8)
            self.assertEqual(len({width(line) for line in table}), 1, table)

    def test_a_wide_character_is_not_cut_in_two(self):
        with self.shell(screen=20) as shell:
            shell.prompt()
            for count in range(8, 14):
                table = boxes(shell.run(f'SELECT ("{"日" * count}" AS ?x) {{}}'))
                self.assertEqual(len({width(line) for line in table}), 1, table)
                self.assertLessEqual(width(table[0]), 20)

    def test_control_characters_of_a_literal_do_not_reach_the_terminal(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type('SELECT ("\\u001B[31mred\\u001B]0;title\\u0007" AS ?x) '
                       '("\\u009B2J" AS ?y) ("\\u202Ebidi" AS ?z) ("a\\tb\\nc\\rd" AS ?w) {}\r')
            shell.wait_for(r"\r\n")
            raw = shell.wait_for("dossier> ")
            for hostile in ("\x1b[31m", "\x1b]0", "\x9b", "\u202e", "a\tb", "b\nc", "c\rd"):
                self.assertNotIn(hostile, raw)
            self.assertIn("red", raw)

    def test_control_characters_are_harmless_in_every_form_on_a_terminal(self):
        with self.shell() as shell:
            shell.prompt()
            for mode in ("table", "ascii", "line", "list", "markdown", "html", "jsonl", "csv",
                         "tsv", "json", "xml"):
                shell.run(f".mode {mode}")
                shell.type('SELECT ("\\u001B[31mred" AS ?x) {}\r')
                shell.wait_for(r"\r\n")
                self.assertNotIn("\x1b[31m", shell.wait_for("dossier> "), mode)

    def test_control_characters_are_harmless_in_messages(self):
        with self.shell() as shell:
            shell.prompt()
            shell.type('.print "x"\r')
            shell.prompt()
            (self.home / "evil.ttl").write_text('<urn:a> <urn:b> "\x1b[31mred" "more" .\n')
            shell.type(".load evil.ttl\r")
            shell.wait_for(r"\r\n")
            self.assertNotIn("\x1b[31mred", shell.wait_for("dossier> "))

    def test_numbers_stand_on_the_right(self):
        with self.shell() as shell:
            shell.prompt()
            table = boxes(shell.run("SELECT ?n { VALUES ?n { 1 1000 } }"))
            self.assertIn("│    1 │", table)

    def test_a_long_result_is_elided_in_the_middle_and_says_so(self):
        with self.shell() as shell:
            shell.prompt()
            values = " ".join(str(n) for n in range(100))
            lines = shell.run(f"SELECT ?n {{ VALUES ?n {{ {values} }} }}")
            self.assert_has(lines, "│  0 │")
            self.assert_has(lines, "│ 99 │")
            self.assert_has(lines, "⋮")
            self.assert_has(lines, "100 rows (40 shown)")
            shell.run(".maxrows 0")
            lines = shell.run(f"SELECT ?n {{ VALUES ?n {{ {values} }} }}")
            self.assert_has(lines, "│ 50 │")
            self.assert_has(lines, "100 rows · ")

    def test_a_literal_of_a_megabyte_fits_its_cell(self):
        file = self.home / "big.nt"
        file.write_text('<urn:a> <urn:b> "' + "x" * 1_000_000 + '" .\n')
        subprocess.run([PROGRAM, "load", "store", str(file), "-q"], cwd=self.home, check=True)
        with self.shell("store") as shell:
            shell.prompt()
            table = boxes(shell.run("SELECT * { ?s ?p ?o }"))
            self.assertEqual({width(line) for line in table}, {80})

    def test_prefixes_shorten_and_iris_full_does_not(self):
        with self.shell() as shell:
            shell.prompt()
            self.assert_has(shell.run("SELECT (rdf:type AS ?t) {}"), "│ rdf:type │")
            shell.run(".iris full")
            self.assert_has(shell.run("SELECT (rdf:type AS ?t) {}"), "1999/02/22-rdf-syntax-ns#")

    def test_types_are_shown_on_wish(self):
        with self.shell() as shell:
            shell.prompt()
            shell.run(".types on")
            lines = shell.run('SELECT ("x"@en AS ?a) ("2023"^^xsd:gYear AS ?b) {}')
            self.assert_has(lines, "x@en")
            self.assert_has(lines, "2023^^xsd:gYear")


class Surroundings(ShellTest):
    def colours(self, *arguments, environment=None):
        with self.shell(*arguments, environment=environment) as shell:
            shell.wait_for("dossier> ")
            shell.type("ASK { ?s ex:y }\r")
            shell.wait_for(r"\r\n")
            return "\x1b[1;31m" in shell.wait_for("dossier> ")

    def test_colour_follows_the_terminal_the_variable_and_the_option(self):
        self.assertTrue(self.colours())
        self.assertFalse(self.colours(environment={"NO_COLOR": "1"}))
        self.assertTrue(self.colours(environment={"NO_COLOR": ""}))
        self.assertFalse(self.colours(environment={"TERM": "dumb"}))
        self.assertFalse(self.colours("--color", "never"))
        self.assertTrue(self.colours("--color=always", environment={"NO_COLOR": "1"}))

    def test_a_dumb_terminal_is_sent_no_sequences(self):
        with self.shell(environment={"TERM": "dumb"}) as shell:
            shell.wait_for("dossier> ")
            shell.type("SELECT (1 AS ?x) {}\r")
            raw = shell.wait_for("dossier> ")
            self.assertNotIn("\x1b", raw)
            self.assertIn("1 │", raw)

    def test_no_term_at_all(self):
        with self.shell(environment={"TERM": None}) as shell:
            shell.wait_for("dossier> ")
            self.assertEqual(shell.run("ASK {}"), ["true"])

    def test_the_c_locale_shows_text(self):
        for locale in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LC_ALL": None, "LANG": None},
                       {"LC_ALL": "xx_YY.UTF-8"}):
            with self.shell(environment=locale) as shell:
                shell.prompt()
                self.assert_has(shell.run('SELECT ("é" AS ?x) {}'), "│ é │")

    def test_a_locale_of_another_encoding_gets_plain_borders(self):
        with self.shell(environment={"LC_ALL": "de_DE.ISO-8859-1"}) as shell:
            shell.prompt()
            lines = shell.run("SELECT (1 AS ?x) {}")
            self.assert_has(lines, "| 1 |")
            self.assertNotIn("│", "".join(lines))

    def test_a_broken_start_up_file_does_not_stop_the_start(self):
        folder = self.home / ".config" / "dossier"
        folder.mkdir(parents=True)
        (folder / "init.dossier").write_text(".nonsense\n.mode line\nSELECT broken {\n")
        with self.shell() as shell:
            lines = shell.prompt()
            self.assert_has(lines, ".nonsense")
            self.assert_has(shell.run("SELECT (1 AS ?x) {}"), "x = 1")
        with self.shell("--no-init") as shell:
            self.assertNotIn(".nonsense", "".join(shell.prompt()))

    def test_nothing_is_read_from_the_current_directory(self):
        (self.home / "init.dossier").write_text(".mode line\n")
        with self.shell() as shell:
            shell.prompt()
            self.assert_has(shell.run("SELECT (1 AS ?x) {}"), "│ 1 │")

    def test_a_pager_shows_what_exceeds_the_screen(self):
        with self.shell(environment={"PAGER": "sed s/^/PAGED:/"}) as shell:
            shell.prompt()
            self.assertNotIn("PAGED", "".join(shell.run("SELECT (1 AS ?x) {}")))
            values = " ".join(str(n) for n in range(30))
            long = f"SELECT ?n {{ VALUES ?n {{ {values} }} }}"
            self.assert_has(shell.run(long), "PAGED:│ 12 │")
            shell.run(".pager off")
            self.assertNotIn("PAGED", "".join(shell.run(long)))

    def test_columns_overrides_the_terminal(self):
        with self.shell(screen=80, environment={"COLUMNS": "40"}) as shell:
            shell.prompt()
            self.assertEqual({width(line) for line in boxes(shell.run(LONG))}, {40})

    def test_a_failed_open_shows_no_banner(self):
        (self.home / "nostore").mkdir()
        (self.home / "nostore" / "file").write_text("something\n")
        with self.shell("nostore") as shell:
            text = plain(shell.wait_for("(?s).*error: .*"))
            self.assertNotIn(".help", text)
            self.assertEqual(shell.end(), 4)


if __name__ == "__main__":
    unittest.main()
