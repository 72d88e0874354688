#include "storage/merged_blocks.h"

#include <algorithm>
#include <limits>

#include <dossier/error.h>

#include "storage/row_locator.h"

namespace dossier::storage {
namespace {

constexpr std::uint64_t all_commits = std::numeric_limits<std::uint64_t>::max();

std::size_t graph_column(Permutation permutation) {
    return is_graph_first(permutation) ? 0 : 3;
}

// The changes of a level inside the bounds.
std::span<const RowChange> part_of(const SortedChanges& level, const RowBounds& bounds) {
    const std::size_t first = level.lower_bound(bounds.low_key());
    std::size_t limit = level.changes().size();
    if (bounds.high_length > 0) {
        limit = bounds.high_open ? level.lower_bound(bounds.high_key())
                                 : level.upper_bound(bounds.high_key());
    }
    return level.changes().subspan(first, std::max(first, limit) - first);
}

}  // namespace

MergedBlocks::MergedBlocks(std::shared_ptr<BlockCache> cache, Permutation permutation,
                           std::shared_ptr<const Directory> base, std::vector<ThroughRange> through,
                           std::vector<Run> runs)
    : cache_(std::move(cache)),
      permutation_(permutation),
      base_(std::move(base)),
      through_(std::move(through)),
      runs_(std::move(runs)),
      layered_(std::make_shared<LayeredChanges>(permutation)),
      resolved_(block_count()) {
    for (const ThroughRange& range : through_) {
        most_through_ = std::max(most_through_, range.through);
    }
}

MergedBlocks::MergedBlocks(std::shared_ptr<const MergedBlocks> parent, std::uint64_t number,
                           std::shared_ptr<const ChangeLayer> own)
    : cache_(parent->cache_),
      permutation_(parent->permutation_),
      base_(parent->base_),
      through_(parent->through_),
      most_through_(parent->most_through_),
      layered_(std::make_shared<LayeredChanges>(permutation_)),
      parent_(std::move(parent)),
      parent_number_(number),
      resolved_(block_count()) {
    layered_->append(std::move(own));
}

std::shared_ptr<const ColumnBlock> MergedBlocks::base_block(std::size_t block) const {
    return base_->empty() ? nullptr : cache_->get(permutation_, (*base_)[block]);
}

bool MergedBlocks::has_changes() const {
    return !runs_.empty() || layered_->count() > 0 ||
           (parent_ != nullptr && parent_->has_changes());
}

RowBounds MergedBlocks::coverage(std::size_t block) const {
    RowBounds bounds;
    if (block > 0) {
        bounds.low = (*base_)[block].first;
        bounds.low_length = 4;
    }
    if (block + 1 < base_->size()) {
        bounds.high = (*base_)[block + 1].first;
        bounds.high_length = 4;
        bounds.high_open = true;
    }
    return bounds;
}

std::uint64_t MergedBlocks::through_of(const Row& row) const {
    const auto after = std::upper_bound(
        through_.begin(), through_.end(), row,
        [](const Row& key, const ThroughRange& range) { return key < range.first; });
    return after == through_.begin() ? 0 : std::prev(after)->through;
}

bool MergedBlocks::is_visible(const Row& row, Version version, std::uint64_t number) const {
    return version.commit() <= number &&
           (version.commit() > most_through_ || version.commit() > through_of(row));
}

// Visits the changes of one block inside the bounds; false when it ended above them.
template <typename Visit>
bool MergedBlocks::visit_run_block(const DirectoryEntry& entry, const RowBounds& bounds,
                                   Visit visit) const {
    const auto block = cache_->get(permutation_, entry);
    if (block->columns() != blocks::most_columns) {
        throw StoreError("a block of a run has no versions");
    }
    std::array<std::array<std::uint64_t, blocks::mini_rows>, blocks::most_columns> columns;
    std::size_t position = block->lower_bound(bounds.low_key());
    while (position < block->rows()) {
        const std::size_t mini = position / blocks::mini_rows;
        for (std::size_t column = 0; column < blocks::most_columns; ++column) {
            block->decode(column, mini, columns[column].data());
        }
        const std::size_t size = block->mini_size(mini);
        for (std::size_t i = position % blocks::mini_rows; i < size; ++i) {
            const Row row{TermId{columns[0][i]}, TermId{columns[1][i]}, TermId{columns[2][i]},
                          TermId{columns[3][i]}};
            if (bounds.is_above(row)) {
                return false;
            }
            visit(row, Version{columns[4][i]});
        }
        position = (mini + 1) * blocks::mini_rows;
    }
    return true;
}

template <typename Visit>
void MergedBlocks::visit_run(const Run& run, const RowBounds& bounds, Visit visit) const {
    const Directory& directory = *run.directory;
    for (std::size_t at = directory.lower_block(bounds.low_key());
         at < directory.size() && !bounds.is_above(directory[at].first); ++at) {
        if (!visit_run_block(directory[at], bounds, visit)) {
            return;
        }
    }
}

std::vector<RowChange> MergedBlocks::changes(const RowBounds& bounds, std::uint64_t number) const {
    std::vector<RowChange> result;
    if (parent_ != nullptr) {
        result = parent_->changes(bounds, std::min(number, parent_number_));
    }
    // The first source there is, which is sorted and mostly the largest, ends here.
    std::size_t first = result.size();
    std::size_t sources = first > 0 ? 1 : 0;
    std::size_t size = first;
    const auto ended = [&] {
        if (result.size() == size) return;
        size = result.size();
        if (++sources == 1) first = size;
    };
    for (const Run& run : runs_) {
        if (run.root.first_commit > number) {
            continue;
        }
        visit_run(run, bounds, [&](const Row& row, Version version) {
            if (is_visible(row, version, number)) {
                result.push_back({row, version});
            }
        });
        ended();
    }
    // Held here: a commit may replace it while it is read.
    const auto levels = layered_->levels();
    for (const auto& level : *levels) {
        for (const RowChange& change : part_of(*level, bounds)) {
            if (is_visible(change.row, change.version, number)) {
                result.push_back(change);
            }
        }
        ended();
    }
    if (sources > 1) {
        const auto rest = result.begin() + static_cast<std::ptrdiff_t>(first);
        if (sources > 2) std::sort(rest, result.end());
        std::inplace_merge(result.begin(), rest, result.end());
    }
    return result;
}

std::int64_t MergedBlocks::net_of_run(const Run& run, const RowBounds& bounds, std::uint64_t number,
                                      std::optional<TermId> graph) const {
    std::int64_t net = 0;
    const auto add = [&](const Row& row, Version version) {
        if (is_visible(row, version, number) &&
            (!graph || row[graph_column(permutation_)] == *graph)) {
            net += version.insert() ? 1 : -1;
        }
    };
    const Directory& directory = *run.directory;
    const bool whole = run.root.last_commit <= number && run.root.first_commit > most_through_;
    const auto sums_tell = [&](const DirectoryEntry& entry) {
        return whole && (!graph || (entry.graph_count == 1 && entry.graphs[0] == *graph)) &&
               !bounds.is_below(entry.first) && !bounds.is_above(entry.last);
    };
    // Whole blocks by their sums (an entry of a run counts its inserts), what is left by visiting.
    for (std::size_t at = directory.lower_block(bounds.low_key());
         at < directory.size() && !bounds.is_above(directory[at].first); ++at) {
        const DirectoryEntry& entry = directory[at];
        if (sums_tell(entry)) {
            net += 2 * static_cast<std::int64_t>(entry.distinct_triples) -
                   static_cast<std::int64_t>(entry.rows);
            continue;
        }
        visit_run_block(entry, bounds, add);
    }
    return net;
}

std::int64_t MergedBlocks::net_changes(const RowBounds& bounds, std::uint64_t number,
                                       std::optional<TermId> graph) const {
    std::int64_t net = 0;
    if (parent_ != nullptr) {
        net += parent_->net_changes(bounds, std::min(number, parent_number_), graph);
    }
    for (const Run& run : runs_) {
        if (run.root.first_commit <= number) {
            net += net_of_run(run, bounds, number, graph);
        }
    }
    const auto levels = layered_->levels();
    for (const auto& level : *levels) {
        const std::span<const RowChange> part = part_of(*level, bounds);
        if (graph && level->only_graph() && *level->only_graph() != *graph) {
            continue;
        }
        if (level->last_commit() <= number && level->first_commit() > most_through_ &&
            (!graph || level->only_graph())) {
            const auto first = static_cast<std::size_t>(part.data() - level->changes().data());
            net += level->net(first, first + part.size());
            continue;
        }
        for (const RowChange& change : part) {
            if (is_visible(change.row, change.version, number) &&
                (!graph || change.row[graph_column(permutation_)] == *graph)) {
                net += change.version.insert() ? 1 : -1;
            }
        }
    }
    return net;
}

std::uint64_t MergedBlocks::estimate_changes(const RowBounds& bounds) const {
    std::uint64_t count = parent_ == nullptr ? 0 : parent_->estimate_changes(bounds);
    for (const Run& run : runs_) {
        const Directory& directory = *run.directory;
        count += directory.rows_before(directory.upper_block(bounds.high_key())) -
                 directory.rows_before(directory.lower_block(bounds.low_key()));
    }
    const auto levels = layered_->levels();
    for (const auto& level : *levels) {
        count += part_of(*level, bounds).size();
    }
    return count;
}

bool MergedBlocks::only_in_graph(TermId graph) const {
    if (parent_ != nullptr && !parent_->only_in_graph(graph)) {
        return false;
    }
    for (const Run& run : runs_) {
        if (!run.directory->empty() && run.directory->only_graph() != graph) {
            return false;
        }
    }
    const auto levels = layered_->levels();
    for (const auto& level : *levels) {
        if (level->only_graph() != graph) {
            return false;
        }
    }
    return true;
}

std::optional<Version> MergedBlocks::newest_change(const Row& row, std::uint64_t number) const {
    std::optional<Version> newest;
    const auto take = [&](Version version) {
        if (is_visible(row, version, number) && (!newest || *newest < version)) {
            newest = version;
        }
    };
    if (parent_ != nullptr) {
        newest = parent_->newest_change(row, std::min(number, parent_number_));
    }
    const auto levels = layered_->levels();
    for (const auto& level : *levels) {
        const std::span<const RowChange> all = level->changes();
        for (std::size_t i = level->lower_bound(row); i < all.size() && all[i].row == row; ++i) {
            take(all[i].version);
        }
    }
    RowBounds bounds;
    bounds.low = bounds.high = row;
    bounds.low_length = bounds.high_length = 4;
    for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) {
        if (run->root.first_commit <= number &&
            (!newest || newest->commit() < run->root.last_commit)) {
            visit_run(*run, bounds, [&](const Row&, Version version) { take(version); });
        }
    }
    return newest;
}

