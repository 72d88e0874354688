#include "storage/run_builder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <limits>
#include <span>
#include <stop_token>

#include <dossier/error.h>

#include "storage/disk_full.h"
#include "storage/store_core.h"
#include "storage/triple_dictionary.h"

namespace dossier::storage {

namespace {

// More runs than this and reading has to look into too many of them: they go into the base blocks.
constexpr std::size_t most_runs = 8;

// A run and a fold in each permutation.
constexpr std::uint64_t most_fold_generations = 2 * statement_permutations;

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
                                                    const GraphCounts& counts,
                                                    std::uint64_t generation) {
    GenerationBuilder builder(core.blocks(), permutation, generation);
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

std::shared_ptr<State> with_runs(StoreCore& core, const State& state, const GraphCounts& counts,
                                 std::uint64_t generation,
                                 const std::vector<std::size_t>& runs_before) {
    auto next = std::make_shared<State>(state);
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        auto& index = next->indexes[i];
        if (!index) {
            continue;
        }
        index = index->make_run(core.blocks(), generation++, state.number);
        if (runs_before[i] + 1 > most_runs) {
            index = index->fold(core.blocks(), generation++, state.number, 0.0,
                                std::numeric_limits<std::size_t>::max());
        }
    }
    auto& by_graph = next->indexes[static_cast<std::size_t>(Permutation::gspo)];
    if (!by_graph && !state.graphs->empty()) {
        by_graph = build_graph_index(core, state, Permutation::gspo, counts, generation++);
    }
    return next;
}

std::vector<std::size_t> runs_of(const StoreRoot& root) {
    std::vector<std::size_t> runs(statement_permutations);
    for (const PermutationRoot& permutation : root.permutations) {
        runs[static_cast<std::size_t>(permutation.permutation)] = permutation.runs.size();
    }
    return runs;
}

namespace {

// The right, however long that takes; nothing when the store is to be closed first.
std::unique_ptr<HeldRight> wait_for_right(WriterRight& right, const std::stop_token& stop) {
    while (true) {
        try {
            return std::make_unique<HeldRight>(right, std::chrono::seconds(1));
        } catch (const Conflict&) {
            if (stop.stop_requested()) {
                return nullptr;
            }
        }
    }
}

// The generations of a fold that is not published. Those that cannot be dropped now go when the
// store is opened the next time.
void drop_made(const StoreCore& core, std::uint64_t first) noexcept {
    try {
        for (std::size_t i = 0; i < statement_permutations; ++i) {
            const auto permutation = static_cast<Permutation>(i);
            for (const std::uint64_t generation : list_generations(*core.blocks(), permutation)) {
                if (generation >= first && generation < first + most_fold_generations) {
                    drop_generation(*core.blocks(), permutation, generation);
                }
            }
        }
    } catch (const std::exception& error) {
        core.log(error.what());
    }
}

}  // namespace

std::shared_ptr<State> StoreCore::folded(const State& state) {
    return with_runs(*this, state, writer_.graph_counts, reserve_generations(most_fold_generations),
                     runs_of(writer_.root));
}

bool StoreCore::has_unfolded(const State& state) const {
    const bool lacks_graphs = !state.index(Permutation::gspo) && !state.graphs->empty();
    return state.number != writer_.root.number || lacks_graphs;
}

DictionaryRoot StoreCore::folded_dictionary() {
    DictionaryRoot dictionary = dictionary_->root();
    constexpr std::uint64_t most_triples_in_memory = 20'000;
    if (dictionary_->triples().unfolded() > most_triples_in_memory) {
        dictionary.triples = dictionary_->triples().fold();
    }
    return dictionary;
}

void StoreCore::fold_log() {
    throw_if_read_only();
    const std::shared_ptr<const State> state = commits_.newest();
    if (!has_unfolded(*state)) {
        return;
    }
    publish_root(folded(*state), blocks_->batch(), folded_dictionary(), nullptr);
}

void StoreCore::fold_beside_writers(const std::stop_token& stop) {
    std::shared_ptr<const State> state;
    std::uint64_t generation = 0;
    GraphCounts counts;
    std::vector<std::size_t> runs;
    {
        const HeldRight right(right_, std::chrono::seconds(5));
        throw_if_read_only();
        state = commits_.newest();
        if (!has_unfolded(*state)) {
            return;
        }
        generation = reserve_generations(most_fold_generations);
        counts = writer_.graph_counts;
        runs = runs_of(writer_.root);
    }
    // What is to be folded never changes any more: writers go on meanwhile.
    std::shared_ptr<State> made;
    try {
        made = with_runs(*this, *state, counts, generation, runs);
    } catch (...) {
        drop_made(*this, generation);
        throw;
    }

    const std::unique_ptr<HeldRight> right = wait_for_right(right_, stop);
    const std::shared_ptr<const State> newest = commits_.newest();
    bool superseded = !right;
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        superseded |= state->indexes[i] != newest->indexes[i];
    }
    if (superseded) {
        // A load has replaced what this was made from, or a first named graph has brought gspo with
        // it, or the store is being closed and somebody still writes.
        drop_made(*this, generation);
        return;
    }
    auto next = std::make_shared<State>(*newest);
    for (std::size_t i = 0; i < statement_permutations; ++i) {
        if (!made->indexes[i] || made->indexes[i] == newest->indexes[i]) {
            continue;
        }
        if (state->indexes[i]) {
            made->indexes[i]->take_later(*newest->indexes[i]);
        } else {
            for (const auto& layer : writer_.layers) {
                if (layer->first_commit() > state->number) {
                    made->indexes[i]->append(layer);
                }
            }
        }
        next->indexes[i] = made->indexes[i];
    }
    const RootPoint point{*state, counts};
    try {
        publish_root(std::move(next), blocks_->batch(), folded_dictionary(), nullptr, &point);
    } catch (const DiskFull&) {
        drop_made(*this, generation);  // nothing has happened
        throw;
    }
}

void StoreCore::fold_when_due() {
    // So many are waiting that whoever brings more has to wait himself: memory is bounded.
    if (commits_.newest()->unfolded_changes > fold_limits_.most_waiting) {
        folding_.wait(true);
    }
    if (commits_.newest()->unfolded_changes <= fold_limits_.most_unfolded ||
        folding_.exchange(true)) {
        return;
    }
    // The thread before this one is over or about to be, or folding_ would be set.
    const std::lock_guard lock(folder_mutex_);
    folder_ = std::jthread([this](const std::stop_token& stop) {
        try {
            fold_beside_writers(stop);
        } catch (const std::exception& error) {
            log(error.what());
        }
        folding_ = false;
        folding_.notify_all();
    });
}

}  // namespace dossier::storage
