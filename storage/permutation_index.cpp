#include "storage/permutation_index.h"

#include <algorithm>
#include <array>
#include <limits>

#include <dossier/error.h>

#include "storage/column_block.h"
#include "storage/graph_filter.h"
#include "storage/merged_blocks.h"
#include "storage/row_cursor.h"
#include "storage/row_locator.h"

namespace dossier::storage {

PermutationIndex::PermutationIndex(std::shared_ptr<MergedBlocks> blocks)
    : blocks_(std::move(blocks)) {}

PermutationIndex::~PermutationIndex() = default;

std::shared_ptr<PermutationIndex> PermutationIndex::create(std::shared_ptr<BlockCache> cache,
                                                           Permutation permutation) {
    return std::make_shared<PermutationIndex>(std::make_shared<MergedBlocks>(
        std::move(cache), permutation, std::make_shared<const Directory>(),
        std::vector<ThroughRange>{}, std::vector<Run>{}));
}

std::shared_ptr<PermutationIndex> PermutationIndex::open(std::shared_ptr<BlockCache> cache,
                                                         const PermutationRoot& root) {
    auto base = Directory::load(cache->store(), root.permutation, root.base);
    std::vector<Run> runs;
    runs.reserve(root.runs.size());
    for (const RunRoot& run : root.runs) {
        runs.push_back({run, Directory::load(cache->store(), root.permutation, run.pages)});
    }
    return std::make_shared<PermutationIndex>(std::make_shared<MergedBlocks>(
        std::move(cache), root.permutation, std::move(base), root.through, std::move(runs)));
}

Permutation PermutationIndex::permutation() const {
    return blocks_->permutation();
}

const std::shared_ptr<const Directory>& PermutationIndex::base() const {
    return blocks_->shared_base();
}

void PermutationIndex::append(std::shared_ptr<const ChangeLayer> layer) {
    blocks_->layered()->append(std::move(layer));
}

std::uint64_t PermutationIndex::layered_changes() const {
    return blocks_->layered()->count();
}

std::shared_ptr<PermutationIndex> PermutationIndex::with_own(
    std::uint64_t number, std::shared_ptr<const ChangeLayer> own) const {
    return std::make_shared<PermutationIndex>(
        std::make_shared<MergedBlocks>(blocks_, number, std::move(own)));
}

std::unique_ptr<RowCursor> PermutationIndex::scan(const ScanRequest& request,
                                                  std::uint64_t number) const {
    return make_row_cursor(blocks_, request, number);
}

std::uint64_t PermutationIndex::count(const ScanRequest& request, std::uint64_t number) const {
    const Selection selection(request);
    if (selection.is_empty) {
        return 0;
    }
    if (selection.duplicates_possible(*blocks_)) {
        const auto cursor = scan(request, number);
        std::uint64_t count = 0;
        while (const std::size_t rows = cursor->next({}, blocks::target_rows)) {
            count += rows;
        }
        return count;
    }
    const std::uint64_t base = count_base(selection.bounds, selection.filter);
    if (!blocks_->has_changes()) {
        return base;
    }
    std::int64_t net = 0;
    if (selection.filter.accepts_all()) {
        net = blocks_->net_changes(selection.bounds, number, std::nullopt);
    } else if (const auto graph = selection.filter.single_graph()) {
        net = blocks_->net_changes(selection.bounds, number, graph);
    } else {
        const std::size_t column = is_graph_first(request.permutation) ? 0 : 3;
        for (const RowChange& change : blocks_->changes(selection.bounds, number)) {
            if (selection.filter.accepts(change.row[column])) {
                net += change.version.insert() ? 1 : -1;
            }
        }
    }
    return base + static_cast<std::uint64_t>(net);
}

namespace {

// Positions [begin, end) of the rows of one block inside the bounds; touches the block only when
// its entry does not tell.
class BlockPart {
  public:
    BlockPart(const MergedBlocks& blocks, std::size_t block, const RowBounds& bounds)
        : blocks_(blocks), index_(block) {
        const DirectoryEntry& entry = blocks.base()[block];
        end = entry.rows;
        if (bounds.is_below(entry.first)) {
            begin = loaded().lower_bound(bounds.low_key());
        }
        if (bounds.is_above(entry.last)) {
            end = std::max(begin, loaded().upper_bound(bounds.high_key()));
        }
    }

    const ColumnBlock& loaded() {
        if (block_ == nullptr) {
            block_ = blocks_.base_block(index_);
        }
        return *block_;
    }

