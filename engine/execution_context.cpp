#include "engine/execution_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include <dossier/error.h>

#include "engine/batch.h"

namespace dossier::engine {

namespace {

constexpr std::size_t least_batch_rows = 16;

std::uint64_t seed_from_system() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

ExecutionContext::ExecutionContext(std::shared_ptr<const storage::Snapshot> snapshot,
                                   ExecutionOptions options)
    : snapshot_(std::move(snapshot)),
      options_(std::move(options)),
      question_(options_.question.value_or(StopQuestion(options_.stop, options_.timeout))),
      memory_(options_.memory_bytes),
      spill_space_(options_.temporary_directory, options_.spill_bytes),
      computed_(*snapshot_, memory_),
      now_(options_.now.value_or(std::chrono::system_clock::now())),
      random_state_(options_.random_seed),
      batch_capacity_(Batch::max_capacity) {}

ExecutionContext::~ExecutionContext() = default;

// The batches of two joins hold a column each: one as output, one as input.
void ExecutionContext::add_columns(std::size_t columns) {
    columns_ += columns;
    const std::size_t most_rows =
        memory_.limit() / 8 / (2 * sizeof(storage::TermId) * std::max<std::size_t>(columns_, 1));
    batch_capacity_ = std::clamp(most_rows, least_batch_rows, Batch::max_capacity);
}
void ExecutionContext::remove_columns(std::size_t columns) {
    columns_ -= columns;
    add_columns(0);
}

void ExecutionContext::check() {
    if (question_.may_go_on()) return;
    spill_space_.give_up();
    question_.ask();
}

std::optional<std::chrono::nanoseconds> ExecutionContext::time_left() const {
    return question_.time_left();
}

Term ExecutionContext::term(storage::TermId id) const {
    return id.tag() == storage::Tag::computed ? computed_.term(id) : snapshot_->term(id);
}

// SplitMix64: every seed gives a full period, and the state is one word. The system is asked for a
// seed at the first question: that takes longer than a small query.
std::uint64_t ExecutionContext::random_bits() {
    if (!random_state_) random_state_ = seed_from_system();
    *random_state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = *random_state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void ExecutionContext::set_outer(Variable variable, storage::TermId value) {
    if (variable >= outer_.size()) outer_.resize(variable + 1, storage::unbound);
    outer_[variable] = value;
}

const OperatorStatistics* ExecutionContext::find_statistics(const PlanNode& node) const {
    const auto found = statistics_.find(&node);
    return found == statistics_.end() ? nullptr : &found->second;
}

}  // namespace dossier::engine
