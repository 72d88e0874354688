#include "storage/bulk_load.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <dossier/error.h>

#include "storage/memory_block_store.h"
#include "storage/row.h"
#include "storage/triple_dictionary.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

struct Statement {
    Term subject, predicate, object, graph;
    friend bool operator==(const Statement&, const Statement&) = default;
    friend auto operator<=>(const Statement&, const Statement&) = default;
    QuadView view() const {
        return {subject.view(), predicate.view(), object.view(), graph.view()};
    }
};

// What is in the store: sorted quads.
class Held : public Snapshot {
  public:
    Held(std::uint64_t number, std::set<QuadIds> quads)
        : number_(number), quads_(std::move(quads)) {
        bool named = false;
        for (const QuadIds& quad : quads_) named = named || quad.graph != default_graph;
        permutations_ = {Permutation::spo, Permutation::sop, Permutation::pso,
                         Permutation::pos, Permutation::osp, Permutation::ops};
        if (named) permutations_.push_back(Permutation::gspo);
    }

    std::uint64_t number() const override { return number_; }
    std::optional<TermId> find(const TermView&) const override { return std::nullopt; }
    void find_all(std::span<const TermView>, std::span<TermId>) const override {}
    Term term(TermId) const override { return {}; }
    void terms(std::span<const TermId>, const TermVisitor&) const override {}
    TripleIds triple(TermId) const override { return {}; }
    void triples(std::span<const TermId>, std::span<TripleIds>) const override {}

    struct Cursor : RowCursor {
        std::vector<Row> rows;
        std::size_t at = 0;
        std::size_t next(std::span<TermId* const> columns, std::size_t capacity) override {
            const std::size_t count = std::min(capacity, rows.size() - at);
            for (std::size_t i = 0; i < count; ++i, ++at) {
                for (std::size_t c = 0; c < 4; ++c) {
                    if (columns[c] != nullptr) columns[c][i] = rows[at][c];
                }
            }
            return count;
        }
        void seek(std::span<const TermId>) override { FAIL("not asked for"); }
        std::size_t lookup(std::span<const TermId>, std::size_t&, std::uint32_t*,
                           std::span<TermId* const>, std::size_t) override {
            FAIL("not asked for");
            return 0;
        }
    };
    std::unique_ptr<RowCursor> scan(const ScanRequest& request) const override {
        CHECK(request.graphs.mode == GraphSelection::Mode::each);
        CHECK(std::is_sorted(request.graphs.graphs.begin(), request.graphs.graphs.end()));
        auto cursor = std::make_unique<Cursor>();
        for (const QuadIds& quad : quads_) {
            if (std::binary_search(request.graphs.graphs.begin(), request.graphs.graphs.end(),
                                   quad.graph)) {
                cursor->rows.push_back(to_row(quad, request.permutation));
            }
        }
        std::sort(cursor->rows.begin(), cursor->rows.end());
        return cursor;
    }
    std::uint64_t count(const ScanRequest&) const override { return 0; }
    std::uint64_t estimate(const ScanRequest&) const override { return 0; }
    std::span<const Permutation> permutations() const override { return permutations_; }
    std::vector<TermId> graphs() const override {
        std::set<TermId> graphs;
        for (const QuadIds& quad : quads_) {
            if (quad.graph != default_graph) graphs.insert(quad.graph);
        }
        return {graphs.begin(), graphs.end()};
    }
    PredicateStatistics statistics(TermId) const override { return {}; }

    const std::set<QuadIds>& quads() const { return quads_; }

  private:
    std::uint64_t number_;
    std::set<QuadIds> quads_;
    std::vector<Permutation> permutations_;
};

// A store of one dictionary and a set of quads.
struct World {
    std::shared_ptr<BlockStore> store = open_memory_block_store();
    std::shared_ptr<Dictionary> dictionary =
        std::make_shared<Dictionary>(store, DictionaryRoot{}, std::size_t{1} << 20);
    std::shared_ptr<const Held> state = std::make_shared<Held>(0, std::set<QuadIds>{});
    std::string directory;

    std::set<Statement> statements() const {
        std::set<Statement> all;
        for (const QuadIds& quad : state->quads()) {
            all.insert({dictionary->term(quad.subject), dictionary->term(quad.predicate),
                        dictionary->term(quad.object), dictionary->term(quad.graph)});
        }
        return all;
    }
};

class Target : public LoadTarget {
  public:
    Target(World& world, Shape shape) : world_(world), shape_(shape) {}

