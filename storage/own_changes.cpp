#include "storage/own_changes.h"

#include <string>
#include <utility>

#include <dossier/error.h>

namespace dossier::storage {

OwnChanges::OwnChanges(std::shared_ptr<const State> state, std::shared_ptr<BlockCache> cache)
    : state_(std::move(state)), cache_(std::move(cache)), number_(state_->number) {}

void OwnChanges::add(std::vector<Change> changes, std::vector<Change> triples) {
    const std::lock_guard lock(mutex_);
    // Room first: nothing is half added.
    layers_.reserve(layers_.size() + 1);
    triple_layers_.reserve(triple_layers_.size() + 1);
    std::shared_ptr<const ChangeLayer> layer, triple_layer;
    if (!changes.empty()) layer = std::make_shared<const ChangeLayer>(std::move(changes));
    if (!triples.empty()) triple_layer = std::make_shared<const ChangeLayer>(std::move(triples));
    ++number_;
    if (layer) {
        size_ += layer->changes().size();
        layers_.push_back(std::move(layer));
    }
    if (triple_layer) triple_layers_.push_back(std::move(triple_layer));
}

OwnChanges::View OwnChanges::view(Permutation permutation, std::uint64_t number) {
    const auto& base = state_->index(permutation);
    if (!base) {
        throw UsageError("this state of the store does not keep permutation " +
                         std::to_string(static_cast<int>(permutation)));
    }
    const std::lock_guard lock(mutex_);
    // The state's own index goes on with the commits after it.
    if (layers_.empty() || layers_.front()->first_commit() > number) return {base, state_->number};
    Made& made = made_[static_cast<std::size_t>(permutation)];
    if (!made.index) {
        made.index = base->with_own(state_->number, layers_.front());
        made.layers = 1;
    }
    for (; made.layers < layers_.size(); ++made.layers) made.index->append(layers_[made.layers]);
    return {made.index, number};
}

bool OwnChanges::has_triples() const {
    const std::lock_guard lock(mutex_);
    return !triple_layers_.empty();
}

std::shared_ptr<PermutationIndex> OwnChanges::triples(Permutation permutation) {
    const std::lock_guard lock(mutex_);
    if (triple_layers_.empty()) return nullptr;
    Made& made = made_[static_cast<std::size_t>(permutation)];
    if (!made.index) made.index = PermutationIndex::create(cache_, permutation);
    for (; made.layers < triple_layers_.size(); ++made.layers)
        made.index->append(triple_layers_[made.layers]);
    return made.index;
}

std::vector<std::shared_ptr<const ChangeLayer>> OwnChanges::layers(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<const ChangeLayer>> layers;
    for (const auto& layer : layers_)
        if (layer->last_commit() <= number) layers.push_back(layer);
    return layers;
}

}  // namespace dossier::storage
