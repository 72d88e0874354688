#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dossier::shell {

// The candidate nearest to `word` by edits (insert, remove, replace, exchange of neighbours), when
// it is near enough to have been meant; nothing otherwise, and for an exact match.
std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates);

}  // namespace dossier::shell