    std::shared_ptr<Dictionary> dictionary() override { return world_.dictionary; }
    std::shared_ptr<BlockStore> block_store() override { return world_.store; }
    std::shared_ptr<const Snapshot> state() override { return world_.state; }
    std::vector<Permutation> permutations() override {
        return {world_.state->permutations().begin(), world_.state->permutations().end()};
    }
    std::string temporary_directory() override { return world_.directory; }
    Shape shape(std::uint64_t, bool) override { return shape_; }
    void write(Permutation permutation, SortedRows& rows) override {
        take(permutation, rows, written_);
    }
    void write_removed(Permutation permutation, SortedRows& rows) override {
        CHECK(shape_ != Shape::base);
        take(permutation, rows, removed_);
    }
    void abandon() override {}
    CommitInfo publish(const PreparedLoad& load, const CommitOptions&) override {
        const auto batch = world_.store->batch();
        for (const TermEntry& entry : load.entries) {
            batch->put(entry.family, entry.key, entry.value);
        }
        world_.store->write(*batch, true);
        world_.dictionary->publish(load.dictionary);
        // All permutations hold the same rows.
        const auto& spo = written_[Permutation::spo];
        CHECK(spo.size() == load.statements);
        for (const auto& [permutation, quads] : written_) CHECK(quads == spo);
        for (const auto& [permutation, quads] : removed_)
            CHECK(quads == removed_[Permutation::spo]);
        std::set<QuadIds> after = spo;
        if (shape_ != Shape::base) {
            after.insert(world_.state->quads().begin(), world_.state->quads().end());
            for (const QuadIds& quad : removed_[Permutation::spo]) CHECK(after.erase(quad) == 1);
        }
        bool named = false;
        for (const QuadIds& quad : after) named = named || quad.graph != default_graph;
        if (shape_ != Shape::log) CHECK(written_.size() == (named ? 7u : 6u));
        world_.state = std::make_shared<Held>(world_.state->number() + 1, std::move(after));
        return {world_.state->number(), 0, 0};
    }

  private:
    void take(Permutation permutation, SortedRows& rows,
              std::map<Permutation, std::set<QuadIds>>& into) {
        std::set<QuadIds> quads;
        Row last{};
        std::vector<TermId> columns[4];
        for (auto& column : columns) column.resize(100);
        TermId* const pointers[] = {columns[0].data(), columns[1].data(), columns[2].data(),
                                    columns[3].data()};
        bool ordered = true;
        while (const std::size_t count = rows.next(pointers, 100)) {
            for (std::size_t i = 0; i < count; ++i) {
                const Row row{columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
                ordered = ordered && (quads.empty() || last < row);
                last = row;
                quads.insert(to_quad(row, permutation));
            }
        }
        const std::lock_guard lock(mutex_);
        CHECK(ordered);
        CHECK(into.emplace(permutation, std::move(quads)).second);
    }

    World& world_;
    const Shape shape_;
    std::mutex mutex_;
    std::map<Permutation, std::set<QuadIds>> written_, removed_;
};

struct Given {
    Statement statement;
    std::uint32_t scope = 0;
};

LoadCounts load(World& world, const std::vector<Given>& statements, LoadTarget::Shape shape,
                const LoadOptions& options = {}, unsigned workers = 2) {
    const auto bulk = make_bulk_load(std::make_unique<Target>(world, shape), options);
    std::vector<std::jthread> threads;
    for (unsigned w = 0; w < workers; ++w) {
        threads.emplace_back([&, w, worker = std::shared_ptr(bulk->worker())] {
            for (std::size_t i = w; i < statements.size(); i += workers) {
                worker->add(statements[i].statement.view(), statements[i].scope);
            }
            worker->flush();
        });
    }
    threads.clear();
    return bulk->finish();
}

Term random_object(std::mt19937_64& random, std::uint64_t range) {
    const std::string number = std::to_string(random() % range);
    switch (random() % 8) {
        case 0:
            return Term::integer(static_cast<std::int64_t>(random() % range));
        case 1:
            return Term::literal("text " + number);
        case 2:
            return Term::language_literal("text " + number, random() % 2 != 0 ? "en" : "de-AT");
        case 3:
            return Term::literal("0" + number, "http://www.w3.org/2001/XMLSchema#integer");
        case 4:
            return Term::literal(number, "http://example.org/type");
        case 5:
            return Term::literal(std::string(random() % 50, 'x') + number);
        default:
            return Term::iri("http://example.org/thing/" + number);
    }
}

std::vector<Given> random_statements(std::uint64_t seed, std::size_t count, std::uint64_t range,
                                     bool graphs) {
    std::mt19937_64 random(seed);
    std::vector<Given> statements;
    for (std::size_t i = 0; i < count; ++i) {
        Statement statement;
        statement.subject =
            Term::iri("http://example.org/thing/" + std::to_string(random() % range));
        statement.predicate = Term::iri("http://example.org/p" + std::to_string(random() % 20));
        statement.object = random_object(random, range);
        if (graphs && random() % 3 != 0) {
            statement.graph = Term::iri("http://example.org/graph" + std::to_string(random() % 5));
        }
        statements.push_back({statement, 0});
    }
    return statements;
}

std::set<Statement> set_of(const std::vector<Given>& statements) {
    std::set<Statement> set;
    for (const Given& given : statements) set.insert(given.statement);
    return set;
}

}  // namespace

