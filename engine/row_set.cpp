#include "engine/row_set.h"

#include <algorithm>

#include "engine/execution_context.h"

namespace dossier::engine {

namespace {

constexpr std::size_t first_slots = 256;

constexpr std::uint64_t upper(std::uint64_t hash) {
    return hash & 0xFFFF'FFFF'0000'0000u;
}

}  // namespace

std::uint64_t hash_row(const TermId* row, std::size_t width, std::uint64_t seed) {
    std::uint64_t hash = seed * 0x9E37'79B9'7F4A'7C15u + 0x2545'F491'4F6C'DD1Du;
    for (std::size_t i = 0; i < width; ++i) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = Wide{row[i].bits ^ hash} * 0x9FB2'1C65'1E98'DF25u;
        hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
    hash ^= hash >> 32;
    hash *= 0xD6E8'FEB8'6659'FD93u;
    return hash ^ (hash >> 32);
}

std::uint32_t RowSet::find(const TermId* row, std::uint64_t hash) const {
    if (slots_.empty()) return none;
    for (std::uint64_t place = hash & mask_;; place = (place + 1) & mask_) {
        const std::uint64_t slot = slots_[place];
        if (slot == 0) return none;
        if (upper(slot) != upper(hash)) continue;
        const auto index = static_cast<std::uint32_t>(slot) - 1;
        if (std::equal(row, row + width_, this->row(index))) return index;
    }
}

std::size_t RowSet::bytes() const {
    return slots_.size() * sizeof(std::uint64_t) +
           chunks_.size() * rows_per_chunk * width_ * sizeof(TermId);
}

bool RowSet::reserve_one(WorkingMemory& memory, std::size_t others) {
    const bool needs_chunk = size_ == chunks_.size() * rows_per_chunk;
    const bool needs_slots = (size_ + 1) * 4 > slots_.size() * 3;
    if (!needs_chunk && !needs_slots) return true;
    if (size_ + 1 >= none) return false;
    const std::size_t slots = std::max(first_slots, slots_.size() * 2);
    std::size_t wanted = bytes() + others;
    if (needs_chunk) wanted += rows_per_chunk * width_ * sizeof(TermId);
    // Both tables live while the larger one is filled.
    if (needs_slots) wanted += slots * sizeof(std::uint64_t);
    if (!memory.try_hold(wanted)) return false;
    if (needs_chunk)
        chunks_.push_back(std::make_unique_for_overwrite<TermId[]>(rows_per_chunk * width_));
    if (needs_slots) grow();
    return true;
}

void RowSet::grow() {
    std::vector<std::uint64_t> slots(std::max(first_slots, slots_.size() * 2));
    const std::uint64_t mask = slots.size() - 1;
    // Rows in their order, for they are read faster so than the slots that name them.
    for (std::uint32_t index = 0; index < size_; ++index) {
        if ((index & 0xFFFF) == 0 && context_ != nullptr) context_->check();
        const std::uint64_t hash = hash_row(row(index), width_);
        std::uint64_t place = hash & mask;
        while (slots[place] != 0) place = (place + 1) & mask;
        slots[place] = upper(hash) | (index + 1);
    }
    slots_.swap(slots);
    mask_ = mask;
}

std::uint32_t RowSet::add(const TermId* row, std::uint64_t hash) {
    std::uint64_t place = hash & mask_;
    while (slots_[place] != 0) place = (place + 1) & mask_;
    slots_[place] = upper(hash) | (size_ + 1);
    const auto index = static_cast<std::uint32_t>(size_++);
    std::copy(row, row + width_,
              chunks_[index / rows_per_chunk].get() + index % rows_per_chunk * width_);
    return index;
}

void RowSet::clear() {
    chunks_.clear();
    slots_ = {};
    size_ = 0;
    mask_ = 0;
}

void RowSet::reuse() {
    std::fill(slots_.begin(), slots_.end(), 0);
    size_ = 0;
}

}  // namespace dossier::engine
