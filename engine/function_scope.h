#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/batch.h"
#include "engine/execution_context.h"
#include "engine/function_cell.h"
#include "engine/memory_budget.h"
#include "rdf/iri.h"
#include "rdf/value.h"
#include "rdf/value_order.h"

namespace dossier::engine {

// Memory that is given back all at once. Charges what it holds.
class ScratchMemory {
  public:
    // Without a budget, for constants, it holds a megabyte at most.
    explicit ScratchMemory(MemoryBudget* budget);

    // Room for `bytes`, aligned for pointers. Throws LimitError.
    char* allocate(std::size_t bytes);
    template <typename T, typename... Arguments>
    T* make(Arguments&&... arguments) {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (allocate(sizeof(T))) T(std::forward<Arguments>(arguments)...);
    }
    std::string_view copy(std::string_view text);
    // Keeps a little of the memory for the next use.
    void clear();
    std::size_t bytes() const { return bytes_; }

  private:
    struct Block {
        std::unique_ptr<char[]> memory;
        std::size_t size;
    };
    std::vector<Block> blocks_;
    std::size_t used_ = 0;  // of the last block
    std::size_t bytes_ = 0;
    std::optional<MemoryCharge> charge_;
};

// What the functions of one expression share while they run over one batch: decoded terms, computed
// texts and values. Belongs to one thread.
class FunctionScope {
  public:
    // Without a context only constants can be evaluated.
    // `question` is asked where there is no context.
    FunctionScope(ExecutionContext* context, const std::string& base,
                  StopQuestion* question = nullptr);
    FunctionScope(const FunctionScope&) = delete;
    FunctionScope& operator=(const FunctionScope&) = delete;

    // Starts a batch: cells of the one before lose their meaning.
    void begin();

    ExecutionContext* context() { return context_; }
    const BaseIri& base() const { return base_; }

    // Fetches the terms of all dictionary ids among the cells together, which is what the
    // dictionary is fast at.
    void decode(std::span<const Cell> cells);

    // The term of a cell in its written form; null for an error.
    const TermView* term(const Cell& cell);
    // What the cell means; ValueKind::none for an error and all but literals.
    Value value(const Cell& cell);
    // Interned where necessary; unbound for an error.
    TermId id(const Cell& cell);
    TermId id_of(const TermView& term);
    // Ids go to `passing` from now on instead of being kept; it must outlive this object. Null ends
    // that.
    void set_passing(PassingTerms* passing) { passing_ = passing; }
    PassingTerms* passing() const { return passing_; }

    Cell make_value(Value value);  // small numbers and booleans become their own kind of cell
    Cell make_term(const TermView& term);            // copies the text
    const TermView* view(const TermView& borrowed);  // text already in this scope
    Cell make_string(std::string_view text);         // copies; xsd:string
    Cell borrow_string(std::string_view text);       // text already in this scope
    // A string with the language and direction of `like`.
    Cell borrow_string_like(std::string_view text, const TermView& like);
    ScratchMemory& memory() { return memory_; }
    // Throws LimitError when a text of so many bytes has no room.
    void expect_room(std::size_t bytes);
    // Some milliseconds, for a digest or a regular expression.
    static constexpr std::size_t most_work = std::size_t{1} << 19;
    // Counts the work for one row, in bytes read or made; term() counts the texts it gives. Asks
    // now and then whether the query may go on, and throws as ExecutionContext::check() does.
    void worked(std::size_t bytes) {
        work_ += bytes;
        if (work_ >= most_work) ask();
    }

    // Whether equal ids mean equal terms and different ids different ones.
    bool is_resolved(TermId id) const {
        return id.tag() != storage::Tag::computed || !context_->computed().unresolved(id);
    }
    // Some number that tells this batch from others.
    std::uint64_t batch_number() const { return batch_number_; }

  private:
    struct Decoded {
        const TermView* term = nullptr;
        const Value* value = nullptr;
    };
    void ask();
    Decoded& decoded(TermId id);
    const TermView* copy(const TermView& term);

    ExecutionContext* context_;
    StopQuestion* question_;
    BaseIri base_;
    ScratchMemory memory_;
    std::deque<Value> values_;
    boost::unordered_flat_map<std::uint64_t, Decoded> decoded_;
    std::vector<TermId> wanted_;
    std::uint64_t batch_number_ = 0;
    std::size_t work_ = 0;
    PassingTerms* passing_ = nullptr;
};

// A number in one of the four small forms where it has one; other cells as they are.
inline Cell unpack(const Cell& cell);
Cell unpack_slowly(const Cell& cell);

inline Cell unpack(const Cell& cell) {
    return cell.kind == Cell::Kind::id ? unpack_slowly(cell) : cell;
}

// SPARQL 1.1 section 17.2.2.
Truth effective_boolean(FunctionScope& scope, const Cell& cell);

}  // namespace dossier::engine
