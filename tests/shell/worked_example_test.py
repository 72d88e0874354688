#!/usr/bin/env python3
"""The worked example: its fifteen questions, and what the bare pattern makes of its claims."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["DOSSIER"]
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "wagner"
EXPECTED = ROOT / "tests" / "data" / "wagner"
XSD = "http://www.w3.org/2001/XMLSchema#"
ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def term(text):
    """A term of a TSV result, so that two ways to write it are equal."""
    if text == "" or text[0] in "<_":
        return text
    if re.fullmatch(r"[+-]?\d+", text):
        return (text, XSD + "integer", "")
    if re.fullmatch(r"[+-]?\d*\.\d+", text):
        return (text, XSD + "decimal", "")
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+", text):
        return (text, XSD + "double", "")
    if text in ("true", "false"):
        return (text, XSD + "boolean", "")
    found = re.fullmatch(r'"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@(.+))?', text)
    assert found, f"{text!r} is no term"
    value = re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)",
                   lambda m: chr(int(m[1][1:], 16)) if m[1][0] in "uU" else ESCAPES[m[1]], found[1])
    return (value, found[2] or (XSD + "string" if not found[3] else ""), (found[3] or "").lower())


def table(text):
    lines = text.split("\n")
    assert lines.pop() == "", "the last line has no end"
    return lines[0].split("\t"), [[term(cell) for cell in line.split("\t")] for line in lines[1:]]


class WorkedExample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="dossier-wagner-")
        cls.store = str(pathlib.Path(cls.folder.name) / "store")
        cls.run_program("load", cls.store, *sorted(map(str, EXAMPLE.glob("*.trig"))))
        cls.run_program("set", cls.store, "union", "on")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @staticmethod
    def run_program(*arguments):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False,
                              timeout=300)
        if done.returncode != 0:
            raise AssertionError(f"{arguments} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def ask(self, pattern):
        """The bare pattern's answers, IRIs cut to their last part."""
        header, *rows = self.run_program("query", self.store, pattern, "-F", "tsv").splitlines()
        return header.split("\t"), sorted(
            [cell.replace("https://example.org/wagner/", "") for cell in row.split("\t")]
            for row in rows)

    def test_each_question_has_a_file_and_an_expected_answer(self):
        self.assertEqual([file.stem for file in sorted(EXAMPLE.glob("queries/*.rq"))],
                         [file.stem for file in sorted(EXPECTED.glob("*.tsv"))])

    def test_the_questions_are_answered(self):
        for file in sorted(EXAMPLE.glob("queries/*.rq")):
            with self.subTest(question=file.stem):
                header, rows = table(self.run_program("query", self.store, "-f", str(file), "-F",
                                                      "tsv"))
                wanted_header, wanted = table((EXPECTED / (file.stem + ".tsv")).read_text())
                self.assertEqual(header, wanted_header)
                self.assertEqual(rows, wanted)

    # By CLAIMS, "What is computed": seven claims of four documents, all said by the leaked report,
    # which is no copy and speaks for nobody: one origin. Turkey has a second leaked report. Kirby
    # speaks for the council, it for the White House, it for the United States: one origin.
    def test_a_bare_pattern_tells_who_says_so(self):
        header, rows = self.ask(":Wagner :requested ?what")
        self.assertEqual(header, ["what", "status", "said by", "denied by", "origins"])
        self.assertEqual(rows, [
            [":Belarus", "supported", ":LeakedReport", "", "1"],
            [":China", "supported", ":LeakedReport", "", "1"],
            [":SuppliersWorldwide", "supported", ":Kirby", "", "1"],
            [":Syria", "supported", ":LeakedReport", "", "1"],
            [":Turkey", "supported", ":LeakedReport, :LeakedTurkeyReport", "", "2"],
        ])

    def test_it_agrees_with_the_third_question(self):
        _, [row] = table((EXPECTED / "03-origins.tsv").read_text())
        _, rows = self.ask(":Wagner :requested :China")
        self.assertEqual(rows, [["supported", ":LeakedReport", "", row[2][0]]])

    # The White House and Kirby say it and are one origin, the United States; Prigozhin denies it.
    # North Korea's own denial is of another proposition.
    def test_a_denial_makes_a_dispute(self):
        _, rows = self.ask(":Wagner :receivedFrom :NorthKorea")
        self.assertEqual([row[0] for row in rows], ["disputed"])
        self.assertEqual(rows[0][1:], [":Kirby, :WhiteHouse", ":Prigozhin", "1"])

    # Only Prigozhin speaks of it, and denies it.
    def test_what_nobody_says_is_denied(self):
        _, rows = self.ask(":Russia :requested :NorthKorea")
        self.assertEqual([row[:3] for row in rows], [["denied", "", ":Prigozhin"]])

    # :outcome has one value; 001 and 003 say refused, 002 says ignored.
    def test_a_property_with_one_value_is_contradicted(self):
        _, rows = self.ask(":ChinaRequest :outcome ?how")
        self.assertEqual([row[:2] for row in rows],
                         [[":Ignored", "contradicted"], [":Refused", "contradicted"]])

    def test_what_the_store_says_itself_is_asserted(self):
        _, rows = self.ask(":Kirby prov:actedOnBehalfOf ?whom")
        self.assertEqual(rows, [[":NationalSecurityCouncil", "asserted", "", "", "0"]])

    def test_a_query_that_finds_only_claims_says_so(self):
        done = subprocess.run([PROGRAM, "query", self.store, "SELECT * { :Wagner :requested ?what }"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "?what\n")
        self.assertRegex(done.stderr, r"0 rows: nothing asserts this; \d+ claims do, from \d+ origins")

    # What examples/wagner/run asks.
    def test_the_questions_of_the_first_command_fit_a_hundred_columns(self):
        for question in ([":Wagner :requested ?whom"], [":Wagner :receivedFrom :NorthKorea"],
                         ["-f", str(EXAMPLE / "queries" / "03-origins.rq")]):
            text = self.run_program("query", self.store, *question, "-F", "table")
            self.assertLessEqual(max(map(len, text.splitlines())), 100, text)


if __name__ == "__main__":
    unittest.main()