    std::uint64_t count_graphs(const GraphFilter& filter, std::size_t graph_column) {
        std::array<std::uint64_t, blocks::mini_rows> values;
        std::uint64_t count = 0;
        for (std::size_t at = begin; at < end;) {
            const std::size_t mini = at / blocks::mini_rows;
            const std::size_t start = mini * blocks::mini_rows;
            const std::size_t stop = std::min(end, start + loaded().mini_size(mini));
            if (loaded().is_constant(graph_column, mini)) {
                count += filter.accepts(TermId{loaded().first(graph_column, mini)}) ? stop - at : 0;
            } else {
                loaded().decode(graph_column, mini, values.data());
                count += filter.count(values.data() + (at - start), stop - at);
            }
            at = stop;
        }
        return count;
    }

    std::size_t begin = 0, end = 0;

  private:
    const MergedBlocks& blocks_;
    std::size_t index_;
    std::shared_ptr<const ColumnBlock> block_;
};

}  // namespace

std::uint64_t PermutationIndex::count_base(const RowBounds& bounds,
                                           const GraphFilter& filter) const {
    const Directory& base = blocks_->base();
    if (base.empty()) {
        return 0;
    }
    const std::size_t first = base.lower_block(bounds.low_key());
    const std::size_t limit = base.upper_block(bounds.high_key(), first);
    if (first >= limit) {
        return 0;
    }
    const auto only = base.only_graph();
    if (filter.accepts_all() || (only && filter.accepts(*only))) {
        const BlockPart front(*blocks_, first, bounds);
        const std::uint64_t begin = base.rows_before(first) + front.begin;
        if (limit - first == 1) {
            return front.end - front.begin;
        }
        const BlockPart back(*blocks_, limit - 1, bounds);
        return base.rows_before(limit - 1) + back.end - begin;
    }
    if (only) {
        return 0;
    }
    const std::size_t graph_column = is_graph_first(permutation()) ? 0 : 3;
    std::uint64_t count = 0;
    const bool counted = base.knows_default_rows() && filter.tells_default_only();
    for (std::size_t block = first; block < limit; ++block) {
        if (counted && block == first + 1 && limit - first > 2) {
            // Between the borders the directory has counted.
            const std::uint64_t of_default =
                base.default_before(limit - 1) - base.default_before(block);
            count += filter.accepts(default_graph)
                         ? of_default
                         : base.rows_before(limit - 1) - base.rows_before(block) - of_default;
            block = limit - 2;
            continue;
        }
        const GraphFilter::Share share = filter.share(base[block]);
        if (share == GraphFilter::Share::none) {
            continue;
        }
        BlockPart part(*blocks_, block, bounds);
        count += share == GraphFilter::Share::all ? part.end - part.begin
                                                  : part.count_graphs(filter, graph_column);
    }
    return count;
}

std::uint64_t PermutationIndex::estimate(const ScanRequest& request, std::uint64_t) const {
    const Selection selection(request);
    if (selection.is_empty) {
        return 0;
    }
    const RowBounds& bounds = selection.bounds;
    const Directory& base = blocks_->base();
    std::uint64_t rows = blocks_->has_changes() ? blocks_->estimate_changes(bounds) : 0;
    const std::size_t first = base.lower_block(bounds.low_key());
    const std::size_t limit = base.upper_block(bounds.high_key(), first);
    const GraphFilter& filter = selection.filter;
    const bool counted = base.knows_default_rows() && filter.tells_default_only();
    const auto passing = [&](std::uint64_t all, std::uint64_t of_default) {
        return !counted ? all : filter.accepts(default_graph) ? of_default : all - of_default;
    };
    for (std::size_t block = first; block < limit; ++block) {
        if (block == first + 1 && limit - first > 2) {
            rows +=
                passing(base.rows_before(limit - 1) - base.rows_before(block),
                        counted ? base.default_before(limit - 1) - base.default_before(block) : 0);
            block = limit - 2;
            continue;
        }
        if (!counted && filter.share(base[block]) == GraphFilter::Share::none) {
            continue;
        }
        // Of a block at the border a part is inside; which, only the block knows.
        const bool starts = !bounds.is_below(base[block].first);
        const bool ends = !bounds.is_above(base[block].last);
        const std::uint64_t all = passing(base[block].rows, base[block].default_rows.value_or(0));
        rows += starts && ends ? all : (starts || ends ? all / 2 : all / 8);
    }
    return rows;
}

bool PermutationIndex::contains(const Row& row, std::uint64_t number) const {
    std::uint8_t found = 0;
    contains_all({&row, 1}, number, {&found, 1});
    return found != 0;
}

void PermutationIndex::contains_all(std::span<const Row> rows, std::uint64_t number,
                                    std::span<std::uint8_t> found) const {
    const Directory& base = blocks_->base();
    const bool changed = blocks_->has_changes();
    std::size_t current = std::numeric_limits<std::size_t>::max();
    std::shared_ptr<const ColumnBlock> block;
    std::optional<RowLocator> locator;
    std::size_t from = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i > 0 && rows[i] < rows[i - 1]) {
            throw UsageError("rows to look for must ascend");
        }
        if (changed) {
            if (const auto version = blocks_->newest_change(rows[i], number)) {
                found[i] = static_cast<std::uint8_t>(version->insert());
                continue;
            }
        }
        const std::size_t limit = base.upper_block(rows[i], from);
        found[i] = 0;
        if (limit == 0) {
            continue;
        }
        from = limit - 1;
        if (base[from].last < rows[i]) {
            continue;
        }
        if (current != from) {
            current = from;
            block = blocks_->base_block(current);
            locator.emplace(*block);
        }
        found[i] =
            static_cast<std::uint8_t>(locator->matches(locator->lower_bound(rows[i]), rows[i]));
    }
}

