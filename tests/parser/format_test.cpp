#include <catch2/catch.hpp>

#include "parser/format.h"

using namespace dossier;

TEST_CASE("formats go by names, extensions and media types", "[format]") {
    CHECK(format_from_name("ttl") == Format::turtle);
    CHECK(format_from_name("Turtle") == Format::turtle);
    CHECK(format_from_name("text/turtle; charset=utf-8") == Format::turtle);
    CHECK(format_from_name("N-Triples") == Format::ntriples);
    CHECK(format_from_name(".nq") == Format::nquads);
    CHECK(format_from_name("application/rdf+xml") == Format::rdf_xml);
    CHECK(format_from_name("owl") == Format::rdf_xml);
    CHECK(format_from_name("n3") == Format::turtle);
    CHECK_FALSE(format_from_name("json"));
    CHECK_FALSE(format_from_name(""));
    for (const Format format :
         {Format::ntriples, Format::nquads, Format::turtle, Format::trig, Format::rdf_xml}) {
        CHECK(format_from_name(format_name(format)) == format);
        CHECK(format_from_name(format_extension(format)) == format);
        CHECK(format_from_name(format_media_type(format)) == format);
    }
}

TEST_CASE("paths tell their format behind the compression", "[format]") {
    CHECK(format_from_path("data/artists.ttl.gz") == Format::turtle);
    CHECK(format_from_path("x.NT.bz2") == Format::ntriples);
    CHECK(format_from_path("x.y.trig.zst") == Format::trig);
    CHECK_FALSE(format_from_path("data.ttl/file"));
    CHECK_FALSE(format_from_path("file.gz"));
    CHECK_FALSE(format_from_path("turtle"));
    CHECK_FALSE(format_from_path("x.json"));
}

TEST_CASE("the beginning of a text tells its format", "[format]") {
    CHECK(format_from_content("<http://e/s> <http://e/p> <http://e/o> .\n") == Format::ntriples);
    CHECK(format_from_content("# c\n_:a <http://e/p> \"a > . \\\" b\"@en .\n") == Format::ntriples);
    CHECK(format_from_content("<http://e/s> <http://e/p> \"x\"^^<http://t> <http://e/g> .") ==
          Format::nquads);
    CHECK(format_from_content("<http://e/s> <http://e/p> \"x\"@en _:g .") == Format::nquads);
    CHECK(format_from_content("@prefix x: <http://x/> . x:s a x:T .") == Format::turtle);
    CHECK(format_from_content("prefix x: <http://x/>") == Format::turtle);
    CHECK(format_from_content("[] <http://e/p> 1 .") == Format::turtle);
    CHECK(format_from_content("<http://e/s> <http://e/p> 1 , 2 .") == Format::turtle);
    CHECK(format_from_content("PREFIX x: <http://x/>\nx:g { x:s a x:T }") == Format::trig);
    CHECK(format_from_content("@prefix x: <http://x/> . x:s x:p \"{\" .") == Format::turtle);
    CHECK(format_from_content("x:s x:p x:o {| x:q 1 |} .") == Format::turtle);
    CHECK(format_from_content("GRAPH <http://g> {") == Format::trig);
    CHECK(format_from_content("<?xml version='1.0'?>") == Format::rdf_xml);
    CHECK(format_from_content(" <rdf:RDF xmlns:rdf=") == Format::rdf_xml);
    CHECK_FALSE(format_from_content(""));
    CHECK_FALSE(format_from_content("hello world"));
}
