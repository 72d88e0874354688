#include "engine/row_sort.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/interruptible_sort.h"

namespace dossier::engine {

namespace {

constexpr std::size_t most_open_runs = 64;

std::uint64_t prefix_of(std::string_view key) {
    std::uint64_t prefix = 0;
    for (std::size_t i = 0; i < 8; ++i)
        prefix = prefix << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
    return prefix;
}

}  // namespace

RowSort::RowSort(ExecutionContext& context, std::size_t width, std::optional<std::uint64_t> limit)
    : context_(context), width_(width), limit_(limit), memory_(context.memory(), 0.6) {}

bool RowSort::before(const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    if (a.bytes != b.bytes) {
        const int order = std::memcmp(a.bytes, b.bytes, std::min(a.size, b.size));
        if (order != 0) return order < 0;
        if (a.size != b.size) return a.size < b.size;
    }
    return a.row < b.row;
}

std::size_t RowSort::bytes() const {
    return entries_.capacity() * sizeof(Entry) +
           rows_.size() * rows_per_chunk * width_ * sizeof(TermId) + key_bytes_ + others_;
}

RowSort::Key RowSort::store(std::string_view key) {
    if (keys_.empty() || keys_.back().size - key_used_ < key.size()) {
        const std::size_t size = std::max(key_block, key.size());
        keys_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
        key_bytes_ += size;
        key_used_ = 0;
    }
    char* place = keys_.back().bytes.get() + key_used_;
    std::memcpy(place, key.data(), key.size());
    key_used_ += key.size();
    return {place, static_cast<std::uint32_t>(key.size())};
}

bool RowSort::is_too_late(std::string_view key) const {
    return has_bound_ && key >= bound_;
}

bool RowSort::reserve_one() {
    const bool needs_chunk = row_count_ == rows_.size() * rows_per_chunk;
    const bool needs_entries = entries_.size() == entries_.capacity();
    if (!needs_chunk && !needs_entries && bytes() <= held_) return true;
    const std::size_t entries = std::max<std::size_t>(1024, entries_.capacity() * 2);
    std::size_t wanted = bytes();
    if (needs_chunk) wanted += rows_per_chunk * width_ * sizeof(TermId);
    if (needs_entries) wanted += entries * sizeof(Entry);
    if (!memory_.try_hold(wanted) || row_count_ >= UINT32_MAX) return false;
    held_ = wanted + key_block;
    if (needs_chunk)
        rows_.push_back(std::make_unique_for_overwrite<TermId[]>(rows_per_chunk * width_));
    if (needs_entries) entries_.reserve(entries);
    return true;
}

bool RowSort::add(const Key& key, const TermId* row) {
    constexpr std::uint64_t most_kept = std::uint64_t{1} << 20;
    if (limit_ && *limit_ <= most_kept &&
        entries_.size() >= std::max<std::uint64_t>(1024, *limit_ * 2))
        keep_first();
    if (!reserve_one()) {
        spill();
        return false;
    }
    entries_.push_back({prefix_of({key.bytes, key.size}), key.bytes, key.size,
                        static_cast<std::uint32_t>(row_count_)});
    std::copy(row, row + width_,
              rows_[row_count_ / rows_per_chunk].get() + row_count_ % rows_per_chunk * width_);
    ++row_count_;
    return true;
}

// Drops all but the first `limit` entries. Rows and keys of the others are dropped now and then.
void RowSort::keep_first() {
    const auto wanted = static_cast<std::ptrdiff_t>(*limit_);
    std::size_t steps = 0;
    std::nth_element(entries_.begin(), entries_.begin() + wanted, entries_.end(),
                     InterruptibleLess(context_, steps, Before()));
    const Entry& bound = entries_[static_cast<std::size_t>(wanted)];
    bound_.assign(bound.bytes, bound.size);
    has_bound_ = true;
    entries_.resize(static_cast<std::size_t>(wanted));
    // In the order they came, so that equal keys keep it.
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.row < b.row; });
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const TermId* from = row(entries_[i].row);
        std::copy(from, from + width_,
                  rows_[i / rows_per_chunk].get() + i % rows_per_chunk * width_);
        entries_[i].row = static_cast<std::uint32_t>(i);
    }
    row_count_ = entries_.size();
}

