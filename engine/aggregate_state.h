#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/algebra.h"
#include "engine/function_cell.h"
#include "engine/function_scope.h"
#include "engine/spill_file.h"

namespace dossier::engine {

// The running values of one aggregate, one a group; groups are numbered from 0. SPARQL 1.1 section
// 18.5.1. DISTINCT is the caller's: it hands over each value once.
class AggregateState {
  public:
    virtual ~AggregateState() = default;

    // Makes room for so many groups; new ones are empty.
    virtual void resize(std::size_t groups) = 0;
    // Forgets all groups.
    virtual void clear() = 0;
    // Moves a group's value to the place of another.
    virtual void move(std::uint32_t from, std::uint32_t to) = 0;

    // values[i] belongs to group groups[i]; an error where the argument was one.
    virtual void update(FunctionScope& scope, std::span<const std::uint32_t> groups,
                        const Cell* values) = 0;
    // The same for plain ids. False where it does not do that better than with cells; then nothing
    // happened.
    virtual bool update_ids(std::span<const std::uint32_t>, const TermId*) { return false; }
    // `count` solutions of one group, for COUNT(*).
    virtual void count(std::uint32_t, std::uint64_t) {}

    // The group's answer; unbound for an error.
    virtual TermId result(FunctionScope& scope, std::uint32_t group) = 0;

    virtual void write(std::uint32_t group, SpillFile& file) = 0;
    virtual void read(FunctionScope& scope, std::uint32_t group, SpillReader& reader) = 0;

    // Bytes a group takes, and bytes held besides.
    virtual std::size_t bytes_per_group() const = 0;
    virtual std::size_t other_bytes() const { return 0; }
};

std::unique_ptr<AggregateState> make_aggregate_state(const Aggregate& aggregate);

}  // namespace dossier::engine
