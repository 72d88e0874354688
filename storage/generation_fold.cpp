#include <algorithm>
#include <array>
#include <limits>

#include <dossier/error.h>
#include <fmt/format.h>

#include "storage/column_block.h"
#include "storage/generation_builder.h"
#include "storage/merged_blocks.h"
#include "storage/permutation_index.h"

// Runs and folding (docs/format.md): how unfolded changes leave memory and enter the base.

namespace dossier::storage {
namespace {

// Gathers rows for a builder, columns apart.
class RowBuffer {
  public:
    explicit RowBuffer(GenerationBuilder& builder) : builder_(builder) {}

    void add(const Row& row) {
        for (std::size_t column = 0; column < 4; ++column) {
            columns_[column][size_] = row[column];
        }
        if (++size_ == capacity) {
            flush();
        }
    }
    void add(const Row& row, Version version) {
        versions_[size_] = version;
        has_versions_ = true;
        add(row);
    }
    void flush() {
        const std::array<const TermId*, 4> pointers{columns_[0].data(), columns_[1].data(),
                                                    columns_[2].data(), columns_[3].data()};
        if (size_ > 0) {
            if (has_versions_) {
                builder_.add(pointers, versions_.data(), size_);
            } else {
                builder_.add(pointers, size_);
            }
        }
        size_ = 0;
    }