std::shared_ptr<const MergedBlocks::Resolved> MergedBlocks::resolve(
    std::size_t block, const RowBounds& coverage) const {
    const std::vector<RowChange> all = changes(coverage, all_commits);
    auto result = std::make_shared<Resolved>();
    if (all.empty()) {
        return result;
    }
    const auto base = base_block(block);
    std::optional<RowLocator> locator;
    if (base != nullptr) {
        locator.emplace(*base);
    }
    result->items.reserve(all.size());
    Resolved::Item item{};
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i == 0 || all[i].row != all[i - 1].row) {
            item.position = 0;
            bool in_base = false;
            if (locator) {
                item.position = static_cast<std::uint32_t>(locator->lower_bound(all[i].row));
                in_base = locator->matches(item.position, all[i].row);
            }
            item.row = Splices::removal;
            if (!in_base) {
                item.row = static_cast<std::uint32_t>(result->rows.size());
                result->rows.push_back(all[i].row);
            }
        }
        item.version = all[i].version;
        result->newest = std::max(result->newest, item.version.commit());
        result->items.push_back(item);
    }
    result->latest = splices_at(*result, result->newest, base == nullptr ? 0 : base->rows());
    return result;
}

// A row's state at a number is its last operation up to it; the base's where there is none.
std::shared_ptr<const Splices> MergedBlocks::splices_at(const Resolved& resolved,
                                                        std::uint64_t number,
                                                        std::size_t base_rows) const {
    auto result = std::make_shared<Splices>();
    bool one_graph = true;
    const auto& items = resolved.items;
    for (std::size_t i = 0; i < items.size();) {
        std::optional<Version> last;
        std::size_t end = i;
        for (; end < items.size() && items[end].position == items[i].position &&
               items[end].row == items[i].row;
             ++end) {
            if (items[end].version.commit() <= number) {
                last = items[end].version;
            }
        }
        const bool in_base = items[i].row == Splices::removal;
        if (last && last->insert() != in_base) {
            std::uint32_t row = Splices::removal;
            if (!in_base) {
                row = static_cast<std::uint32_t>(result->rows.size());
                result->rows.push_back(resolved.rows[items[i].row]);
                const std::size_t column = graph_column(permutation_);
                one_graph =
                    one_graph && result->rows.back()[column] == result->rows.front()[column];
                result->inserts = true;
            }
            result->net += in_base ? -1 : 1;
            result->list.push_back({items[i].position, row});
        }
        i = end;
    }
    if (result->list.empty()) {
        return nullptr;
    }
    result->index_minis((base_rows + blocks::mini_rows - 1) / blocks::mini_rows);
    if (one_graph && result->inserts) {
        result->only_graph = result->rows.front()[graph_column(permutation_)];
    }
    return result;
}