TEST_CASE("a load into an empty store holds exactly the statements given", "[bulk_load]") {
    for (const bool graphs : {false, true}) {
        for (const auto shape : {LoadTarget::Shape::base, LoadTarget::Shape::log}) {
            World world;
            const auto statements = random_statements(1, 5'000, 700, graphs);
            const LoadCounts counts = load(world, statements, shape);
            const auto expected = set_of(statements);
            CHECK(counts.read == statements.size());
            CHECK(counts.added == expected.size());
            CHECK(counts.duplicates == statements.size() - expected.size());
            CHECK(world.statements() == expected);
            std::vector<std::string> problems;
            world.dictionary->verify(problems);
            CHECK(problems.empty());
        }
    }
}

TEST_CASE("an empty load is a load", "[bulk_load]") {
    World world;
    const LoadCounts counts = load(world, {}, LoadTarget::Shape::log);
    CHECK(counts.read == 0);
    CHECK(counts.added == 0);
    CHECK(world.statements().empty());
}

TEST_CASE("a load in very little memory equals one in plenty", "[bulk_load]") {
    const auto statements = random_statements(2, 60'000, 20'000, true);
    World plenty, little;
    LoadOptions options;
    const LoadCounts expected = load(plenty, statements, LoadTarget::Shape::base, options);
    options.memory_bytes = 1 << 20;
    const auto directory = std::filesystem::temp_directory_path() /
                           ("dossier-load-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    little.directory = directory;
    const LoadCounts counts = load(little, statements, LoadTarget::Shape::base, options, 3);
    CHECK(std::filesystem::is_empty(directory));
    std::filesystem::remove_all(directory);
    CHECK(counts.added == expected.added);
    CHECK(counts.duplicates == expected.duplicates);
    CHECK(little.state->quads() == plenty.state->quads());
    CHECK(little.statements() == plenty.statements());
}

TEST_CASE("loads one after the other, in every shape, hold what a set would hold", "[bulk_load]") {
    World world;
    std::set<Statement> expected;
    std::uint64_t seed = 10;
    for (const auto shape :
         {LoadTarget::Shape::base, LoadTarget::Shape::runs, LoadTarget::Shape::base,
          LoadTarget::Shape::log, LoadTarget::Shape::base}) {
        ++seed;
        const auto statements = random_statements(seed, 3'000, 300, seed > 12);
        const std::size_t before = expected.size();
        expected.merge(set_of(statements));
        const LoadCounts counts = load(world, statements, shape);
        CHECK(counts.added == expected.size() - before);
        CHECK(counts.read == statements.size());
        CHECK(world.statements() == expected);
    }
    std::vector<std::string> problems;
    world.dictionary->verify(problems);
    CHECK(problems.empty());
}

TEST_CASE("a known term keeps its id in every position", "[bulk_load]") {
    World world;
    const Term a = Term::iri("http://example.org/a"), b = Term::iri("http://example.org/b"),
               p = Term::iri("http://example.org/p");
    load(world, {{{a, p, b, Term()}}}, LoadTarget::Shape::base);
    const TermId a_id = *world.dictionary->find(a.view()), p_id = *world.dictionary->find(p.view());
    CHECK(a_id.tag() == Tag::iri);
    CHECK(p_id.tag() == Tag::name);
    // What was a subject becomes a predicate, and the other way round.
    load(world, {{{p, a, b, a}}}, LoadTarget::Shape::base);
    CHECK(world.dictionary->find(a.view()) == a_id);
    CHECK(world.dictionary->find(p.view()) == p_id);
    CHECK(world.state->quads().contains({p_id, a_id, *world.dictionary->find(b.view()), a_id}));
}

TEST_CASE("an IRI used as predicate anywhere in a load is a name", "[bulk_load]") {
    World world;
    std::vector<Given> statements;
    for (int i = 0; i < 10; ++i) {
        const Term p = Term::iri("http://example.org/p" + std::to_string(i));
        statements.push_back(
            {{p, Term::iri("http://example.org/label"), Term::literal("x"), Term()}});
        statements.push_back({{Term::iri("http://example.org/s"), p, Term::literal("y"), Term()}});
    }
    load(world, statements, LoadTarget::Shape::base);
    for (int i = 0; i < 10; ++i) {
        const Term p = Term::iri("http://example.org/p" + std::to_string(i));
        CHECK(world.dictionary->find(p.view())->tag() == Tag::name);
    }
}

TEST_CASE("blank nodes are one within a scope and apart between scopes and loads", "[bulk_load]") {
    World world;
    const Term p = Term::iri("http://example.org/p");
    std::vector<Given> statements;
    // The same labels meet in several workers and chunks.
    for (int i = 0; i < 2'000; ++i) {
        for (std::uint32_t scope : {0u, 1u}) {
            statements.push_back(
                {{Term::blank_node("n" + std::to_string(i % 50)), p, Term::integer(i), Term()},
                 scope});
        }
    }
    LoadOptions options;
    options.memory_bytes = 1 << 16;
    const LoadCounts counts = load(world, statements, LoadTarget::Shape::base, options, 4);
    CHECK(counts.added == 4'000);
    std::map<TermId, int> nodes;
    for (const QuadIds& quad : world.state->quads()) {
        CHECK(quad.subject.tag() == Tag::blank_node);
        ++nodes[quad.subject];
    }
    CHECK(nodes.size() == 100);
    for (const auto& [node, count] : nodes) CHECK(count == 40);
    CHECK(load(world, statements, LoadTarget::Shape::base).added == 4'000);
}

TEST_CASE("many terms go into segments, and the next load finds them there", "[bulk_load]") {
    World world;
    std::vector<Given> statements;
    const Term p = Term::iri("http://example.org/p");
    for (int i = 0; i < 40'000; ++i) {
        statements.push_back({{Term::iri("http://example.org/s" + std::to_string(i)), p,
                               Term::literal("text " + std::to_string(i)), Term()}});
    }
    load(world, statements, LoadTarget::Shape::base);
    CHECK(world.dictionary->root().segments.size() == 2);
    const auto counters = world.dictionary->counters();
    CHECK(load(world, statements, LoadTarget::Shape::base).added == 0);
    CHECK(world.dictionary->counters() == counters);
    CHECK(world.dictionary->root().segments.size() == 2);
    CHECK(world.statements() == set_of(statements));
}

TEST_CASE("long terms have blocks of their own", "[bulk_load]") {
    World world;
    std::vector<Given> statements;
    const Term p = Term::iri("http://example.org/p");
    for (int i = 0; i < 600; ++i) {
        const std::string number = std::to_string(i);
        statements.push_back({{Term::iri("http://example.org/s" + number), p,
                               Term::literal(std::string(20'000, 'x') + number), Term()}});
        statements.push_back({{Term::iri("http://example.org/s" + number), p,
                               Term::literal("short " + number), Term()}});
    }
    load(world, statements, LoadTarget::Shape::base);
    const auto segments = world.dictionary->root().segments;
    CHECK(std::count_if(segments.begin(), segments.end(), [](const TermSegmentRoot& segment) {
              return segment.block_terms == 1 && segment.terms == 600;
          }) == 1);
    CHECK(world.statements() == set_of(statements));
    CHECK(load(world, statements, LoadTarget::Shape::base).added == 0);
    std::vector<std::string> problems;
    world.dictionary->verify(problems);
    CHECK(problems.empty());
}

TEST_CASE("nested triple terms are one term however often they are met", "[bulk_load]") {
    for (const std::size_t memory : {std::size_t{1} << 30, std::size_t{1} << 16}) {
        World world;
        const Term p = Term::iri("http://example.org/p"),
                   r = Term::iri("http://example.org/reifies");
        std::vector<Given> statements;
        for (int i = 0; i < 3'000; ++i) {
            const Term inner =
                Term::triple(Term::iri("http://example.org/s" + std::to_string(i % 70)), p,
                             Term::integer(i % 11));
            const Term outer = Term::triple(Term::iri("http://example.org/who"), r, inner);
            const Term deepest = Term::triple(Term::blank_node("b"), r, outer);
            const Term object = i % 3 == 0 ? inner : i % 3 == 1 ? outer : deepest;
            if (i % 3 == 2) continue;  // with a blank node the set below could not compare
            statements.push_back(
                {{Term::iri("http://example.org/r" + std::to_string(i)), r, object, Term()}});
        }
        LoadOptions options;
        options.memory_bytes = memory;
        const LoadCounts counts = load(world, statements, LoadTarget::Shape::base, options);
        CHECK(counts.added == statements.size());
        CHECK(world.statements() == set_of(statements));
        const std::uint64_t distinct = world.dictionary->triples().size();
        std::set<Term> terms;
        for (const Given& given : statements) {
            terms.insert(given.statement.object);
            if (given.statement.object.object().is_triple()) {
                terms.insert(given.statement.object.object());
            }
        }
        CHECK(distinct == terms.size());
        // Again: nothing is new.
        CHECK(load(world, statements, LoadTarget::Shape::base).added == 0);
        CHECK(world.dictionary->triples().size() == distinct);
        std::vector<std::string> problems;
        world.dictionary->verify(problems);
        CHECK(problems.empty());
    }
}

TEST_CASE("replaced graphs hold what the load brings and nothing else", "[bulk_load]") {
    for (const auto shape : {LoadTarget::Shape::base, LoadTarget::Shape::log}) {
        World world;
        const auto first = random_statements(20, 2'000, 100, true);
        load(world, first, LoadTarget::Shape::base);
        const Term replaced = Term::iri("http://example.org/graph1");
        auto second = random_statements(21, 1'000, 100, true);
        // Some of what was there comes again.
        second.insert(second.end(), first.begin(), first.begin() + 500);
        std::set<Statement> expected = set_of(second);
        std::uint64_t added = 0;
        const auto before = set_of(first);
        for (const Statement& statement : expected) added += before.contains(statement) ? 0 : 1;
        for (const Statement& statement : before) {
            if (statement.graph != replaced && statement.graph != Term())
                expected.insert(statement);
        }
        LoadOptions options;
        options.replace_graphs = {replaced, Term(), Term::iri("http://example.org/unknown")};
        const LoadCounts counts = load(world, second, shape, options);
        CHECK(counts.added == added);
        CHECK(world.statements() == expected);
    }
}

TEST_CASE("a cancelled load leaves nothing behind", "[bulk_load]") {
    World world;
    const auto directory = std::filesystem::temp_directory_path() /
                           ("dossier-cancel-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
    world.directory = directory;
    const auto statements = random_statements(30, 30'000, 3'000, false);
    std::stop_source source;
    LoadOptions options;
    options.memory_bytes = 1 << 18;
    options.stop = source.get_token();
    SECTION("while statements are given") {
        const auto bulk =
            make_bulk_load(std::make_unique<Target>(world, LoadTarget::Shape::base), options);
        const auto worker = bulk->worker();
        source.request_stop();
        CHECK_THROWS_AS(
            [&] {
                for (const Given& given : statements) worker->add(given.statement.view(), 0);
            }(),
            Interrupted);
    }
    SECTION("while it finishes") {
        const auto bulk =
            make_bulk_load(std::make_unique<Target>(world, LoadTarget::Shape::base), options);
        const auto worker = bulk->worker();
        for (const Given& given : statements) worker->add(given.statement.view(), 0);
        worker->flush();
        source.request_stop();
        CHECK_THROWS_AS(bulk->finish(), Interrupted);
    }
    CHECK(world.statements().empty());
    CHECK(std::filesystem::is_empty(directory));
    std::filesystem::remove_all(directory);
    CHECK(world.dictionary->term_count() == 0);
    // The store loads as if nothing had been.
    CHECK(load(world, statements, LoadTarget::Shape::base).read == statements.size());
    CHECK(world.statements() == set_of(statements));
}

TEST_CASE("strings that begin alike are sorted as their bytes are", "[term_sorter]") {
    // Covered through the load: ids of a segment ascend with the text.
    World world;
    std::vector<Given> statements;
    std::mt19937_64 random(40);
    const Term s = Term::iri("http://example.org/s"), p = Term::iri("http://example.org/p");
    for (int i = 0; i < 20'000; ++i) {
        std::string text(random() % 40, 'a');
        for (std::uint64_t n = random() % 12; n > 0; --n) {
            text += static_cast<char>(random() % 3 != 0 ? random() % 2 : 0x80 + random() % 0x7F);
        }
        statements.push_back({{s, p, Term::literal(text), Term()}});
    }
    load(world, statements, LoadTarget::Shape::base);
    std::map<TermId, std::string> texts;
    for (const QuadIds& quad : world.state->quads()) {
        texts[quad.object] = world.dictionary->term(quad.object).text();
    }
    std::string last;
    bool ordered = true;
    for (const auto& [id, text] : texts) {
        ordered = ordered && (last.empty() || last < text);
        last = text;
    }
    CHECK(ordered);
    CHECK(world.statements() == set_of(statements));
}
