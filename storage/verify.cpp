#include "storage/verify.h"

#include <array>
#include <exception>

#include <dossier/error.h>

#include "storage/committed_snapshot.h"
#include "storage/store_core.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

namespace {

using Problems = std::vector<std::string>;

constexpr std::array<std::string_view, statement_permutations> permutation_names{
    "spo", "sop", "pso", "pos", "osp", "ops", "gspo", "gpos", "gosp"};

// One part of the check; damage that stops it is a finding, not the end of the whole.
template <typename Check>
void run(Problems& problems, std::string_view part, Check check) {
    try {
        check();
    } catch (const std::exception& error) {
        problems.push_back(std::string(part) + ": " + error.what());
    }
}

GraphSelection all_graphs(const State& state) {
    GraphSelection graphs;
    graphs.mode = GraphSelection::Mode::each;
    graphs.graphs.push_back(default_graph);
    graphs.graphs.insert(graphs.graphs.end(), state.graphs->begin(), state.graphs->end());
    return graphs;
}

// Counts and sums of a permutation, by reading its rows as a query does.
void check_rows(Problems& problems, const State& state, Permutation permutation) {
    const PermutationIndex& index = *state.index(permutation);
    ScanRequest request;
    request.permutation = permutation;
    request.graphs = all_graphs(state);
    const auto cursor = index.scan(request, state.number);
    constexpr std::size_t batch_rows = 1024;
    std::array<std::array<TermId, batch_rows>, 4> columns;
    const std::array<TermId*, 4> pointers{columns[0].data(), columns[1].data(), columns[2].data(),
                                          columns[3].data()};
    std::uint64_t rows = 0;
    RowSum sum;
    Row before{};
    bool ascending = true;
    while (const std::size_t count = cursor->next(pointers, batch_rows)) {
        for (std::size_t i = 0; i < count; ++i) {
            const Row row{columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
            ascending = ascending && (rows == 0 || before < row);
            before = row;
            ++rows;
            sum += row_hash(to_quad(row, permutation));
        }
    }
    const std::string name(permutation_names[static_cast<std::size_t>(permutation)]);
    if (!ascending) {
        problems.push_back(name + ": rows are not in order");
    }
    if (rows != state.statements) {
        problems.push_back(name + ": " + std::to_string(rows) + " rows where the log counts " +
                           std::to_string(state.statements) + " statements");
    }
    if (sum != index.sum(state.number)) {
        problems.push_back(name + ": the sum over its rows is not the one its directory gives");
    }
    if (sum != state.index(Permutation::spo)->sum(state.number)) {
        problems.push_back(name + ": holds other statements than spo");
    }
    const std::uint64_t counted = index.count(request, state.number);
    if (counted != rows) {
        problems.push_back(name + ": counts " + std::to_string(counted) + " rows but gives " +
                           std::to_string(rows));
    }
}

// Every id in a column has a term. The permutation starts with that column.
void check_ids(Problems& problems, const State& state, const Dictionary& dictionary,
               Permutation permutation, std::string_view role) {
    ScanRequest request;
    request.permutation = permutation;
    request.graphs = all_graphs(state);
    const auto cursor = state.index(permutation)->scan(request, state.number);
    constexpr std::size_t batch_rows = 1024;
    std::array<TermId, batch_rows> first{};
    const std::array<TermId*, 4> pointers{first.data(), nullptr, nullptr, nullptr};
    std::vector<TermId> ids;
    while (const std::size_t count = cursor->next(pointers, batch_rows)) {
        for (std::size_t i = 0; i < count; ++i) {
            if (first[i] != default_graph && (ids.empty() || ids.back() != first[i])) {
                ids.push_back(first[i]);
            }
        }
        if (ids.empty()) {
            continue;
        }
        const TermId last = ids.back();
        try {
            dictionary.terms(ids, [](std::size_t, const TermView&) {});
        } catch (const std::exception& error) {
            problems.push_back("an id used as " + std::string(role) +
                               " has no term: " + error.what());
            return;
        }
        ids.assign(1, last);
    }
}

void check_graphs(Problems& problems, const State& state) {
    std::uint64_t total = 0;
    GraphSelection graphs = all_graphs(state);
    for (const TermId graph : graphs.graphs) {
        ScanRequest request;
        request.graphs.graph = graph;
        if (state.index(Permutation::gspo)) {
            request.permutation = Permutation::gspo;
            request.prefix[0] = graph;
            request.prefix_length = 1;
        }
        const std::uint64_t count = state.index(request.permutation)->count(request, state.number);
        total += count;
        if (count == 0 && graph != default_graph) {
            problems.push_back("a graph is listed but holds no statement");
        }
    }
    if (total != state.statements) {
        problems.push_back("the graphs hold " + std::to_string(total) +
                           " statements together, not " + std::to_string(state.statements));
    }
}

void check_log(Problems& problems, const StoreCore& core, const State& state) {
    CommitLogReader log(*core.blocks(), 0, core.header().first_hash(), false);
    std::uint64_t number = 0;
    while (const auto commit = log.next()) {
        number = commit->header.number;
        if (number == state.number) {
            if (commit->hash != state.header_hash) {
                problems.push_back("the log's last header is not the one the store opened with");
            }
            return;
        }
    }
    if (number < state.number) {
        problems.push_back("the log ends at commit " + std::to_string(number) + ", before commit " +
                           std::to_string(state.number));
    }
}

}  // namespace

std::vector<std::string> verify_store(const std::shared_ptr<StoreCore>& core) {
    const CoreReference reference(core);
    const std::shared_ptr<const State> state = core->commits().published();
    Problems problems;
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        if (!state->indexes[i]) {
            continue;
        }
        run(problems, permutation_names[i], [&] {
            for (const std::string& problem : state->indexes[i]->verify()) {
                problems.push_back(std::string(permutation_names[i]) + ": " + problem);
            }
            check_rows(problems, *state, static_cast<Permutation>(i));
        });
    }
    run(problems, "graphs", [&] { check_graphs(problems, *state); });
    run(problems, "dictionary", [&] {
        core->dictionary()->verify(problems);
        core->dictionary()->triples().verify(problems);
    });
    const auto ids = [&](Permutation permutation, std::string_view role) {
        run(problems, role,
            [&] { check_ids(problems, *state, *core->dictionary(), permutation, role); });
    };
    ids(Permutation::spo, "subject");
    ids(Permutation::pso, "predicate");
    ids(Permutation::osp, "object");
    if (state->index(Permutation::gspo)) {
        ids(Permutation::gspo, "graph");
    }
    run(problems, "log", [&] { check_log(problems, *core, *state); });
    run(problems, "files", [&] {
        for (const std::string& problem : core->blocks()->verify()) {
            problems.push_back("files: " + problem);
        }
    });
    return problems;
}

}  // namespace dossier::storage
