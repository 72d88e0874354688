#include "storage/changes.h"

#include <algorithm>
#include <iterator>

namespace dossier::storage {

ChangeLayer::ChangeLayer(std::vector<Change> changes) : changes_(std::move(changes)) {
    if (!std::is_sorted(changes_.begin(), changes_.end())) {
        std::sort(changes_.begin(), changes_.end());
    }
    for (const Change& change : changes_) {
        const std::uint64_t commit = change.version.commit();
        first_commit_ = first_commit_ == 0 ? commit : std::min(first_commit_, commit);
        last_commit_ = std::max(last_commit_, commit);
    }
}

SortedChanges::SortedChanges(std::vector<RowChange> changes, Permutation permutation)
    : changes_(std::move(changes)) {
    const std::size_t graph_column = is_graph_first(permutation) ? 0 : 3;
    net_before_.reserve(changes_.size() + 1);
    net_before_.push_back(0);
    bool one_graph = !changes_.empty() && !is_triple_permutation(permutation);
    for (const RowChange& change : changes_) {
        const std::uint64_t commit = change.version.commit();
        first_commit_ = first_commit_ == 0 ? commit : std::min(first_commit_, commit);
        last_commit_ = std::max(last_commit_, commit);
        net_before_.push_back(net_before_.back() + (change.version.insert() ? 1 : -1));
        one_graph = one_graph && change.row[graph_column] == changes_.front().row[graph_column];
    }
    if (one_graph) {
        only_graph_ = changes_.front().row[graph_column];
    }
}

std::size_t SortedChanges::lower_bound(std::span<const TermId> key) const {
    const auto at = std::partition_point(
        changes_.begin(), changes_.end(),
        [&](const RowChange& change) { return compare_prefix(change.row, key) < 0; });
    return static_cast<std::size_t>(at - changes_.begin());
}

std::size_t SortedChanges::upper_bound(std::span<const TermId> key) const {
    const auto at = std::partition_point(
        changes_.begin(), changes_.end(),
        [&](const RowChange& change) { return compare_prefix(change.row, key) <= 0; });
    return static_cast<std::size_t>(at - changes_.begin());
}

void LayeredChanges::append(std::shared_ptr<const ChangeLayer> layer) {
    if (layer->changes().empty()) {
        return;
    }
    const std::lock_guard lock(mutex_);
    count_ += layer->changes().size();
    layers_.push_back(std::move(layer));
}

std::shared_ptr<const ChangeLevels> LayeredChanges::levels() {
    const std::lock_guard lock(mutex_);
    if (sorted_layers_ == layers_.size()) {
        return levels_;
    }
    std::vector<RowChange> fresh;
    for (; sorted_layers_ < layers_.size(); ++sorted_layers_) {
        for (const Change& change : layers_[sorted_layers_]->changes()) {
            fresh.push_back({to_row(change.quad, permutation_), change.version});
        }
    }
    std::sort(fresh.begin(), fresh.end());
    ChangeLevels levels = *levels_;
    while (!levels.empty() && levels.back()->changes().size() < 2 * fresh.size()) {
        const std::span<const RowChange> older = levels.back()->changes();
        std::vector<RowChange> merged;
        merged.reserve(older.size() + fresh.size());
        std::merge(older.begin(), older.end(), fresh.begin(), fresh.end(),
                   std::back_inserter(merged));
        fresh = std::move(merged);
        levels.pop_back();
    }
    levels.push_back(std::make_shared<const SortedChanges>(std::move(fresh), permutation_));
    levels_ = std::make_shared<const ChangeLevels>(std::move(levels));
    return levels_;
}

std::vector<std::shared_ptr<const ChangeLayer>> LayeredChanges::layers() const {
    const std::lock_guard lock(mutex_);
    return layers_;
}

std::uint64_t LayeredChanges::count() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

std::uint64_t LayeredChanges::last_commit() const {
    const std::lock_guard lock(mutex_);
    return layers_.empty() ? 0 : layers_.back()->last_commit();
}

}  // namespace dossier::storage