std::uint64_t MergedBlocks::newest_commit(const ChangeLevels& levels) const {
    std::uint64_t newest = 0;
    for (const auto& level : levels) {
        newest = std::max(newest, level->last_commit());
    }
    return newest;
}

void MergedBlocks::keep(std::size_t block, const std::shared_ptr<const Resolved>& resolved,
                        std::uint64_t upto) const {
    if (items_ + resolved->items.size() > most_items) {
        for (std::size_t lock_number = 0; lock_number < lock_count; ++lock_number) {
            const std::lock_guard lock(locks_[lock_number]);
            for (std::size_t i = lock_number; i < resolved_.size(); i += lock_count) {
                resolved_[i] = {};
            }
        }
        items_ = 0;
    }
    const std::lock_guard lock(locks_[block % lock_count]);
    if (resolved_[block].upto <= upto) {
        items_ += resolved->items.size();
        resolved_[block] = {resolved, upto};
    }
}

std::shared_ptr<const MergedBlocks::Resolved> MergedBlocks::resolved(std::size_t block) const {
    const auto levels = layered_->levels();
    const std::uint64_t newest = newest_commit(*levels);
    ResolvedPlace place;
    {
        const std::lock_guard lock(locks_[block % lock_count]);
        place = resolved_[block];
    }
    if (place.resolved != nullptr && place.upto >= newest) {
        return place.resolved;
    }
    const RowBounds covered = coverage(block);
    if (place.resolved != nullptr) {
        bool newer = false;
        for (const auto& level : *levels) {
            if (level->last_commit() > place.upto) {
                const std::span<const RowChange> part = part_of(*level, covered);
                newer = newer || std::any_of(part.begin(), part.end(), [&](const auto& change) {
                            return change.version.commit() > place.upto;
                        });
            }
        }
        if (!newer) {
            keep(block, place.resolved, newest);
            return place.resolved;
        }
    }
    // Holds at least the changes up to `newest`; later ones that came meanwhile do no harm.
    const auto fresh = resolve(block, covered);
    keep(block, fresh, newest);
    return fresh;
}

BlockView MergedBlocks::view(std::size_t block, std::uint64_t number) const {
    if (parent_ != nullptr) {
        const RowBounds covered = coverage(block);
        bool own = false;
        const auto levels = layered_->levels();
        for (const auto& level : *levels) {
            own = own || !part_of(*level, covered).empty();
        }
        if (!own) {
            return parent_->view(block, std::min(number, parent_number_));
        }
    }
    BlockView result;
    result.block = base_block(block);
    if (has_changes()) {
        const auto changes = resolved(block);
        if (!changes->items.empty()) {
            result.splices = number >= changes->newest
                                 ? changes->latest
                                 : splices_at(*changes, number, result.base_rows());
        }
    }
    return result;
}

}  // namespace dossier::storage
