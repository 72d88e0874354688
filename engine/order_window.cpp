#include "engine/order_window.h"

#include <algorithm>

#include "engine/interruptible_sort.h"
#include "engine/order_key.h"

namespace dossier::engine {

OrderKeys::OrderKeys(ExecutionContext& context, bool descending)
    : context_(context),
      descending_(descending),
      scope_(&context, context.options().base),
      charge_(context.memory()) {}

void OrderKeys::make(TermId id, std::string& key) {
    const std::size_t begin = key.size();
    append_order_key(key, scope_, Cell::of(id));
    if (descending_) invert_order_key(key, begin);
}

bool OrderKeys::prepare(std::vector<TermId>& ids) {
    clear();
    sort_interruptibly(context_, ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    constexpr std::size_t at_once = 1024;
    constexpr std::size_t bytes_per_id = sizeof(TermId) + sizeof(std::uint64_t);
    if (!charge_.try_set(ids.size() * bytes_per_id)) return false;
    ids_.reserve(ids.size());
    begins_.reserve(ids.size() + 1);
    std::vector<Cell> cells;
    for (std::size_t from = 0; from < ids.size(); from += at_once) {
        context_.check();
        cells.clear();
        const std::size_t end = std::min(ids.size(), from + at_once);
        for (std::size_t i = from; i < end; ++i)
            if (is_kept(ids[i])) cells.push_back(Cell::of(ids[i]));
        scope_.begin();
        scope_.decode(cells);
        for (const Cell& cell : cells) {
            piece_.clear();
            make(cell.id(), piece_);
            if (bytes_.size() + piece_.size() > bytes_.capacity()) {
                // Old and new stand side by side while it grows.
                const std::size_t wanted =
                    std::max(bytes_.capacity() * 2, bytes_.size() + piece_.size());
                if (!charge_.try_set(ids.size() * bytes_per_id + bytes_.capacity() + wanted)) {
                    clear();
                    return false;
                }
                bytes_.reserve(wanted);
            }
            ids_.push_back(cell.id());
            begins_.push_back(bytes_.size());
            bytes_ += piece_;
        }
    }
    begins_.push_back(bytes_.size());
    scope_.begin();
    return true;
}

void OrderKeys::append(TermId id, std::string& key) {
    if (!is_kept(id)) {
        if ((++made_ & 0x3FF) == 0) scope_.begin();
        make(id, key);
        return;
    }
    const auto place =
        static_cast<std::size_t>(std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin());
    key.append(bytes_, begins_[place], begins_[place + 1] - begins_[place]);
}

void OrderKeys::clear() {
    ids_ = {};
    begins_ = {};
    bytes_ = {};
    charge_.clear();
}

}  // namespace dossier::engine
