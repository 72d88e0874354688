#!/usr/bin/env python3
"""Inputs 1 to 100: files of data and what they are wrapped in. JSON-LD (85 to 88) is not read."""

import bz2
import gzip
import io
import os
import socket
import tarfile
import unittest
import zlib

from inputs import MB, InputTest

MANY = 1_000_000
RDF = ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:e='http://e/'>"
       "<rdf:Description rdf:about='http://e/s'>")
END = "</rdf:Description></rdf:RDF>"


def xml(content, doctype=""):
    return f"<?xml version='1.0'?>{doctype}{RDF}{content}{END}"


class DataInputs(InputTest):
    def check(self, name, content, code, *texts, options=(), memory=256 * MB, limit=10):
        """What `dossier check --count` says of a file."""
        outcome = self.run_program("check", "--count", self.file(name, content), *options,
                                   limit=limit)
        return self.expect(outcome, code, *texts, memory=memory)

    def nothing_loaded(self, name, content, code, *texts, memory=256 * MB, limit=10):
        """A load that fails leaves no store."""
        store = name.replace(".", "-")
        outcome = self.run_program("load", store, self.file(name, content), limit=limit)
        self.expect(outcome, code, *texts, memory=memory)
        self.assertFalse((self.folder / store).exists(), str(outcome))

    def kept(self, name, content, *options):
        """Loads a file; returns its statements as N-Quads."""
        store = name.replace(".", "-") + "-kept"
        self.expect(self.run_program("load", store, self.file(name, content), "-q", *options), 0)
        return self.expect(self.run_program("dump", store), 0).output

    # ---- bytes and text ------------------------------------------------------------------------

    def test_input_001_empty_file(self):
        """input 1: an empty file is read"""
        for name in ("e.nt", "e.nq", "e.ttl", "e.trig"):
            self.check(name, "", 0, "0 statements")
        self.check("e.rdf", "", 3, "e.rdf:1:1")

    def test_input_002_mark_alone(self):
        """input 2: a byte order mark alone is an empty file"""
        for name in ("m.nt", "m.nq", "m.ttl", "m.trig"):
            self.check(name, b"\xef\xbb\xbf", 0, "0 statements")

    def test_input_003_mark_within(self):
        """input 3: a byte order mark in the middle is a character like others"""
        self.check("w.ttl", '<urn:a> <urn:p> "\ufeff" .\n', 0, "1 statement")
        self.nothing_loaded("x.ttl", "<urn:a> <urn:p> 1 .\n\ufeff<urn:a> <urn:p> 2 .\n", 3, ":2:1")

    def test_input_004_utf16(self):
        """input 4: UTF-16 is named"""
        for encoding in ("utf-16-le", "utf-16-be"):
            text = "\ufeff<urn:a> <urn:p> 1 .".encode(encoding)
            self.nothing_loaded(f"{encoding}.ttl", text, 5, "UTF-16")

    def test_input_005_to_009_malformed_utf8(self):
        """inputs 5 to 9: malformed UTF-8 is refused where it stands"""
        for number, data in ((5, b"\x80"), (6, b"\xc0\xaf"), (6, b"\xe0\x80\xaf"),
                             (7, b"\xed\xa0\x80"), (8, b"\xf4\x90\x80\x80")):
            for name in ("nt", "ttl"):
                self.check(f"u{number}.{name}", b'<urn:a> <urn:p> "' + data + b'" .\n', 3, ":1:18",
                           "UTF-8")
        for name in ("nt", "ttl"):
            self.nothing_loaded(f"u9.{name}", b'<urn:a> <urn:p> "\xe2\x82', 3, ":1:")

    def test_input_010_sequence_over_a_border(self):
        """input 10: a sequence over the border of two chunks is one character"""
        text = "é€𐀀" * 400_000
        self.assertIn(text, self.kept("border.nt", f'<urn:a> <urn:p> "{text}" .\n'))

    def test_input_011_nul(self):
        """input 11: NUL stays in literals, and is refused in IRIs and labels"""
        self.assertIn("\\u0000", self.kept("nul.nt", '<urn:a> <urn:p> "\0" .\n'))
        for name in ("nt", "ttl"):
            self.nothing_loaded(f"nul1.{name}", "<urn:\0a> <urn:p> <urn:o> .\n", 3, ":1:6")
            self.nothing_loaded(f"nul2.{name}", "_:a\0b <urn:p> <urn:o> .\n", 3, ":1:4")

    def test_input_012_non_characters(self):
        """input 12: U+FFFD, U+FFFE and other non-characters stay in literals"""
        text = "\ufffd\ufffe\uffff\ufdd0\U0001ffff"
        dumped = self.kept("non.ttl", f'<urn:a> <urn:p> "{text}" .\n')
        self.assertIn("\ufffd\\uFFFE\\uFFFF\ufdd0\U0001ffff", dumped)

    def test_input_013_line_ends(self):
        """input 13: CR, LF and CRLF end lines; NEL and U+2028 do not"""
        line = "<urn:a> <urn:p> <urn:{}> ."
        text = line.format(1) + "\r" + line.format(2) + "\r\n" + line.format(3) + "\n"
        for name in ("lines.nt", "lines.ttl"):
            self.check(name, text, 0, "3 statements")
        for end in ("\u0085", "\u2028"):
            self.check("odd.nt", line.format(1) + end + line.format(2) + "\n", 3, ":1:")
            self.check("odd.ttl", f'<urn:a> <urn:p> "a{end}b" .', 0, "1 statement")

    def test_input_014_015_016_one_long_line(self):
        """inputs 14 to 16: 200 MB of spaces, of a comment, of statements on one line"""
        block = [" " * MB] * 200
        self.check("spaces.ttl", block, 0, "0 statements", limit=30, memory=200 * MB)
        self.check("comment.ttl", ["#"] + ["x" * MB] * 200, 0, "0 statements", limit=30,
                   memory=200 * MB)
        statement = "<urn:a> <urn:p> 1 . "
        self.check("line.ttl", [statement * 50_000] * 40, 0, "2 000 000 statements", limit=60,
                   memory=300 * MB)

    def test_input_017_018_what_a_terminal_acts_on(self):
        """inputs 17 and 18: overrides and escape sequences are data; a table shows them escaped"""
        text = "\u202egnp.exe \x1b[2J\x1b]0;title\x07 \u009b"
        self.expect(self.run_program("load", "bidi", self.file(
            "bidi.nt", f'<urn:a> <urn:p> "{text}" .\n'), "-q"), 0)
        shown = self.run_program("query", "bidi", "SELECT ?o { ?s ?p ?o }", "-F", "table")
        self.expect(shown, 0, "\\u202E", "\\u001B")
        for character in "\u202e\x1b\x07\u009b":
            self.assertNotIn(character, shown.output)

    def test_input_019_combining_marks(self):
        """input 19: a million combining marks are one literal, and a cell"""
        text = "e" + "\u0301" * MANY
        self.expect(self.run_program("load", "marks", self.file(
            "marks.nt", f'<urn:a> <urn:p> "{text}" .\n'), "-q"), 0)
        self.expect(self.run_program("query", "marks", "SELECT ?o { ?s ?p ?o }", "-F", "table"), 0)

    def test_input_020_normal_forms(self):
        """input 20: texts that look alike in two normal forms are two"""
        self.assertEqual(self.kept("nfc.nt", '<urn:a> <urn:p> "\u00e9" .\n'
                                   '<urn:a> <urn:p> "e\u0301" .\n').count("\n"), 2)

    # ---- Turtle --------------------------------------------------------------------------------

    def test_input_021_022_023_nesting(self):
        """inputs 21 to 23: a million open brackets end at the limit"""
        for opening in ("[ <urn:p> ", "(", "<< ", "<<( ", "<< <urn:a> <urn:p> "):
            self.nothing_loaded("deep.ttl", "<urn:a> <urn:p> " + opening * MANY, 3, ":1:")

    def test_input_024_nesting_at_the_limit(self):
        """input 24: brackets of all kinds nest 128 deep and no deeper"""
        def mixed(depth):
            pairs = [("[ <urn:p> ", " ]"), ("( ", " )"), ("<<( <urn:a> <urn:p> ", " )>>")]
            # Within a triple term only triple terms nest.
            kinds = [pairs[i % 2] for i in range(depth - 20)] + [pairs[2]] * 20
            return ("<urn:a> <urn:p> " + "".join(k[0] for k in kinds) + "1" +
                    "".join(k[1] for k in reversed(kinds)) + " .\n")
        self.check("127.ttl", mixed(127), 0)
        self.check("128.ttl", mixed(128), 0)
        self.check("129.ttl", mixed(129), 3, "max_nesting")

    def test_input_025_string_without_end(self):
        """input 25: a string of 200 MB without an end is refused at its limit"""
        self.check("open.ttl", ['<urn:a> <urn:p> """'] + ["x" * MB] * 200, 3, "open.ttl:1:17",
                   memory=400 * MB)

    def test_input_026_long_literal(self):
        """input 26: a literal of 200 MB is refused at the limit of a literal"""
        self.check("long.nt", ['<urn:a> <urn:p> "'] + ["x" * MB] * 200 + ['" .\n'], 3,
                   "max_literal_bytes", memory=400 * MB)

    def test_input_027_028_029_escapes(self):
        """inputs 27 to 29: escapes that are no character are refused; \\u0000 is one"""
        for escape in ("\\u12", "\\UFFFFFFFF", "\\U00110000", "\\uD800", "\\uD83D\\uDE00", "\\x41",
                       "\\u"):
            for name in ("nt", "ttl"):
                self.check(f"escape.{name}", f'<urn:a> <urn:p> "{escape}" .\n', 3, ":1:18")
                self.check(f"escape2.{name}", f"<urn:{escape}> <urn:p> <urn:o> .\n", 3, ":1:")
        self.nothing_loaded("escape3.ttl", '<urn:a> <urn:p> "\\uD800" .\n', 3, ":1:18")
        self.assertIn("\\u0000", self.kept("zero.ttl", '<urn:a> <urn:p> "\\u0000" .\n'))

    def test_input_030_long_iri(self):
        """input 30: an IRI of 100 MB is refused at its limit"""
        for name in ("nt", "ttl"):
            self.check(f"iri.{name}", ["<urn:"] + ["a" * MB] * 100 + ["> <urn:p> <urn:o> .\n"], 3,
                       f"iri.{name}:1:1", memory=400 * MB)

    def test_input_031_bad_iri(self):
        """input 31: what cannot stand in an IRI"""
        for character in (" ", "<", "{", "\x01", "`", "|", "^", "\\u0020", "\\u003C"):
            for name in ("nt", "ttl"):
                self.check(f"bad.{name}", f"<urn:a{character}b> <urn:p> <urn:o> .\n", 3, ":1:")
        self.nothing_loaded("bad2.nt", "<urn:a b> <urn:p> <urn:o> .\n", 3, ":1:")

    def test_input_032_relative_without_base(self):
        """input 32: a relative IRI on standard input has no base"""
        path = self.file("relative.ttl", "<a> <b> <c> .\n")
        with open(path, "rb") as stdin:
            outcome = self.run_program("load", "relative", "-", "-F", "ttl", stdin=stdin)
        self.expect(outcome, 3, ":1:1", "relative", "--base")

    def test_input_033_base_of_steps_up(self):
        """input 33: a base of 20 000 steps up is resolved, one of 100 000 is too long"""
        self.check("up.ttl", f"BASE <http://e/{'../' * 20_000}a>\n<b> <c> <d> .\n", 0)
        self.check("up2.ttl", f"BASE <http://e/{'../' * 100_000}a>\n<b> <c> <d> .\n", 3,
                   "max_iri_bytes")

    def test_input_034_base_changed(self):
        """input 34: a base that changes a million times"""
        self.check("bases.ttl", ["BASE <http://e/>\n"] * MANY + ["<a> <b> <c> .\n"], 0,
                   "1 statement", limit=20)

    def test_input_035_many_prefixes(self):
        """input 35: a million prefixes"""
        self.check("prefixes.ttl", (f"PREFIX p{i}: <http://e/{i}/>\n" for i in range(MANY)), 0,
                   limit=60, memory=900 * MB)

    def test_input_036_prefix_bound_again(self):
        """input 36: the last binding of a prefix holds in what follows"""
        dumped = self.kept("again.ttl", "PREFIX p: <urn:1:> p:a p:b p:c .\n"
                           "PREFIX p: <urn:2:> p:a p:b p:c .\n")
        self.assertIn("<urn:1:a>", dumped)
        self.assertIn("<urn:2:a>", dumped)

    def test_input_037_undeclared_prefix(self):
        """input 37: an undeclared prefix comes with its line"""
        self.nothing_loaded("undeclared.ttl", "foaf:a <urn:p> 1 .\n", 3, ":1:1",
                            "PREFIX foaf: <http://xmlns.com/foaf/0.1/>")

    def test_input_038_prefix_names(self):
        """input 38: the empty prefix is one; a name of 1 MB is refused or read"""
        self.check("empty.ttl", "PREFIX : <urn:> :a :b : .\n", 0, "1 statement")
        name = "p" * MB
        self.check("name.ttl", f"PREFIX {name}: <urn:>\n{name}:a <urn:p> 1 .\n", (0, 3))

    def test_input_039_ends_of_local_names(self):
        """input 39: local names that end with a dot, a backslash, a percent sign"""
        self.check("dot.ttl", "PREFIX : <urn:> :a :b :c.\n", 0, "1 statement")
        self.check("dots.ttl", "PREFIX : <urn:> :a :b :c..\n", 3, ":1:")
        for end in ("\\", "%", "%2", "%zz"):
            self.check("local.ttl", f"PREFIX : <urn:> :a :b :c{end} .\n", 3, ":1:")

    def test_input_040_numbers(self):
        """input 40: numbers that are cut off, and one of a million digits"""
        self.check("eleven.ttl", "<urn:a> <urn:p> 11.\n", 0, "1 statement")
        for number in ("1e", ".5e", "+.", "+", "1e+", "--1", "0x1"):
            self.check("number.ttl", f"<urn:a> <urn:p> {number} .\n", 3, ":1:")
        self.assertIn("9" * MANY, self.kept("digits.ttl", f"<urn:a> <urn:p> {'9' * MANY} .\n"))

    def test_input_041_datatypes(self):
        """input 41: an empty datatype, and those that need a language"""
        for datatype in ("<>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>",
                         "<http://www.w3.org/1999/02/22-rdf-syntax-ns#dirLangString>"):
            self.check("type.nt", f'<urn:a> <urn:p> "x"^^{datatype} .\n', 3, ":1:")

    def test_input_042_language_tags(self):
        """input 42: language tags and directions"""
        for tag in ("@-", "@en--", "@en--xxx", "@en-", "@", "@123", "@" + "e" * MB):
            for name in ("nt", "ttl"):
                self.check(f"tag.{name}", f'<urn:a> <urn:p> "x"{tag} .\n', 3, ":1:")
        self.check("tag.nt", '<urn:a> <urn:p> "x"@en--ltr .\n', 0, "1 statement")

    def test_input_043_044_labels(self):
        """inputs 43 and 44: labels of blank nodes; one like ours is its own"""
        for label in (".a", "", "-a"):
            self.check("label.ttl", f"_:{label} <urn:p> 1 .\n", 3, ":1:")
        self.check("ends.ttl", "<urn:a> <urn:p> _:a.\n", 0, "1 statement")
        self.check("long.ttl", f"_:{'a' * MB} <urn:p> 1 .\n", (0, 3))
        dumped = self.kept("ours.ttl", "_:b0 <urn:p> [] , _:b1 , _:b0 .\n[] <urn:p> _:b2 .\n")
        self.assertEqual(len(set(part for part in dumped.split() if part.startswith("_:"))), 5)

    def test_input_045_046_places_of_terms(self):
        """inputs 45 and 46: `a` as a subject, literals as subjects and predicates"""
        for text in ("a <urn:p> 1 .", '"x" <urn:p> 1 .', "<urn:a> 1 2 .", '<urn:a> "p" 2 .',
                     "true <urn:p> 1 .", "_:a _:b 1 .", "<<( <urn:a> <urn:b> 1 )>> <urn:p> 1 ."):
            self.check("place.ttl", text, 3, ":1:")

    def test_input_047_graph_in_a_graph(self):
        """input 47: no graph within a graph"""
        self.check("graph.trig", "<urn:g> { <urn:h> { <urn:a> <urn:b> 1 } }", 3, ":1:")
        self.check("graph.ttl", "<urn:g> { <urn:a> <urn:b> 1 }", 3, ":1:")

    def test_input_048_final_dot(self):
        """input 48: a missing final dot is told with a hint"""
        self.nothing_loaded("final.ttl", "<urn:a> <urn:p> 1", 3, ":1:18", "'.' is missing")

    def test_input_049_long_collection(self):
        """input 49: a collection of two million members passes through bounded memory"""
        self.check("list.ttl", ["<urn:a> <urn:p> ("] + [" 1 2 3 4" * 25_000] * 20 + [") ."], 0,
                   "4 000 001 statements", limit=60, memory=300 * MB)

    def test_input_050_cut_off_anywhere(self):
        """input 50: a file may end inside of anything"""
        whole = ('PREFIX ex: <http://e/> ex:a a ex:T ; ex:p "s\\u0041"@en--ltr , """l""" , '
                 '"1"^^ex:i , 1.5e3 , true , [ ex:q ( _:b ) ] {| ex:r 1 |} ; ex:s '
                 '<<( ex:a ex:b <urn:c> )>> , << ex:a ex:b 1 ~ ex:n >> .')
        self.check("whole.ttl", whole, 0)
        for cut in range(24, len(whole), 5):
            self.check("cut.ttl", whole[:cut], 3, "cut.ttl:1:")

    # ---- N-Triples and N-Quads -----------------------------------------------------------------

    def test_input_051_two_on_a_line(self):
        """input 51: two statements on a line of N-Triples"""
        self.check("two.nt", "<urn:a> <urn:p> <urn:o> . <urn:a> <urn:p> <urn:q> .\n", 3, ":1:27")

    def test_input_052_quad_in_triples(self):
        """input 52: a quad in a file of triples"""
        self.check("quad.nt", "<urn:a> <urn:p> <urn:o> <urn:g> .\n", 3, ":1:25")
        self.check("quad.nq", "<urn:a> <urn:p> <urn:o> <urn:g> .\n", 0, "1 statement")

    def test_input_053_white_space(self):
        """input 53: tabs, spaces and nothing between terms"""
        self.check("space.nt", '\t<urn:a>\t<urn:p>  "x" \t.\t\n<urn:a><urn:p>"x".\n', 0,
                   "2 statements")

    def test_input_054_the_same_line(self):
        """input 54: two million times the same line"""
        path = self.file("same.nt", ["<urn:a> <urn:p> <urn:o> .\n" * 100_000] * 20)
        outcome = self.run_program("load", "same", path, limit=60)
        self.expect(outcome, 0, "1 new, 1 999 999 known before", memory=700 * MB)

    def test_input_055_deep_triple_terms(self):
        """input 55: triple terms nest 128 deep and no deeper"""
        def nested(depth):
            return ("<urn:a> <urn:p> " + "<<( <urn:a> <urn:p> " * depth + "<urn:o>" +
                    " )>>" * depth + " .\n")
        for name in ("nt", "ttl"):
            self.check(f"term.{name}", nested(128), 0, "1 statement")
            self.check(f"terms.{name}", nested(129), 3)

    def test_input_056_relative_iri(self):
        """input 56: N-Triples have no relative IRIs"""
        self.check("relative.nt", "<a> <urn:p> <urn:o> .\n", 3, ":1:1")

    def test_input_057_058_missing_dot(self):
        """inputs 57 and 58: a line without its dot is refused, or left out alone"""
        text = "".join(f"<urn:{i}> <urn:p> <urn:o> {'.' if i != 5 else ''}\n" for i in range(10))
        self.nothing_loaded("line.nt", text, 3, "line.nt:6:")
        outcome = self.run_program("load", "skip", self.file("skip.nt", text), "--on-error", "skip")
        self.expect(outcome, 0, "9 new", "1 in error left out", "skip.nt:6:")

    # ---- RDF/XML -------------------------------------------------------------------------------

    def test_input_059_to_062_external_parts(self):
        """inputs 59 to 62: nothing outside the document is ever read"""
        secret = self.file("secret.txt", "SECRET")
        for doctype in (f"<!DOCTYPE r [<!ENTITY x SYSTEM 'file://{secret}'>]>",
                        "<!DOCTYPE r [<!ENTITY x SYSTEM 'http://127.0.0.1:9/x'>]>",
                        f"<!DOCTYPE r [<!ENTITY % p SYSTEM 'file://{secret}'> %p; "
                        "<!ENTITY x 'y'>]>",
                        f"<!DOCTYPE r SYSTEM 'file://{secret}' [<!ENTITY x 'y'>]>",
                        "<!DOCTYPE r PUBLIC 'p' 'http://127.0.0.1:9/dtd' [<!ENTITY x 'y'>]>"):
            outcome = self.run_program("load", "external", self.file(
                "external.rdf", xml("<e:p>&x;</e:p>", doctype)))
            self.expect(outcome, 3, "external.rdf:1:")
            self.assertNotIn("SECRET", outcome.output)

    def test_input_063_to_066_entities(self):
        """inputs 63 to 66: entities that grow, chain or recur are refused"""
        laughs = "<!ENTITY l0 'lol'>" + "".join(
            f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 12))
        big = f"<!ENTITY l11 '{'x' * 100_000}'>"
        chain = "<!ENTITY l0 'x'>" + "".join(
            f"<!ENTITY l{i} '&l{i - 1};'>" for i in range(1, 200_000)) + "<!ENTITY l11x '&l199999;'>"
        recursive = "<!ENTITY l11 '&l12;'><!ENTITY l12 '&l11;'>"
        for entities, content in ((laughs, "&l11;"), (big, "&l11;" * 10_000), (chain, "&l11x;"),
                                  (recursive, "&l11;")):
            self.check("entities.rdf", xml(f"<e:p>{content}</e:p>", f"<!DOCTYPE r [{entities}]>"),
                       3, "entities.rdf:1:")

    def test_input_067_nested_elements(self):
        """input 67: a million nested elements end at the limit"""
        deep = "<e:p><rdf:Description>" * 500_000
        self.check("deep.rdf", xml(deep), 3, "max_nesting")

    def test_input_068_many_attributes(self):
        """input 68: 100 000 attributes are read or refused, in linear time"""
        attributes = " ".join(f"e:a{i}='x'" for i in range(100_000))
        self.check("attributes.rdf", xml(f"<e:p {attributes}/>"), (0, 3), limit=20)

    def test_input_069_long_attribute(self):
        """input 69: an attribute of 200 MB is refused at its limit"""
        self.check("attribute.rdf", [f"{RDF}<e:p e:q='"] + ["x" * MB] * 200 + [f"'/>{END}"], 3,
                   "max_literal_bytes", memory=700 * MB, limit=30)

    def test_input_070_many_namespaces(self):
        """input 70: 100 000 declared namespaces"""
        spaces = " ".join(f"xmlns:n{i}='http://e/{i}'" for i in range(100_000))
        self.check("spaces.rdf", xml(f"<e:p {spaces}>x</e:p>"), (0, 3), limit=30)

    def test_input_071_to_075_names_of_the_syntax(self):
        """inputs 71 to 75: unbound prefixes, names that are taken, attributes and IDs given twice"""
        for content in ("<x:p>1</x:p>", "<e:p xmlns:xml='http://other/'>1</e:p>",
                        "<e:p xmlns:xmlns='http://other/'>1</e:p>",
                        "<e:p e:a='1' e:a='2'/>", "<e:p rdf:ID='i'>1</e:p><e:p rdf:ID='i'>2</e:p>",
                        "<e:p rdf:li='x'/>", "<rdf:Description>1</rdf:Description>",
                        "<rdf:RDF>1</rdf:RDF>", "<e:p rdf:aboutEach='x'/>", "<rdf:bagID>1</rdf:bagID>"):
            self.check("name.rdf", xml(content), 3, "name.rdf:1:")
        # An unknown parseType is read as Literal (RDF/XML section 7.2.20).
        self.assertIn("XMLLiteral", self.kept("type.rdf", xml("<e:p rdf:parseType='x'><b/></e:p>")))

    def test_input_076_long_xml_literal(self):
        """input 76: an XML literal of 200 MB is refused at its limit"""
        self.check("literal.rdf", [f"{RDF}<e:p rdf:parseType='Literal'>"] + ["x" * MB] * 200 +
                   [f"</e:p>{END}"], 3, "max_literal_bytes", memory=700 * MB, limit=30)

    def test_input_077_encodings(self):
        """input 77: an encoding declaration that lies, and UTF-7"""
        body = f"{RDF}<e:p>é</e:p>{END}"
        self.check("lies.rdf", b"<?xml version='1.0' encoding='UTF-8'?>" + body.encode("latin-1"),
                   3, "lies.rdf:1:")
        self.check("seven.rdf", "<?xml version='1.0' encoding='UTF-7'?>" + body, 3, "seven.rdf:1:")

    def test_input_078_instructions(self):
        """input 78: processing instructions and XInclude fetch nothing"""
        text = xml("<e:p>x</e:p>").replace("?>", "?><?xml-stylesheet href='http://127.0.0.1:9/'?>",
                                          1)
        self.check("style.rdf", text, 0, "1 statement")
        include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>"
        outcome = self.run_program("check", self.file("include.rdf", xml(include)))
        self.assertNotIn("root:", outcome.output + outcome.error)
        self.assertIn(outcome.code, (0, 3))

    def test_input_079_080_ends(self):
        """inputs 79 and 80: two roots, and ends of CDATA"""
        self.check("roots.rdf", xml("<e:p>x</e:p>") + "<again/>", 3, "roots.rdf:1:")
        self.assertIn('"]]>"', self.kept("cdata.rdf", xml(
            "<e:p><![CDATA[]]]]><![CDATA[>]]></e:p>")))
        self.check("cdata2.rdf", xml("<e:p>]]></e:p>"), 3, "cdata2.rdf:1:")

    # ---- compression and containers ------------------------------------------------------------

    def test_input_093_bomb(self):
        """input 93: data that grow too much are refused, with the limit named"""
        for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress)):
            data = pack(b" " * 15_000_000) * 20
            self.nothing_loaded(f"bomb.nt.{name}", data, 5, "limit", limit=30)

    def test_input_094_nested_compression(self):
        """input 94: what is compressed twice is no text"""
        data = gzip.compress(gzip.compress(b"<urn:a> <urn:p> <urn:o> .\n" * 50))
        self.nothing_loaded("twice.nt.gz", data, (3, 5))

    def test_input_095_members(self):
        """input 95: members one behind the other are one text"""
        for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress)):
            data = pack(b"<urn:a> <urn:p> <urn:o> .\n<urn:") + pack(b"b> <urn:p> <urn:o> .\n")
            self.check(f"members.nt.{name}", data, 0, "2 statements")

    def test_input_096_damage(self):
        """input 96: data that are cut off, have a wrong sum or rubbish behind them"""
        whole = gzip.compress(b"".join(b"<urn:%d> <urn:p> <urn:o> .\n" % i for i in range(50_000)))
        for number, data in enumerate((whole[:-20], whole[:len(whole) // 2], whole[:-8] + b"\0" * 8,
                                       whole + b"rubbish", whole[:2000] + b"\xff" * 50 +
                                       whole[2050:])):
            self.nothing_loaded(f"damage{number}.nt.gz", data, 5)

    def test_input_097_wrong_extension(self):
        """input 97: compression is told by the first bytes, the format by the name"""
        line = b"<urn:a> <urn:p> <urn:o> .\n"
        self.check("plain.nt.gz", line, 0, "1 statement")
        self.check("packed.nt", gzip.compress(line), 0, "1 statement")
        self.check("packed.nt.bz2", gzip.compress(line), 0, "1 statement")

    def test_input_098_archives(self):
        """input 98: archives are no data"""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            member = tarfile.TarInfo("../escape.nt")
            member.size = 4
            archive.addfile(member, io.BytesIO(b"text"))
        self.nothing_loaded("archive.nt.gz", buffer.getvalue(), 3)
        self.assertFalse((self.folder.parent / "escape.nt").exists())

    def test_input_099_empty_blocks(self):
        """input 99: compressed blocks that hold nothing, for ever"""
        packer = zlib.compressobj(wbits=31)
        data = packer.compress(b"")
        for _ in range(200_000):
            data += packer.flush(zlib.Z_FULL_FLUSH)
        outcome = self.run_program("check", self.file("blocks.nt.gz", data), limit=20)
        self.assertIn(outcome.code, (0, 5), str(outcome))

    def test_input_100_not_a_regular_file(self):
        """input 100: what is not a regular file is refused unless it is standard input"""
        os.mkfifo(self.folder / "fifo.nt")
        (self.folder / "folder.nt").mkdir()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.folder / "socket.nt"))
            for name in ("fifo.nt", "folder.nt", "socket.nt", "/dev/zero", "/dev/null/x"):
                outcome = self.run_program("load", "special", name, "-F", "nt")
                self.expect(outcome, 5)
        self.assertFalse((self.folder / "special").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
