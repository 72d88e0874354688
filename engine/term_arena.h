#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include <dossier/term.h>

namespace dossier::engine {

// Terms with their text in blocks of memory that are reused: no allocation a term to make one, and
// none a term to forget it.
class TermArena {
  public:
    // A copy that lives until clear().
    TermView copy(const TermView& term);
    // Forgets all copies and keeps the memory, up to so many bytes.
    void clear(std::size_t kept_bytes = std::size_t{4} << 20);

  private:
    std::string_view copy(std::string_view text);

    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };
    std::vector<Block> blocks_;
    std::size_t used_ = 0;  // of the last block
    std::vector<std::unique_ptr<TripleView>> triples_;
};

}  // namespace dossier::engine
