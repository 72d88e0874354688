#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

#include <dossier/term.h>

namespace dossier::engine {

// Statements with the text of their terms: what one thread parses and another takes in.
class StatementBatch {
  public:
    StatementBatch();

    // Copies the statement; parts that the statement before has too are shared with it.
    void add(const QuadView& quad);
    bool full() const { return bytes_ >= most_bytes || quads_.size() >= most_quads; }
    bool empty() const { return quads_.empty(); }
    // Valid until clear(); moving the batch does not touch them.
    std::span<const QuadView> quads() const { return quads_; }
    // Keeps the memory, but for what single great statements needed.
    void clear();

  private:
    static constexpr std::size_t most_bytes = std::size_t{256} << 10;
    static constexpr std::size_t most_quads = 2'048;

    TermView copy(const TermView& term, const TermView& before);
    std::string_view copy(std::string_view text, std::string_view before);

    std::unique_ptr<std::byte[]> buffer_;
    std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_;  // begins in buffer_
    std::vector<QuadView> quads_;
    std::size_t bytes_ = 0;
};

}  // namespace dossier::engine
