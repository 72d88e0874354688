#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include "storage/row.h"
#include "storage/store.h"

// What a store should hold, as plain sets, and the comparison of a snapshot with it.

namespace dossier::storage {

using Model = std::set<QuadIds>;

class TestDirectory {
  public:
    TestDirectory() {
        std::string name =
            (std::filesystem::temp_directory_path() / "dossier-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TestDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;
    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

inline std::vector<Row> rows_of(const Snapshot& snapshot, const ScanRequest& request,
                                std::size_t capacity = 100) {
    std::vector<Row> rows;
    std::array<std::vector<TermId>, 4> columns;
    std::array<TermId*, 4> pointers{};
    for (std::size_t i = 0; i < 4; ++i) {
        columns[i].resize(capacity);
        pointers[i] = columns[i].data();
    }
    const auto cursor = snapshot.scan(request);
    while (const std::size_t count = cursor->next(pointers, capacity)) {
        for (std::size_t i = 0; i < count; ++i) {
            rows.push_back({columns[0][i], columns[1][i], columns[2][i], columns[3][i]});
        }
    }
    return rows;
}

// The default graph and every named one that the model has.
inline GraphSelection every_graph(const Model& model) {
    std::set<TermId> graphs{default_graph};
    for (const QuadIds& quad : model) {
        graphs.insert(quad.graph);
    }
    GraphSelection selection;
    selection.mode = GraphSelection::Mode::each;
    selection.graphs.assign(graphs.begin(), graphs.end());
    return selection;
}

// Empty when the snapshot holds exactly the model in all of its permutations; else what differs.
inline std::string difference(const Snapshot& snapshot, const Model& model) {
    for (const Permutation permutation : snapshot.permutations()) {
        if (is_triple_permutation(permutation)) {
            continue;
        }
        const std::string name = "permutation " + std::to_string(static_cast<int>(permutation));
        std::vector<Row> expected;
        for (const QuadIds& quad : model) {
            expected.push_back(to_row(quad, permutation));
        }
        std::sort(expected.begin(), expected.end());
        ScanRequest request;
        request.permutation = permutation;
        request.graphs = every_graph(model);
        const std::vector<Row> found = rows_of(snapshot, request);
        if (found != expected) {
            return name + ": " + std::to_string(found.size()) + " rows, expected " +
                   std::to_string(expected.size());
        }
        if (snapshot.count(request) != expected.size()) {
            return name + ": count() says " + std::to_string(snapshot.count(request)) +
                   ", expected " + std::to_string(expected.size());
        }
    }
    std::vector<TermId> graphs = every_graph(model).graphs;
    std::erase(graphs, default_graph);
    if (snapshot.graphs() != graphs) {
        return "graphs() names " + std::to_string(snapshot.graphs().size()) + " graphs, expected " +
               std::to_string(graphs.size());
    }
    return {};
}

// Random statements over few terms, so that they meet again.
class RandomQuads {
  public:
    explicit RandomQuads(std::uint64_t seed) : random_(seed) {}

    std::uint64_t number(std::uint64_t limit) { return random_() % limit; }

    std::string subject() { return "http://example.org/s" + std::to_string(number(40)); }
    std::string predicate() { return "http://example.org/p" + std::to_string(number(5)); }
    std::string graph() { return "http://example.org/g" + std::to_string(number(4)); }

    // Interns its terms in the transaction.
    QuadIds quad(Transaction& transaction, bool named_graphs) {
        QuadIds quad;
        quad.subject = transaction.intern(TermView::iri(subject()));
        quad.predicate = transaction.intern_name(TermView::iri(predicate()));
        switch (number(4)) {
            case 0:
                quad.object = transaction.intern(TermView::iri(subject()));
                break;
            case 1:
                quad.object = transaction.intern(TermView::literal(
                    std::to_string(number(30)), "http://www.w3.org/2001/XMLSchema#integer"));
                break;
            case 2: {
                const std::string text = "label " + std::to_string(number(60));
                quad.object = transaction.intern(TermView::language_literal(text, "en"));
                break;
            }
            default: {
                const std::string s = subject();
                const std::string p = predicate();
                const TripleView triple{TermView::iri(s), TermView::iri(p), TermView::literal("x")};
                quad.object = transaction.intern(TermView::triple(triple));
            }
        }
        quad.graph = named_graphs && number(3) == 0
                         ? transaction.intern_name(TermView::iri(graph()))
                         : default_graph;
        return quad;
    }

    std::mt19937_64& engine() { return random_; }

  private:
    std::mt19937_64 random_;
};

}  // namespace dossier::storage
