#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The variables of one query. A name in two scopes that do not see each other (a sub-select's
// variable that is not projected) is two variables, so passes may move expressions freely.

namespace dossier::engine {

using Variable = std::uint32_t;

class Variables {
  public:
    // A variable the user wrote, without its '?'. Each call makes a new one: scopes are kept by the
    // translation.
    Variable add(std::string_view name);
    // A variable nobody wrote: a blank node of a pattern, a step of a path, an aggregate.
    Variable fresh();

    std::size_t size() const { return names_.size(); }
    // As the user wrote it; "" for a fresh one.
    const std::string& name(Variable variable) const { return names_[variable]; }
    // For EXPLAIN: "?name", or "?_7" for a fresh one.
    std::string display(Variable variable) const;

  private:
    std::vector<std::string> names_;
};

// The position of `variable` in a list of columns.
inline std::optional<std::size_t> column_of(const std::vector<Variable>& columns,
                                            Variable variable) {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i] == variable) return i;
    return std::nullopt;
}

}  // namespace dossier::engine
