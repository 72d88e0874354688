#include "engine/spilling_distinct.h"

#include <algorithm>

#include <dossier/error.h>

namespace dossier::engine {

RowPartitions::RowPartitions(ExecutionContext& context, std::uint64_t level) : level_(level) {
    if (level >= most_levels)
        throw LimitError("the query's memory limit is too small to tell its rows apart");
    for (auto& file : files_)
        file = std::make_unique<SpillFile>(context.spill_space(), buffer_bytes);
}

std::uint64_t RowPartitions::bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& file : files_)
        if (file) bytes += file->size();
    return bytes;
}

SpillingDistinct::SpillingDistinct(ExecutionContext& context, std::size_t width, double share)
    : context_(context), width_(width), memory_(context.memory(), share), rows_(width, &context) {}

bool SpillingDistinct::insert(const TermId* row, std::uint64_t hash) {
    const std::uint64_t place = place_++;
    if (rows_.find(row, hash) != RowSet::none) return false;
    if (!partitions_) {
        if (rows_.reserve_one(memory_)) {
            rows_.add(row, hash);
            return true;
        }
        partitions_ = std::make_unique<RowPartitions>(context_, 0);
    }
    set_aside(*partitions_, place, row);
    return false;
}

bool SpillingDistinct::restart() {
    if (partitions_) return false;
    rows_.reuse();
    return true;
}

void SpillingDistinct::set_aside(RowPartitions& partitions, std::uint64_t place,
                                 const TermId* row) {
    SpillFile& file = partitions.file_of(row, width_);
    file.write(&place, sizeof place);
    file.write_ids({row, width_});
}

bool SpillingDistinct::Source::read() {
    const std::size_t bytes = record.size() * sizeof(TermId);
    return reader.read(record.data(), bytes) == bytes;
}

void SpillingDistinct::tell_apart(const SpillFile& file, std::uint64_t level) {
    rows_.clear();
    memory_.clear();
    std::unique_ptr<RowPartitions> deeper;
    Source source{{file, 0, file.size()}, std::vector<TermId>(width_ + 1)};
    const TermId* row = source.record.data() + 1;
    const std::uint64_t begin = survivors_->size();
    for (std::uint64_t count = 0; source.read(); ++count) {
        if (count % 4096 == 0) context_.check();
        const std::uint64_t hash = hash_row(row, width_);
        if (rows_.find(row, hash) != RowSet::none) continue;
        if (!deeper) {
            if (rows_.reserve_one(memory_)) {
                rows_.add(row, hash);
                survivors_->write_ids(source.record);
                continue;
            }
            deeper = std::make_unique<RowPartitions>(context_, level + 1);
        }
        set_aside(*deeper, source.record[0].bits, row);
    }
    if (survivors_->size() > begin) regions_.push_back({begin, survivors_->size()});
    if (deeper) tell_apart(*deeper);
}

void SpillingDistinct::tell_apart(RowPartitions& partitions) {
    spilled_bytes_ += partitions.bytes();
    for (std::size_t i = 0; i < RowPartitions::count; ++i) partitions.file(i).finish();
    for (std::size_t i = 0; i < RowPartitions::count; ++i) {
        tell_apart(partitions.file(i), partitions.level());
        partitions.drop(i);
    }
}

void SpillingDistinct::tell_apart() {
    told_apart_ = true;
    if (!partitions_) return;
    survivors_ = std::make_unique<SpillFile>(context_.spill_space());
    tell_apart(*partitions_);
    partitions_.reset();
    rows_.clear();
    memory_.clear();
    survivors_->finish();
    const std::size_t buffer =
        std::clamp<std::size_t>((std::size_t{4} << 20) / (regions_.size() + 1), 4096, 65536);
    for (const Region& region : regions_) {
        Source source{{*survivors_, region.begin, region.end, buffer},
                      std::vector<TermId>(width_ + 1)};
        if (source.read()) sources_.push_back(std::move(source));
    }
    const auto later = [](const Source& a, const Source& b) { return a.record[0] > b.record[0]; };
    std::make_heap(sources_.begin(), sources_.end(), later);
}

bool SpillingDistinct::next_set_aside(TermId* row) {
    if (!told_apart_) tell_apart();
    if (sources_.empty()) return false;
    const auto later = [](const Source& a, const Source& b) { return a.record[0] > b.record[0]; };
    std::pop_heap(sources_.begin(), sources_.end(), later);
    std::copy(sources_.back().record.begin() + 1, sources_.back().record.end(), row);
    if (sources_.back().read())
        std::push_heap(sources_.begin(), sources_.end(), later);
    else
        sources_.pop_back();
    return true;
}

}  // namespace dossier::engine
