#include <dossier/dossier.h>
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <sstream>
#include <string>

// Documents that one thread parses and others take in.

using namespace dossier;

namespace {

constexpr int subjects = 6'000;

// Five statements a subject, in three graphs; some terms come again and again, one is greater than
// a batch of statements. `broken`: after this subject's statements stands what is none.
std::string document(int broken = -1) {
    std::string text =
        "PREFIX : <http://example.org/>\n"
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>\n";
    for (int i = 0; i < subjects; ++i) {
        const std::string graph = i % 3 == 0 ? "" : fmt::format(":g{} ", i % 3);
        const std::string note =
            i == 2'500 ? std::string(700'000, 'x') : fmt::format("note {}", i % 50);
        text += fmt::format(
            "{}{{ :s{} :number {} ; :note \"{}\"@en--ltr ; :day \"2026-01-{:02}\"^^<urn:day> ; "
            ":about <<( :s{} :knows <<( :a :b {} )>> )>> , :s{} . }}\n",
            graph, i, i, note, i % 28 + 1, i / 2, i % 7, i / 3);
        if (i == broken) text += ":s :p .\n";
    }
    return text;
}

std::string sorted_dump(const Store& store) {
    std::ostringstream out;
    store.dump(DataFormat::nquads, out, {.sorted = true});
    return out.str();
}

LoadOptions with_threads(unsigned threads) {
    LoadOptions options;
    options.threads = threads;
    return options;
}

}  // namespace

TEST_CASE("a document has the same statements with one thread and with four", "[load]") {
    const std::string text = document();
    Store one = Store::in_memory(), four = Store::in_memory();
    const LoadReport first = one.load_text(text, DataFormat::trig, with_threads(1));
    const LoadReport second = four.load_text(text, DataFormat::trig, with_threads(4));
    CHECK(first.read == 5 * subjects);
    CHECK(second.read == first.read);
    CHECK(second.added == first.added);
    CHECK(second.duplicates == first.duplicates);
    CHECK((sorted_dump(one) == sorted_dump(four)));
}

TEST_CASE("a blank node is one node wherever a document names it", "[load]") {
    std::string text = "PREFIX : <http://example.org/>\n_:x :first 1 .\n";
    for (int i = 0; i < 20'000; ++i) text += fmt::format(":s{} :p {} .\n", i, i);
    text += "_:x :last 2 .\n";
    Store store = Store::in_memory();
    store.load_text(text, DataFormat::turtle, with_threads(4));
    CHECK(store.ask("ASK { ?x :first 1 ; :last 2 }"));
}

TEST_CASE("an error late in a document is told by its line and leaves nothing", "[load]") {
    Store store = Store::in_memory();
    try {
        store.load_text(document(5'000), DataFormat::trig, with_threads(4));
        FAIL("no error");
    } catch (const SyntaxError& error) {
        CHECK(error.position().line == 5'004);
    }
    CHECK(store.size() == 0);
}

TEST_CASE("a broken statement late in a document is left out alone", "[load]") {
    Store store = Store::in_memory();
    LoadOptions options = with_threads(4);
    options.on_error = ErrorPolicy::skip;
    const LoadReport report = store.load_text(document(5'000), DataFormat::trig, options);
    CHECK(report.skipped == 1);
    CHECK(report.read == 5 * subjects);
}

TEST_CASE("a limit takes exactly so many statements of a document", "[load]") {
    Store store = Store::in_memory();
    LoadOptions options = with_threads(4);
    options.limit = 12'345;
    const LoadReport report = store.load_text(document(), DataFormat::trig, options);
    CHECK(report.read == 12'345);
    CHECK(report.added + report.duplicates == 12'345);
}

TEST_CASE("a load of a document can be cancelled while it is parsed", "[load]") {
    Store store = Store::in_memory();
    LoadOptions options = with_threads(4);
    options.on_progress = [](const Progress& progress) { return progress.statements < 2'000; };
    CHECK_THROWS_AS(store.load_text(document(), DataFormat::trig, options), Interrupted);
    CHECK(store.size() == 0);
}
