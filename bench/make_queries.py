#!/usr/bin/env python3
"""Writes the query set of the benchmark over the data of dossier-generate.

Every operator alone over several base patterns, every pair of operators, and a list of hand-written
questions. Each query is introduced by a line `### NAME`. The answers of all are fully determined:
LIMIT stands only where ORDER BY leaves no ties, or where only the number of rows is asked for.
"""

import itertools
import sys

PROLOGUE = """PREFIX p: <http://example.org/property/>
PREFIX c: <http://example.org/class/>
PREFIX e: <http://example.org/>
PREFIX dos: <https://w3id.org/dossier#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""

# A base is a pattern that binds ?d (a document) and ?o (its publisher).
BASES = {
    "few": "?d p:publisher ?o . ?o p:seat <http://example.org/place/77> .",
    "some": "?d p:publisher ?o . ?o p:founded ?founded . FILTER(?founded = \"1901\"^^xsd:gYear)",
    "many": "?d p:publisher ?o .",
}
# The parts an operator adds to a group whose ?d and ?o are bound. Several operators become one group,
# in the given order.
PATTERNS = {
    "star": "?d p:words ?words ; p:issued ?issued .",
    "filter": "?d p:words ?words2 . FILTER(?words2 > 9000 && ?words2 < 11000)",
    "regex": "?d p:title ?title . FILTER(REGEX(STR(?title), \"^harbour.*letter\"))",
    "optional": "OPTIONAL { ?d p:cites ?cited . }",
    "optional2": "OPTIONAL { ?o p:owner ?owner . OPTIONAL { ?owner rdfs:label ?ownerLabel . } }",
    "union": "{ ?d a c:Report . } UNION { ?o a c:Agency . }",
    "minus": "MINUS { ?d p:cites ?anything . }",
    "exists": "FILTER EXISTS { ?d p:cites ?anyCited . ?anyCited a c:Report . }",
    "notexists": "FILTER NOT EXISTS { ?citing p:cites ?d . }",
    "bind": "?d p:words ?words3 . BIND(?words3 * 2 + 1 AS ?twice)",
    "values": "VALUES ?kind { c:Report c:Agency } ?d a ?kind .",
    "graph": "GRAPH ?g { ?d p:mentions ?m . }",
    "subquery": "{ SELECT ?o (COUNT(?x) AS ?size) WHERE { ?x p:publisher ?o . } GROUP BY ?o }",
    "path": "?o p:owner*/p:seat ?ownerSeat .",
    "pathplus": "?d p:cites+ ?ancestor . ?ancestor a c:Report .",
}
# What is done with the solutions.
MODIFIERS = {
    "all": ("SELECT * WHERE { %s }", None),
    "count": ("SELECT (COUNT(*) AS ?n) WHERE { %s }", None),
    "distinct": ("SELECT DISTINCT ?o WHERE { %s }", None),
    "group": ("SELECT ?o (COUNT(*) AS ?n) WHERE { %s } GROUP BY ?o", None),
    "order": ("SELECT ?d ?o WHERE { %s } ORDER BY DESC(STR(?d)) ?o LIMIT 100", "distinct-order"),
    "having": ("SELECT ?o (COUNT(DISTINCT ?d) AS ?n) WHERE { %s } GROUP BY ?o HAVING(COUNT(DISTINCT ?d) > 3)", None),
}

HAND = {
    "count-all": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "count-predicates": "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p",
    "count-classes": "SELECT ?t (COUNT(*) AS ?n) WHERE { ?s a ?t } GROUP BY ?t",
    "count-graphs": "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "lookup-subject": "SELECT * WHERE { e:document\\/4711 ?p ?o }",
    "lookup-object": "SELECT * WHERE { ?s ?p e:organisation\\/12 }",
    "lookup-literal": "SELECT * WHERE { ?s ?p \"1901\"^^xsd:gYear }",
    "lookup-absent": "SELECT * WHERE { ?s p:nothing ?o . ?o p:words ?w }",
    "ask-true": "ASK { ?s p:owner ?o . ?o p:owner ?oo }",
    "ask-false": "ASK { ?s p:owner ?o . ?o p:words ?w }",
    "scan-words": "SELECT ?d ?w WHERE { ?d p:words ?w }",
    "scan-type": "SELECT ?s WHERE { ?s a c:Person }",
    "range-integer": "SELECT ?d ?w WHERE { ?d p:words ?w FILTER(?w >= 15000 && ?w <= 15100) }",
    "range-decimal": "SELECT ?m ?v WHERE { ?m p:value ?v FILTER(?v > 999.5) }",
    "range-date": "SELECT ?d ?i WHERE { ?d p:issued ?i FILTER(?i >= \"2001-01-01\"^^xsd:date && ?i < \"2001-02-01\"^^xsd:date) }",
    "range-datetime": "SELECT ?m ?t WHERE { ?m p:time ?t FILTER(?t >= \"2020-05-05T00:00:00Z\"^^xsd:dateTime && ?t < \"2020-05-06T00:00:00Z\"^^xsd:dateTime) }",
    "range-double": "SELECT ?x ?h WHERE { ?x p:height ?h FILTER(?h > 1.98) }",
    "equal-value": "SELECT ?d WHERE { ?d p:words ?w FILTER(?w = 5000.0) }",
    "join-chain3": "SELECT ?x ?place WHERE { ?x p:worksFor ?o . ?o p:seat ?place . ?place rdfs:label ?l FILTER(?l = \"Place 12\"@en) }",
    "join-chain4": "SELECT (COUNT(*) AS ?n) WHERE { ?d p:publisher ?o . ?o p:seat ?s . ?s p:within ?w . ?w p:population ?pop FILTER(?pop > 5000000) }",
    "join-star5": "SELECT ?x WHERE { ?x a c:Journalist ; p:worksFor ?o ; p:livesIn ?l ; p:born ?b ; p:height ?h FILTER(?h > 1.95 && ?b > \"1990-01-01\"^^xsd:date) }",
    "join-big": "SELECT (COUNT(*) AS ?n) WHERE { ?d p:mentions ?x . ?x p:worksFor ?o }",
    "join-big-graph": "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?d p:mentions ?x } ?x p:worksFor ?o }",
    "join-objects": "SELECT (COUNT(*) AS ?n) WHERE { ?x p:livesIn ?l . ?o p:seat ?l }",
    "triangle": "SELECT (COUNT(*) AS ?n) WHERE { ?a p:knows ?b . ?b p:knows ?c . ?a p:knows ?c }",
    "square": "SELECT (COUNT(*) AS ?n) WHERE { ?a p:owner ?b . ?c p:owner ?b . ?a p:seat ?s . ?c p:seat ?s }",
    "same-employer": "SELECT (COUNT(*) AS ?n) WHERE { ?a p:knows ?b . ?a p:worksFor ?o . ?b p:worksFor ?o }",
    "optional-big": "SELECT (COUNT(?h) AS ?n) WHERE { ?x p:born ?b OPTIONAL { ?x p:height ?h } }",
    "minus-big": "SELECT (COUNT(*) AS ?n) WHERE { ?x p:born ?b MINUS { ?x p:height ?h } }",
    "exists-big": "SELECT (COUNT(*) AS ?n) WHERE { ?x p:born ?b FILTER EXISTS { ?x p:height ?h } }",
    "notexists-big": "SELECT (COUNT(*) AS ?n) WHERE { ?d p:issued ?i FILTER NOT EXISTS { ?d p:cites ?c } }",
    "union-big": "SELECT (COUNT(*) AS ?n) WHERE { { ?s p:born ?x } UNION { ?s p:founded ?x } UNION { ?s p:issued ?x } }",
    "distinct-objects": "SELECT DISTINCT ?l WHERE { ?x p:livesIn ?l }",
    "distinct-pairs": "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?l ?o WHERE { ?x p:livesIn ?l ; p:worksFor ?o } }",
    "count-distinct": "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s p:publisher ?o }",
    "group-sum": "SELECT ?o (SUM(?w) AS ?sum) WHERE { ?d p:publisher ?o ; p:words ?w } GROUP BY ?o",
    "group-avg": "SELECT ?s (AVG(?v) AS ?avg) WHERE { ?m p:sensor ?s ; p:value ?v } GROUP BY ?s",
    "group-minmax": "SELECT ?s (MIN(?t) AS ?first) (MAX(?t) AS ?last) WHERE { ?m p:sensor ?s ; p:time ?t } GROUP BY ?s",
    "group-year": "SELECT ?y (COUNT(*) AS ?n) WHERE { ?d p:issued ?i BIND(SUBSTR(STR(?i), 1, 4) AS ?y) } GROUP BY ?y",
    "group-two": "SELECT ?t ?o (COUNT(*) AS ?n) WHERE { ?d a ?t ; p:publisher ?o } GROUP BY ?t ?o",
    "group-having": "SELECT ?x (COUNT(*) AS ?n) WHERE { ?d p:cites ?x } GROUP BY ?x HAVING(COUNT(*) >= 5)",
    "group-concat": "SELECT ?o (GROUP_CONCAT(STR(?q); separator=\",\") AS ?owned) WHERE { SELECT ?o ?q WHERE { ?q p:owner ?o } ORDER BY STR(?q) } GROUP BY ?o HAVING(COUNT(*) = 1)",
    "sum-all": "SELECT (SUM(?w) AS ?n) WHERE { ?d p:words ?w }",
    "min-max-all": "SELECT (MIN(?v) AS ?min) (MAX(?v) AS ?max) WHERE { ?m p:value ?v }",
    "order-limit": "SELECT ?m ?t WHERE { ?m p:time ?t } ORDER BY ?t STR(?m) LIMIT 20",
    "order-offset": "SELECT ?d ?w WHERE { ?d p:words ?w } ORDER BY DESC(?w) STR(?d) OFFSET 1000 LIMIT 10",
    "order-strings": "SELECT ?s ?l WHERE { ?s a c:Company ; rdfs:label ?l } ORDER BY ?l",
    "contains": "SELECT ?d WHERE { ?d p:title ?t FILTER(CONTAINS(STR(?t), \"embassy inquiry denial\")) }",
    "strstarts": "SELECT ?d WHERE { ?d p:title ?t FILTER(STRSTARTS(STR(?t), \"witness witness witness\")) }",
    "lang": "SELECT (COUNT(*) AS ?n) WHERE { ?d p:title ?t FILTER(LANG(?t) = \"fr\") }",
    "langmatches": "SELECT (COUNT(*) AS ?n) WHERE { ?s rdfs:label ?t FILTER(LANGMATCHES(LANG(?t), \"*\")) }",
    "strlen": "SELECT (SUM(STRLEN(STR(?t))) AS ?n) WHERE { ?d p:title ?t }",
    "datatype": "SELECT ?dt (COUNT(*) AS ?n) WHERE { ?s p:quality ?o BIND(DATATYPE(?o) AS ?dt) } GROUP BY ?dt",
    "isiri": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o FILTER(ISIRI(?o)) ?s a c:Agency }",
    "year-function": "SELECT ?y (COUNT(*) AS ?n) WHERE { ?m p:time ?t BIND(YEAR(?t) AS ?y) } GROUP BY ?y",
    "arithmetic": "SELECT (SUM(?v * 2 + ?q) AS ?n) WHERE { ?m p:value ?v ; p:quality ?q }",
    "if-coalesce": "SELECT ?k (COUNT(*) AS ?n) WHERE { ?x p:born ?b OPTIONAL { ?x p:height ?h } BIND(IF(COALESCE(?h, 0) > 1.7, \"tall\", \"other\") AS ?k) } GROUP BY ?k",
    "in-list": "SELECT ?x WHERE { ?x p:livesIn ?l FILTER(?l IN (e:place\\/900, e:place\\/901, e:place\\/902)) }",
    "values-two": "SELECT * WHERE { VALUES (?s ?q) { (e:sensor\\/1 99) (e:sensor\\/2 98) (e:sensor\\/3 UNDEF) } ?m p:sensor ?s ; p:quality ?q }",
    "path-star": "SELECT ?a WHERE { e:place\\/2000 p:within* ?a }",
    "path-star-back": "SELECT ?a WHERE { ?a p:within* e:place\\/3 }",
    "path-plus-all": "SELECT (COUNT(*) AS ?n) WHERE { ?a p:within+ ?b }",
    "path-owner": "SELECT (COUNT(*) AS ?n) WHERE { ?a p:owner+ ?b . ?b a c:Agency }",
    "path-sequence": "SELECT (COUNT(*) AS ?n) WHERE { ?x p:worksFor/p:seat/p:within ?w }",
    "path-alternative": "SELECT (COUNT(*) AS ?n) WHERE { ?x (p:worksFor/p:seat)|p:livesIn e:place\\/5 }",
    "path-inverse": "SELECT DISTINCT ?y WHERE { e:person\\/77 p:worksFor/^p:worksFor ?y }",
    "path-negated": "SELECT ?o WHERE { e:document\\/99 !(rdf:type|p:title) ?o }",
    "path-optional": "SELECT ?o WHERE { e:organisation\\/200 p:owner? ?o }",
    "knows-reach": "SELECT (COUNT(*) AS ?n) WHERE { e:person\\/100 p:knows/p:knows/p:knows ?x }",
    "graph-constant": "SELECT (COUNT(*) AS ?n) WHERE { GRAPH e:archive\\/7 { ?d p:mentions ?x } }",
    "graph-two": "SELECT (COUNT(*) AS ?n) WHERE { GRAPH e:archive\\/7 { ?d p:mentions ?x } GRAPH e:archive\\/8 { ?d2 p:mentions ?x } }",
    "from-two": "SELECT (COUNT(*) AS ?n) FROM e:archive\\/7 FROM e:archive\\/9 WHERE { ?d p:mentions ?x }",
    "triple-term": "SELECT ?c ?a ?b WHERE { GRAPH ?g { ?c rdf:reifies <<( ?a p:paid ?b )>> ; dos:deniedBy ?v } }",
    "triple-term-subject": "SELECT ?c ?p ?b WHERE { GRAPH ?g { ?c rdf:reifies <<( e:person\\/0 ?p ?b )>> } }",
    "triple-term-object": "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?c rdf:reifies <<( ?a ?p e:person\\/1 )>> } }",
    "triple-term-group": "SELECT ?p (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?c rdf:reifies ?t } BIND(PREDICATE(?t) AS ?p) } GROUP BY ?p",
    "reified-pattern": "SELECT ?a ?b ?v WHERE { GRAPH ?g { << ?a p:met ?b ~ ?c >> dos:deniedBy ?v . ?c dos:in ?d } ?v p:livesIn e:place\\/3 }",
    "claims-by-voice": "SELECT ?v (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?c dos:saidBy ?v } } GROUP BY ?v HAVING(COUNT(*) > 20)",
    "construct-owners": "CONSTRUCT { ?a p:ultimately ?b } WHERE { ?a p:owner+ ?b . FILTER NOT EXISTS { ?b p:owner ?c } }",
    "construct-labels": "CONSTRUCT { ?o rdfs:label ?l ; a c:Seen } WHERE { ?o p:founded \"1950\"^^xsd:gYear ; rdfs:label ?l }",
    "limit-star": "SELECT (COUNT(*) AS ?n) WHERE { SELECT * WHERE { ?d p:words ?w ; p:issued ?i ; p:publisher ?o } LIMIT 1000 }",
    "limit-path": "SELECT (COUNT(*) AS ?n) WHERE { SELECT * WHERE { ?a p:cites/p:cites ?b } LIMIT 1000 }",
}


def queries():
    for name, text in HAND.items():
        yield name, text
    for (base_name, base), (name, pattern) in itertools.product(BASES.items(), PATTERNS.items()):
        modifier = "count" if base_name == "many" else "all"
        if base_name == "many" and name == "pathplus":
            modifier, base = "count", BASES["some"]
        yield f"{base_name}-{name}", MODIFIERS[modifier][0] % f"{base} {pattern}"
    for base_name, modifier in itertools.product(("few", "some", "many"), ("distinct", "group", "having")):
        yield f"{base_name}-{modifier}", MODIFIERS[modifier][0] % BASES[base_name]
    for first, second in itertools.combinations(PATTERNS, 2):
        modifier = ["all", "count", "group", "distinct", "having"][(len(first) + 3 * len(second)) % 5]
        body = f"{BASES['some']} {PATTERNS[first]} {PATTERNS[second]}"
        yield f"pair-{first}-{second}", MODIFIERS[modifier][0] % body
    for name, modifier in itertools.product(PATTERNS, ("distinct", "group", "having", "order")):
        if name in ("graph", "pathplus") and modifier == "order":
            modifier = "count"
        base = BASES["few"]
        text = MODIFIERS[modifier][0] % f"{base} {PATTERNS[name]}"
        if modifier == "order":
            text = text.replace("SELECT ?d", "SELECT DISTINCT ?d")
        yield f"few-{name}-{modifier}", text


    for name in PATTERNS:
        if name not in ("union", "exists", "graph"):
            yield f"some-{name}-distinct", MODIFIERS["distinct"][0] % f"{BASES['some']} {PATTERNS[name]}"


def main():
    seen = set()
    out = sys.stdout
    for name, text in queries():
        if name in seen:
            continue
        seen.add(name)
        out.write(f"### {name}\n{PROLOGUE}{text}\n")
    print(f"{len(seen)} queries", file=sys.stderr)


main()