  private:
    static constexpr std::size_t capacity = 256;
    GenerationBuilder& builder_;
    std::array<std::array<TermId, capacity>, 4> columns_;
    std::array<Version, capacity> versions_;
    std::size_t size_ = 0;
    bool has_versions_ = false;
};

void add_merged(const BlockView& view, RowBuffer& rows) {
    std::array<std::array<std::uint64_t, blocks::mini_rows>, 4> columns;
    static const Splices none;
    const Splices& splices = view.splices == nullptr ? none : *view.splices;
    auto splice = splices.list.begin();
    const std::size_t base_rows = view.base_rows();
    for (std::size_t position = 0; position <= base_rows; ++position) {
        bool removed = false;
        for (; splice != splices.list.end() && splice->position == position; ++splice) {
            if (splice->row == Splices::removal) {
                removed = true;
            } else {
                rows.add(splices.rows[splice->row]);
            }
        }
        if (position == base_rows) {
            break;
        }
        const std::size_t index = position % blocks::mini_rows;
        if (index == 0) {
            for (std::size_t column = 0; column < 4; ++column) {
                view.block->decode(column, position / blocks::mini_rows, columns[column].data());
            }
        }
        if (!removed) {
            rows.add({TermId{columns[0][index]}, TermId{columns[1][index]},
                      TermId{columns[2][index]}, TermId{columns[3][index]}});
        }
    }
}

// How many changes up to a number each block has.
std::vector<std::size_t> changes_by_block(const MergedBlocks& blocks, std::uint64_t number) {
    const Directory& base = blocks.base();
    std::vector<std::size_t> result(blocks.block_count(), 0);
    // Many blocks at a time, so that blocks of runs are decoded few times; not all, for memory.
    constexpr std::size_t step = 64;
    for (std::size_t first = 0; first < result.size(); first += step) {
        const std::size_t limit = std::min(first + step, result.size());
        RowBounds bounds;
        if (first > 0) {
            bounds.low = base[first].first;
            bounds.low_length = 4;
        }
        if (limit < base.size()) {
            bounds.high = base[limit].first;
            bounds.high_length = 4;
            bounds.high_open = true;
        }
        std::size_t block = first;
        for (const RowChange& change : blocks.changes(bounds, number)) {
            while (block + 1 < limit && base[block + 1].first <= change.row) {
                ++block;
            }
            ++result[block];
        }
    }
    return result;
}

// The layers with commits above `number`.
void append_later(MergedBlocks& to, const MergedBlocks& from, std::uint64_t number) {
    for (const auto& layer : from.layered()->layers()) {
        if (layer->last_commit() > number) {
            to.layered()->append(layer);
        }
    }
}

bool same_triple(const Row& a, const Row& b) {
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

}  // namespace

std::shared_ptr<PermutationIndex> PermutationIndex::make_run(std::shared_ptr<BlockStore> store,
                                                             std::uint64_t generation,
                                                             std::uint64_t through) const {
    std::vector<RowChange> changes;
    RunRoot root;
    const auto levels = blocks_->layered()->levels();
    for (const auto& level : *levels) {
        for (const RowChange& change : level->changes()) {
            if (change.version.commit() <= through) {
                changes.push_back(change);
            }
        }
    }
    if (changes.empty()) {
        return std::const_pointer_cast<PermutationIndex>(shared_from_this());
    }
    std::sort(changes.begin(), changes.end());
    root.generation = generation;
    root.changes = changes.size();
    root.first_commit = std::numeric_limits<std::uint64_t>::max();
    GenerationBuilder builder(std::move(store), permutation(), generation,
                              GenerationBuilder::Content::changes);
    RowBuffer rows(builder);
    for (const RowChange& change : changes) {
        root.first_commit = std::min(root.first_commit, change.version.commit());
        root.last_commit = std::max(root.last_commit, change.version.commit());
        rows.add(change.row, change.version);
    }
    rows.flush();
    std::vector<Run> runs = blocks_->runs();
    runs.push_back({root, std::make_shared<const Directory>(builder.finish().entries)});
    auto result =
        std::make_shared<MergedBlocks>(blocks_->cache(), permutation(), blocks_->shared_base(),
                                       blocks_->through(), std::move(runs));
    append_later(*result, *blocks_, through);
    return std::make_shared<PermutationIndex>(std::move(result));
}

std::shared_ptr<PermutationIndex> PermutationIndex::add_run(const RunRoot& run,
                                                            Generation blocks) const {
    std::vector<Run> runs = blocks_->runs();
    runs.push_back({run, std::make_shared<const Directory>(std::move(blocks.entries))});
    auto result =
        std::make_shared<MergedBlocks>(blocks_->cache(), permutation(), blocks_->shared_base(),
                                       blocks_->through(), std::move(runs));
    append_later(*result, *blocks_, 0);
    return std::make_shared<PermutationIndex>(std::move(result));
}

std::shared_ptr<PermutationIndex> PermutationIndex::replace_base(Generation blocks,
                                                                 std::uint64_t through) const {
    std::vector<Run> runs = blocks_->runs();
    std::erase_if(runs, [&](const Run& run) { return run.root.last_commit <= through; });
    auto result = std::make_shared<MergedBlocks>(
        blocks_->cache(), permutation(),
        std::make_shared<const Directory>(std::move(blocks.entries)),
        std::vector<ThroughRange>{{Row{}, through}}, std::move(runs));
    append_later(*result, *blocks_, through);
    return std::make_shared<PermutationIndex>(std::move(result));
}

std::shared_ptr<PermutationIndex> PermutationIndex::fold(std::shared_ptr<BlockStore> store,
                                                         std::uint64_t generation,
                                                         std::uint64_t through, double share,
                                                         std::size_t most_blocks) const {
    const Directory& base = blocks_->base();
    const std::vector<std::size_t> changes = changes_by_block(*blocks_, through);
    const auto rows_of = [&](std::size_t block) {
        return std::max<std::size_t>(1, base.empty() ? 0 : base[block].rows);
    };
    const auto density = [&](std::size_t block) {
        return static_cast<double>(changes[block]) / static_cast<double>(rows_of(block));
    };
    std::vector<std::size_t> chosen;
    for (std::size_t block = 0; block < changes.size(); ++block) {
        if (changes[block] > 0 && density(block) >= share) {
            chosen.push_back(block);
        }
    }
    if (chosen.size() > most_blocks) {
        std::sort(chosen.begin(), chosen.end(),
                  [&](std::size_t a, std::size_t b) { return density(a) > density(b); });
        chosen.resize(most_blocks);
        std::sort(chosen.begin(), chosen.end());
    }

    // New blocks, in groups of neighbours; all in one generation.
    struct Group {
        std::size_t first, limit;              // old blocks
        std::size_t new_first, new_limit = 0;  // ordinals
    };
    std::vector<Group> groups;
    GenerationBuilder builder(std::move(store), permutation(), generation);
    for (std::size_t i = 0; i < chosen.size();) {
        Group group{chosen[i], chosen[i] + 1, builder.blocks(), 0};
        for (++i; i < chosen.size() && chosen[i] == group.limit; ++i) {
            ++group.limit;
        }
        if (group.first > 0) {
            builder.continue_after(base[group.first - 1].last);
        }
        RowBuffer rows(builder);
        for (std::size_t block = group.first; block < group.limit; ++block) {
            add_merged(blocks_->view(block, through), rows);
        }
        rows.flush();
        builder.end_block();
        group.new_limit = builder.blocks();
        groups.push_back(group);
    }
    const Generation made = builder.finish();

    std::vector<DirectoryEntry> entries;
    std::vector<ThroughRange> ranges;
    const auto add_range = [&](const Row& first, std::uint64_t number) {
        if (ranges.empty() || ranges.back().through != number) {
            ranges.push_back({ranges.empty() ? Row{} : first, number});
        }
    };
    auto group = groups.begin();
    bool replaced_before = false;
    for (std::size_t block = 0; block < changes.size(); ++block) {
        const Row first = block > 0 ? base[block].first : Row{};
        if (group != groups.end() && block == group->first) {
            add_range(first, through);
            entries.insert(entries.end(),
                           made.entries.begin() + static_cast<std::ptrdiff_t>(group->new_first),
                           made.entries.begin() + static_cast<std::ptrdiff_t>(group->new_limit));
            block = group->limit - 1;
            ++group;
            replaced_before = true;
            continue;
        }
        if (changes[block] == 0) {
            add_range(first, through);
        } else {
            // As it was: the ranges there are inside the rows of this block.
            add_range(first, blocks_->through_of(first));
            for (const ThroughRange& range : blocks_->through()) {
                if (first < range.first &&
                    (block + 1 >= base.size() || range.first < base[block + 1].first)) {
                    add_range(range.first, range.through);
                }
            }
        }
        if (block >= base.size()) {
            continue;
        }
        DirectoryEntry entry = base[block];
        if (replaced_before && !is_graph_first(permutation()) &&
            !is_triple_permutation(permutation())) {
            // Whether its first row begins a triple depends on the row before, which may be new.
            const bool began = !same_triple(base[block - 1].last, entry.first);
            const bool begins = entries.empty() || !same_triple(entries.back().last, entry.first);
            entry.distinct_triples += static_cast<std::uint32_t>(begins);
            entry.distinct_triples -= static_cast<std::uint32_t>(began);
        }
        replaced_before = false;
        entries.push_back(entry);
    }

    std::uint64_t folded = std::numeric_limits<std::uint64_t>::max();
    for (const ThroughRange& range : ranges) {
        folded = std::min(folded, range.through);
    }
    std::vector<Run> runs = blocks_->runs();
    std::erase_if(runs, [&](const Run& run) { return run.root.last_commit <= folded; });
    auto result = std::make_shared<MergedBlocks>(blocks_->cache(), permutation(),
                                                 base.rebuilt(std::move(entries)),
                                                 std::move(ranges), std::move(runs));
    append_later(*result, *blocks_, folded);
    return std::make_shared<PermutationIndex>(std::move(result));
}

void PermutationIndex::take_later(const PermutationIndex& newer) {
    std::uint64_t have = blocks_->layered()->last_commit();
    for (const Run& run : blocks_->runs()) {
        have = std::max(have, run.root.last_commit);
    }
    for (const ThroughRange& range : blocks_->through()) {
        have = std::max(have, range.through);
    }
    for (const auto& layer : newer.blocks_->layered()->layers()) {
        if (layer->first_commit() > have) {
            blocks_->layered()->append(layer);
        }
    }
}

}  // namespace dossier::storage
