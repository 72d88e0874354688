#include "storage/dictionary.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <dossier/error.h>

#include "storage/memory_block_store.h"
#include "storage/term_bytes.h"
#include "storage/term_index_merge.h"
#include "storage/term_segment.h"
#include "storage/triple_dictionary.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

constexpr std::string_view xsd = "http://www.w3.org/2001/XMLSchema#";

std::string typed(const char* name) {
    return std::string(xsd) + name;
}

// Terms of every tag that has a dictionary, with what is awkward about them.
std::vector<Term> zoo() {
    std::vector<Term> terms{
        Term::iri("http://example.org/"),
        Term::iri("http://example.org/a"),
        Term::iri("http://example.org/ab"),
        Term::iri("x"),
        Term::iri("http://example.org/\xC3\xA4\xF0\x9F\x98\x80"),
        Term::literal(""),
        Term::literal("a"),
        Term::literal(std::string("a\0b", 3)),
        Term::literal("1"),
        Term::literal("\xEF\xBF\xBF"),
        Term::literal(std::string(100'000, 'x')),
        Term::literal(std::string(100'000, 'x') + "y"),
        Term::language_literal("", "en"),
        Term::language_literal("hello", "en"),
        Term::language_literal("hello", "en-GB"),
        Term::language_literal(std::string("he\0llo", 6), "de"),
        Term::language_literal("hello", "en", Direction::left_to_right),
        Term::language_literal("hello", "en", Direction::right_to_left),
        Term::language_literal("hello", "AR-eg", Direction::right_to_left),
        Term::literal("01", typed("integer")),
        Term::literal("+1", typed("integer")),
        Term::literal(" 1 ", typed("integer")),
        Term::literal("99999999999999999999999999", typed("integer")),
        Term::literal("-0", typed("integer")),
        Term::literal("NaN", typed("double")),
        Term::literal("INF", typed("float")),
        Term::literal("1e0", typed("double")),
        Term::literal("2024-01-01T24:00:00Z", typed("dateTime")),
        Term::literal("P1D", typed("duration")),
        Term::literal("---01", typed("gDay")),
        Term::literal("2024-01-01T00:00:00Z", typed("dateTimeStamp")),
        Term::literal("abc", typed("integer")),
        Term::literal("300", typed("byte")),
        Term::literal("maybe", typed("boolean")),
        Term::literal("0F", typed("hexBinary")),
        Term::literal("x", "http://example.org/datatype"),
        Term::literal("", "http://example.org/datatype"),
        // With an inline form.
        Term::literal("1", typed("integer")),
        Term::literal("true", typed("boolean")),
        Term::literal("12.50", typed("decimal")),
        Term::literal("2024-01-01", typed("date")),
    };
    return terms;
}

Term random_term(std::mt19937_64& random, std::uint64_t range) {
    const std::string number = std::to_string(random() % range);
    switch (random() % 8) {
        case 0:
            return Term::iri("http://example.org/thing/" + number);
        case 1:
            return Term::iri("http://example.org/other#" + number + "/x");
        case 2:
            return Term::literal("some text number " + number);
        case 3:
            return Term::language_literal("text " + number, random() % 2 != 0 ? "en" : "en-GB");
        case 4:
            return Term::literal("0" + number, typed("integer"));
        case 5:
            return Term::literal("P" + number + "D", typed("duration"));
        case 6:
            return Term::literal(number,
                                 "http://example.org/datatype" + std::to_string(random() % 3));
        default:
            return Term::literal(std::string(random() % 300, 'z') + number);
    }
}

// Writes terms into segments, as a load does, and publishes them.
void add_segments(Dictionary& dictionary, const std::shared_ptr<BlockStore>& store,
                  const std::vector<Term>& terms) {
    std::map<std::pair<Tag, std::string>, std::string> sorted;
    for (const Term& term : terms) {
        if (dictionary.find(term.view())) continue;
        const Tag tag = dictionary_tag(term.view());
        std::string bytes;
        append_term_bytes(bytes, term.view(), tag);
        sorted.emplace(std::pair(tag, bytes), std::string(unusual_language(term.view())));
    }
    DictionaryRoot root = dictionary.root();
    TermSegmentBuilder builder(store, root.next_segment);
    auto next = sorted.begin();
    while (next != sorted.end()) {
        const Tag tag = next->first.first;
        auto& counter =
            root.counters
                .segments[static_cast<std::size_t>(tag) - static_cast<std::size_t>(Tag::iri)];
        builder.begin(tag, counter);
        for (; next != sorted.end() && next->first.first == tag; ++next) {
            builder.add(next->first.second, next->second);
            ++counter;
        }
        root.segments.push_back(*builder.end());
    }
    builder.finish();
    root.next_segment = builder.next_number();
    dictionary.publish(root);
}

void commit(NewTerms& terms, BlockStore& store) {
    const auto batch = store.batch();
    for (const TermEntry& entry : terms.entries()) batch->put(entry.family, entry.key, entry.value);
    store.write(*batch, true);
    terms.written();
}

std::shared_ptr<Dictionary> make(const std::shared_ptr<BlockStore>& store,
                                 const DictionaryRoot& root = {}) {
    return std::make_shared<Dictionary>(store, root, std::size_t{1} << 20);
}

}  // namespace

TEST_CASE("terms of every kind come back from the tail as they were written", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    NewTerms terms(dictionary);
    std::map<TermId, Term> expected;
    for (const Term& term : zoo()) {
        INFO(term.to_string().substr(0, 80));
        const TermId id = terms.intern(term.view());
        CHECK(expected.emplace(id, term).second);
        CHECK(terms.intern(term.view()) == id);
        CHECK(terms.find(term.view()) == id);
        CHECK(terms.term(id) == term);
        CHECK(terms.term(id).language() == term.language());
        if (!id.is_inline()) CHECK_FALSE(dictionary->find(term.view()));
    }
    commit(terms, *store);
    const auto reopened = make(store, DictionaryRoot::parse(dictionary->root().serialise()));
    for (const auto* where : {dictionary.get(), reopened.get()}) {
        for (const auto& [id, term] : expected) {
            INFO(term.to_string().substr(0, 80));
            CHECK(where->find(term.view()) == id);
            CHECK(where->term(id) == term);
            CHECK(where->term(id).language() == term.language());
        }
        std::vector<std::string> problems;
        where->verify(problems);
        CHECK(problems.empty());
    }
}

TEST_CASE("terms of every kind come back from segments as they were written", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    add_segments(*dictionary, store, zoo());
    const auto reopened = make(store, DictionaryRoot::parse(dictionary->root().serialise()));
    for (const auto* where : {dictionary.get(), reopened.get()}) {
        std::vector<TermView> views;
        for (const Term& term : zoo()) {
            INFO(term.to_string().substr(0, 80));
            const auto id = where->find(term.view());
            REQUIRE(id);
            CHECK(where->term(*id) == term);
            CHECK(where->term(*id).language() == term.language());
        }
        std::vector<std::string> problems;
        where->verify(problems);
        CHECK(problems.empty());
    }
}

TEST_CASE("a language tag in other letters is the same term", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    NewTerms terms(dictionary);
    const TermId id = terms.intern(TermView::language_literal("colour", "en-GB"));
    CHECK(terms.intern(TermView::language_literal("colour", "EN-gb")) == id);
    CHECK(terms.intern(TermView::language_literal("colour", "en")) != id);
    CHECK(terms.term(id).language() == "en-GB");
}

TEST_CASE("a random dictionary of segments, tail and names agrees with a map", "[dictionary]") {
    const auto store = open_memory_block_store();
    auto dictionary = make(store);
    std::mt19937_64 random(3);
    std::map<Term, TermId> expected;
    for (int round = 0; round < 12; ++round) {
        std::vector<Term> some;
        for (int i = 0; i < (round % 3 == 0 ? 3'000 : 200); ++i) {
            some.push_back(random_term(random, 5'000));
        }
        if (round % 3 == 0) {
            add_segments(*dictionary, store, some);
        } else {
            NewTerms terms(dictionary);
            for (const Term& term : some)
                terms.intern(term.view(), random() % 2 != 0 && term.is_iri());
            if (round % 4 == 1) continue;  // rolled back: its ids are gaps
            commit(terms, *store);
        }
        for (const Term& term : some) {
            const auto id = dictionary->find(term.view());
            REQUIRE(id);
            const auto [place, is_new] = expected.emplace(term, *id);
            REQUIRE(place->second == *id);
        }
        if (round % 5 == 4) {
            dictionary = make(store, DictionaryRoot::parse(dictionary->root().serialise()));
        }
    }
    // Both directions, one by one and in batches; and terms that are not there.
    std::vector<TermView> views;
    std::vector<TermId> ids;
    std::map<TermId, Term> by_id;
    for (const auto& [term, id] : expected) {
        CHECK(by_id.emplace(id, term).second);
        REQUIRE(dictionary->term(id) == term);
        views.push_back(term.view());
    }
    std::vector<Term> absent;
    for (int i = 0; i < 2'000; ++i) {
        const Term term = random_term(random, 1'000'000);
        if (!expected.contains(term)) absent.push_back(term);
    }
    for (const Term& term : absent) {
        CHECK_FALSE(dictionary->find(term.view()));
        views.push_back(term.view());
    }
    std::shuffle(views.begin(), views.end(), random);
    ids.resize(views.size());
    dictionary->find_all(views, ids);
    for (std::size_t i = 0; i < views.size(); ++i) {
        const auto found = expected.find(Term(views[i]));
        CHECK(ids[i] == (found == expected.end() ? unbound : found->second));
    }
    ids.clear();
    for (const auto& [id, term] : by_id) {
        ids.push_back(id);
        if (random() % 8 == 0) ids.push_back(id);
    }
    std::size_t visited = 0;
    dictionary->terms(ids, [&](std::size_t index, const TermView& view) {
        CHECK(index == visited++);
        CHECK(Term(view) == by_id.at(ids[index]));
    });
    CHECK(visited == ids.size());
    std::vector<std::string> problems;
    dictionary->verify(problems);
    CHECK(problems.empty());
}

TEST_CASE("many segments are searched through a merged index, and ids stay", "[dictionary]") {
    const auto store = open_memory_block_store();
    auto dictionary = make(store);
    std::mt19937_64 random(9);
    std::map<Term, TermId> expected;
    for (int round = 0; round < 30; ++round) {
        std::vector<Term> some;
        for (int i = 0; i < 300; ++i) some.push_back(random_term(random, 100'000));
        add_segments(*dictionary, store, some);
        DictionaryRoot root = dictionary->root();
        merge_term_indexes(store, root, {});
        dictionary->publish(root);
        std::map<Tag, std::size_t> searched;
        for (const TermSegmentRoot& segment : root.segments) {
            if (segment.covered_by == 0) ++searched[segment.tag];
        }
        for (const auto& [tag, count] : searched) CHECK(count <= most_searched_segments);
        for (const Term& term : some) {
            const auto id = dictionary->find(term.view());
            REQUIRE(id);
            CHECK(expected.emplace(term, *id).first->second == *id);
        }
    }
    dictionary = make(store, DictionaryRoot::parse(dictionary->root().serialise()));
    std::vector<TermView> views;
    std::vector<TermId> ids(expected.size());
    for (const auto& [term, id] : expected) views.push_back(term.view());
    dictionary->find_all(views, ids);
    std::size_t i = 0;
    for (const auto& [term, id] : expected) {
        CHECK(ids[i++] == id);
        CHECK(dictionary->term(id) == term);
    }
    for (int absent = 0; absent < 1'000; ++absent) {
        const Term term = random_term(random, 1'000'000'000);
        if (!expected.contains(term)) CHECK_FALSE(dictionary->find(term.view()));
    }
    std::vector<std::string> problems;
    dictionary->verify(problems);
    CHECK(problems.empty());
}

TEST_CASE("ids of segments ascend with the bytes of their terms", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    std::vector<Term> terms;
    for (int i = 0; i < 3'000; ++i)
        terms.push_back(Term::literal("t" + std::to_string(i * 7919 % 3'001)));
    add_segments(*dictionary, store, terms);
    std::sort(terms.begin(), terms.end(),
              [](const Term& a, const Term& b) { return a.text() < b.text(); });
    for (std::size_t i = 1; i < terms.size(); ++i) {
        CHECK(*dictionary->find(terms[i - 1].view()) < *dictionary->find(terms[i].view()));
    }
}

TEST_CASE("the ids of a prefix are exact, by code point", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    std::vector<Term> loaded;
    for (int i = 0; i < 2'000; ++i) loaded.push_back(Term::literal("item " + std::to_string(i)));
    loaded.push_back(Term::literal("item \xC3\xA9"));
    add_segments(*dictionary, store, loaded);
    NewTerms terms(dictionary);
    terms.intern(TermView::literal("item 1 of the tail"));
    terms.intern(TermView::literal("Item 1"));
    commit(terms, *store);
    for (const std::string prefix : {"item 1", "item ", "", "item \xC3", "zzz", "item 19", "I"}) {
        std::vector<IdInterval> intervals;
        std::vector<TermId> ids;
        dictionary->prefix_ids(prefix, Tag::string, intervals, ids);
        std::uint64_t found = ids.size();
        for (const auto& [first, last] : intervals) found += last.bits - first.bits + 1;
        std::uint64_t expected = prefix.empty() || prefix == "I" ? 1 : 0;
        if (std::string("item 1 of the tail").starts_with(prefix)) ++expected;
        for (const Term& term : loaded) expected += term.text().starts_with(prefix) ? 1u : 0u;
        INFO(prefix);
        CHECK(found == expected);
    }
}

TEST_CASE("a name is the same term in every position", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    NewTerms terms(dictionary);
    const TermView knows = TermView::iri("http://example.org/knows");
    const TermId name = terms.intern(knows, true);
    CHECK(name.tag() == Tag::name);
    CHECK(terms.intern(knows, false) == name);
    const TermView thing = TermView::iri("http://example.org/thing");
    const TermId id = terms.intern(thing, false);
    CHECK(id.tag() == Tag::iri);
    CHECK(terms.intern(thing, true) == id);
    CHECK(terms.find(TermView::iri("")) == default_graph);
    commit(terms, *store);
    CHECK(dictionary->find(knows) == name);
    CHECK(dictionary->term(name) == Term(knows));
    CHECK(dictionary->term(default_graph) == Term());
}

TEST_CASE("blank nodes are found by the store's own labels only", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    NewTerms terms(dictionary);
    const TermId first = terms.new_blank_node();
    const TermId second = terms.new_blank_node();
    CHECK(first != second);
    CHECK(terms.term(second).text() == "b1");
    CHECK(terms.find(TermView::blank_node("b1")) == second);
    for (const char* label : {"b2", "b01", "b", "x", "b-1", "b1x", "b99999999999999999999999"}) {
        CHECK_FALSE(terms.find(TermView::blank_node(label)));
        CHECK_THROWS_AS(terms.intern(TermView::blank_node(label)), UsageError);
    }
}

TEST_CASE("ids that were never given are refused", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    add_segments(*dictionary, store, zoo());
    for (const TermId id :
         {unbound, TermId::of(Tag::iri, 1'000), TermId::of(Tag::iri, tail_bit),
          TermId::of(Tag::name, 5), TermId::of(Tag::computed, 1), TermId::of(Tag::triple, 0),
          TermId::of(static_cast<Tag>(13), 1), TermId::of(static_cast<Tag>(63), 1)}) {
        CHECK_THROWS_AS(dictionary->term(id), StoreError);
    }
}

TEST_CASE("a damaged or misplaced term block is noticed", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    std::vector<Term> terms;
    for (int i = 0; i < 1'000; ++i) terms.push_back(Term::literal("text " + std::to_string(i)));
    add_segments(*dictionary, store, terms);
    const DictionaryRoot root = dictionary->root();
    REQUIRE(root.segments.size() == 1);
    const std::uint32_t number = root.segments[0].number;
    const std::string key = segment_key(number, SegmentPart::blocks, 1);
    const std::string good(store->get(Family::terms, key).bytes());
    const auto check = [&](const std::string& bad, bool present) {
        const auto damaged = open_memory_block_store();
        for (Family family : {Family::terms, Family::term_index, Family::term_filter}) {
            const auto ingest = damaged->begin_ingest(family);
            const auto cursor = store->scan(family, {}, {});
            while (cursor->next()) {
                if (cursor->key() != key) {
                    ingest->add(cursor->key(), cursor->value());
                } else if (present) {
                    ingest->add(key, bad);
                }
            }
            ingest->finish();
        }
        const auto reader = make(damaged, root);
        CHECK(reader->term(TermId::of(Tag::string, 0)).text() == "text 0");
        CHECK_THROWS_AS(reader->term(TermId::of(Tag::string, 256)), StoreError);
        std::vector<std::string> problems;
        reader->verify(problems);
        CHECK_FALSE(problems.empty());
    };
    std::mt19937_64 random(5);
    for (int i = 0; i < 50; ++i) {
        std::string bad = good;
        bad[random() % bad.size()] ^= static_cast<char>(1u << (random() % 8));
        check(bad, true);
    }
    check(good.substr(0, good.size() / 2), true);
    check("", true);
    check("", false);
    // A block in the place of another.
    check(
        std::string(store->get(Family::terms, segment_key(number, SegmentPart::blocks, 2)).bytes()),
        true);
}

TEST_CASE("a damaged root of the dictionary is refused", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    add_segments(*dictionary, store, zoo());
    const std::string root = dictionary->root().serialise();
    CHECK(DictionaryRoot::parse(root).segments == dictionary->root().segments);
    for (std::size_t size = 0; size < root.size(); ++size) {
        try {
            DictionaryRoot::parse(std::string_view(root).substr(0, size));
        } catch (const StoreError&) {
        }
    }
    CHECK_THROWS_AS(DictionaryRoot::parse(""), StoreError);
}

TEST_CASE("readers use the dictionary while a transaction adds terms", "[dictionary]") {
    const auto store = open_memory_block_store();
    const auto dictionary = make(store);
    add_segments(*dictionary, store, zoo());
    NewTerms terms(dictionary);
    std::vector<TermId> ids;
    for (int i = 0; i < 100; ++i) {
        ids.push_back(terms.intern(TermView::literal("first " + std::to_string(i))));
    }
    std::atomic<bool> wrong = false;
    {
        std::vector<std::jthread> readers;
        for (int r = 0; r < 3; ++r) {
            readers.emplace_back([&] {
                for (int i = 0; i < 2'000; ++i) {
                    const std::string text = "first " + std::to_string(i % 100);
                    if (terms.find(TermView::literal(text)) !=
                            ids[static_cast<std::size_t>(i % 100)] ||
                        terms.term(ids[static_cast<std::size_t>(i % 100)]).text() != text) {
                        wrong = true;
                    }
                }
            });
        }
        for (int i = 0; i < 2'000; ++i) {
            terms.intern(TermView::literal("second " + std::to_string(i)));
        }
    }
    CHECK_FALSE(wrong);
}
