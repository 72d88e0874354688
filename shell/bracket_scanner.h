#pragma once

#include <cstddef>
#include <string_view>

namespace dossier::shell {

// Tells whether a bracket or a long string is open in a statement that comes line by line, looking
// at each line once: what is open cannot be whole, and need not be parsed to know it. (Parsing an
// INSERT DATA of 100,000 lines at each of its lines would take hours.)
class BracketScanner {
  public:
    void add_line(std::string_view line);
    bool open() const { return depth_ > 0 || long_quote_ != '\0'; }

  private:
    std::size_t skip_string(std::string_view line, std::size_t i, char quote);

    long depth_ = 0;          // of { ( [
    char long_quote_ = '\0';  // inside """ or '''
};

}  // namespace dossier::shell
