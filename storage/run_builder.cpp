#include "storage/run_builder.h"

#include <algorithm>
#include <array>
#include <exception>
#include <limits>
#include <span>

#include "storage/store_core.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

namespace {

// More runs than this and reading has to look into too many of them: they go into the base blocks.
constexpr std::size_t most_runs = 8;

std::size_t runs_of(const StoreRoot& root, Permutation permutation) {
    for (const PermutationRoot& found : root.permutations) {
        if (found.permutation == permutation) {
            return found.runs.size();
        }
    }
    return 0;
}

// Graphs of one group are sorted in memory; a graph above this is a group of its own and is not.
constexpr std::uint64_t most_sorted_rows = std::uint64_t{1} << 20;
constexpr std::size_t batch_rows = 4096;

// The rows of some neighbouring graphs, from a scan of spo: those of one graph come in the order
// that gspo wants already.
void add_graphs(GenerationBuilder& builder, const State& state, Permutation permutation,
                std::span<const TermId> graphs) {
    ScanRequest request;
    request.permutation = Permutation::spo;
    request.graphs.mode = GraphSelection::Mode::each;
    request.graphs.graphs.assign(graphs.begin(), graphs.end());
    const auto cursor = state.index(Permutation::spo)->scan(request, state.number);
    const bool streams = graphs.size() == 1 && permutation == Permutation::gspo;
    std::array<std::vector<TermId>, 4> columns;
    std::array<TermId*, 4> pointers{};
    for (std::size_t i = 0; i < 4; ++i) {
        columns[i].resize(batch_rows);
        pointers[i] = columns[i].data();
    }
    std::vector<Row> rows;
    while (const std::size_t count = cursor->next(pointers, batch_rows)) {
        for (std::size_t i = 0; i < count; ++i) {
            rows.push_back(
                to_row({columns[0][i], columns[1][i], columns[2][i], columns[3][i]}, permutation));
        }
        if (streams) {
            builder.add(rows);
            rows.clear();
        }
    }
    std::sort(rows.begin(), rows.end());
    builder.add(rows);
}

}  // namespace

std::shared_ptr<PermutationIndex> build_graph_index(StoreCore& core, const State& state,
                                                    Permutation permutation,
                                                    const GraphCounts& counts) {
    GenerationBuilder builder(core.blocks(), permutation, core.reserve_generations(1));
    std::vector<TermId> group;
    std::uint64_t group_rows = 0;
    const auto write_group = [&] {
        if (!group.empty()) {
            add_graphs(builder, state, permutation, group);
        }
        group.clear();
        group_rows = 0;
    };
    for (const auto& [graph, rows] : counts) {
        if (group_rows + rows > most_sorted_rows) {
            write_group();
        }
        group.push_back(graph);
        group_rows += rows;
    }
    write_group();
    return PermutationIndex::create(core.cache(), permutation)
        ->replace_base(builder.finish(), state.number);
}

std::shared_ptr<State> with_runs(StoreCore& core, const State& state) {
    auto next = std::make_shared<State>(state);
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        auto& index = next->indexes[i];
        if (!index) {
            continue;
        }
        const auto permutation = static_cast<Permutation>(i);
        index = index->make_run(core.blocks(), core.reserve_generations(1), state.number);
        if (runs_of(core.writer().root, permutation) + 1 > most_runs) {
            index = index->fold(core.blocks(), core.reserve_generations(1), state.number, 0.0,
                                std::numeric_limits<std::size_t>::max());
        }
    }
    auto& by_graph = next->indexes[static_cast<std::size_t>(Permutation::gspo)];
    if (!by_graph && !state.graphs->empty()) {
        by_graph = build_graph_index(core, state, Permutation::gspo, core.writer().graph_counts);
    }
    return next;
}

void StoreCore::fold_log() {
    throw_if_read_only();
    const std::shared_ptr<const State> state = commits_.newest();
    const bool lacks_graphs = !state->index(Permutation::gspo) && !state->graphs->empty();
    if (state->number == writer_.root.number && !lacks_graphs) {
        return;
    }
    std::shared_ptr<State> next = with_runs(*this, *state);
    DictionaryRoot dictionary = dictionary_->root();
    constexpr std::uint64_t most_triples_in_memory = 20'000;
    if (dictionary_->triples().unfolded() > most_triples_in_memory) {
        dictionary.triples = dictionary_->triples().fold();
    }
    publish_root(std::move(next), blocks_->batch(), dictionary, nullptr);
}

void StoreCore::fold_when_due() {
    constexpr std::uint64_t most_unfolded = 100'000;
    if (commits_.newest()->unfolded_changes <= most_unfolded || folding_.exchange(true)) {
        return;
    }
    // The thread before this one is over, or folding_ would be set.
    folder_ = std::jthread([this](const std::stop_token& stop) {
        try {
            // Short enough for finish() to wait for; who writes all the time is asked again.
            const HeldRight right(right_, std::chrono::seconds(5));
            if (!stop.stop_requested()) {
                fold_log();
            }
        } catch (const std::exception& error) {
            log(error.what());
        }
        folding_ = false;
    });
}

}  // namespace dossier::storage