void RowSort::sort_entries() {
    sort_interruptibly(context_, entries_.begin(), entries_.end(), Before());
}

void RowSort::forget() {
    entries_ = {};
    rows_.clear();
    keys_.clear();
    row_count_ = 0;
    key_used_ = 0;
    key_bytes_ = 0;
    held_ = 0;
    memory_.clear();
}

void RowSort::spill() {
    sort_entries();
    if (!file_) file_ = std::make_unique<SpillFile>(context_.spill_space());
    const std::uint64_t begin = file_->size();
    std::size_t count = 0;
    for (const Entry& entry : entries_) {
        if (limit_ && count == *limit_) break;
        if (++count % 4096 == 0) context_.check();
        file_->write(&entry.size, sizeof entry.size);
        file_->write(entry.bytes, entry.size);
        file_->write_ids({row(entry.row), width_});
    }
    if (file_->size() > begin) runs_.push_back({begin, file_->size()});
    spilled_bytes_ += file_->size() - begin;
    forget();
}

bool RowSort::Source::read() {
    std::uint32_t size = 0;
    if (reader.read(&size, sizeof size) != sizeof size) return false;
    key.resize(size);
    reader.read(key.data(), size);
    reader.read_ids(row);
    return true;
}

// The reverse of the order, for a heap with the first on top.
bool RowSort::later(const Source& a, const Source& b) {
    const int order = a.key.compare(b.key);
    return order != 0 ? order > 0 : a.run > b.run;
}

void RowSort::open_runs(std::size_t count) {
    file_->finish();
    sources_.clear();
    const std::size_t buffer =
        std::clamp<std::size_t>((std::size_t{4} << 20) / (count + 1), 16384, 262144);
    for (std::size_t i = 0; i < count; ++i) {
        Source source{
            i, {*file_, runs_[i].begin, runs_[i].end, buffer}, {}, std::vector<TermId>(width_)};
        if (source.read()) sources_.push_back(std::move(source));
    }
    std::make_heap(sources_.begin(), sources_.end(), later);
    has_current_ = false;
}

const TermId* RowSort::next_merged() {
    if (has_current_) {
        if (sources_.back().read())
            std::push_heap(sources_.begin(), sources_.end(), later);
        else
            sources_.pop_back();
    }
    has_current_ = !sources_.empty();
    if (!has_current_) return nullptr;
    std::pop_heap(sources_.begin(), sources_.end(), later);
    return sources_.back().row.data();
}

// Makes one run of the first `count`, in a file of its own with the others copied behind.
void RowSort::merge_runs(std::size_t count) {
    open_runs(count);
    auto merged = std::make_unique<SpillFile>(context_.spill_space());
    std::vector<Run> runs;
    std::uint64_t rows = 0;
    while (const TermId* row = next_merged()) {
        if (limit_ && rows == *limit_) break;
        if (++rows % 4096 == 0) context_.check();
        const std::string& key = sources_.back().key;
        const auto size = static_cast<std::uint32_t>(key.size());
        merged->write(&size, sizeof size);
        merged->write(key.data(), size);
        merged->write_ids({row, width_});
    }
    sources_.clear();
    runs.push_back({0, merged->size()});
    std::vector<char> buffer(std::size_t{256} << 10);
    for (std::size_t i = count; i < runs_.size(); ++i) {
        const std::uint64_t begin = merged->size();
        SpillReader reader(*file_, runs_[i].begin, runs_[i].end);
        while (const std::size_t got = reader.read(buffer.data(), buffer.size()))
            merged->write(buffer.data(), got);
        runs.push_back({begin, merged->size()});
    }
    spilled_bytes_ += merged->size();
    file_ = std::move(merged);
    runs_ = std::move(runs);
}

void RowSort::finish() {
    if (runs_.empty()) {
        sort_entries();
        return;
    }
    if (!entries_.empty()) spill();
    while (runs_.size() > most_open_runs) merge_runs(most_open_runs);
    open_runs(runs_.size());
}

const TermId* RowSort::next() {
    if (limit_ && given_ == *limit_) return nullptr;
    ++given_;
    if (!runs_.empty()) return next_merged();
    return next_entry_ < entries_.size() ? row(entries_[next_entry_++].row) : nullptr;
}

}  // namespace dossier::engine