std::uint64_t PermutationIndex::estimate_distinct(std::span<const TermId> prefix,
                                                  std::uint64_t number) const {
    ScanRequest request;
    request.permutation = permutation();
    std::copy(prefix.begin(), prefix.end(), request.prefix.begin());
    request.prefix_length = prefix.size();
    request.graphs.mode = GraphSelection::Mode::each;
    RowBounds bounds;
    std::copy(prefix.begin(), prefix.end(), bounds.low.begin());
    bounds.high = bounds.low;
    bounds.low_length = bounds.high_length = prefix.size();
    const Directory& base = blocks_->base();
    const std::uint64_t changes =
        blocks_->has_changes() ? blocks_->changes(bounds, number).size() : 0;
    if (base.empty()) {
        return changes;
    }
    const std::size_t first = base.lower_block(bounds.low_key());
    const std::size_t limit = base.upper_block(bounds.high_key(), first);
    // The column ascends below the prefix, so its distinct values are its steps: counted in a
    // sample of blocks and between them.
    constexpr std::size_t sample = 8;
    const std::size_t column = prefix.size();
    const std::size_t stride = std::max<std::size_t>(1, (limit - first) / sample);
    std::uint64_t rows = 0;
    std::uint64_t steps = 0;
    std::array<std::uint64_t, blocks::mini_rows> values;
    for (std::size_t at = first; at < limit; at += stride) {
        BlockPart part(*blocks_, at, bounds);
        std::optional<std::uint64_t> last;
        for (std::size_t i = part.begin; i < part.end;) {
            const std::size_t mini = i / blocks::mini_rows;
            const std::size_t start = mini * blocks::mini_rows;
            const std::size_t stop = std::min(part.end, start + blocks::mini_rows);
            part.loaded().decode(column, mini, values.data());
            for (; i < stop; ++i) {
                steps += static_cast<std::uint64_t>(last && *last != values[i - start]);
                last = values[i - start];
            }
        }
        rows += part.end - part.begin;
    }
    if (rows == 0) {
        return changes;
    }
    const std::uint64_t all = count_base(bounds, GraphFilter({}, true));
    return static_cast<std::uint64_t>(static_cast<double>(steps) * static_cast<double>(all) /
                                      static_cast<double>(rows)) +
           1 + changes / 2;
}

RowSum PermutationIndex::sum(std::uint64_t number) const {
    RowSum total = blocks_->base().sum();
    for (const RowChange& change : blocks_->changes(RowBounds{}, number)) {
        const RowSum hash = row_hash(to_quad(change.row, permutation()));
        if (change.version.insert()) {
            total += hash;
        } else {
            total -= hash;
        }
    }
    return total;
}

PermutationRoot PermutationIndex::save(WriteBatch& batch, std::uint64_t& next_page) const {
    PermutationRoot root;
    root.permutation = permutation();
    root.base = blocks_->base().save(batch, permutation(), next_page);
    root.through = blocks_->through();
    for (const Run& run : blocks_->runs()) {
        RunRoot saved = run.root;
        saved.pages = run.directory->save(batch, permutation(), next_page);
        root.runs.push_back(std::move(saved));
    }
    return root;
}

std::vector<std::uint64_t> PermutationIndex::generations() const {
    std::vector<std::uint64_t> result = blocks_->base().generations();
    for (const Run& run : blocks_->runs()) {
        result.push_back(run.root.generation);
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

}  // namespace dossier::storage
