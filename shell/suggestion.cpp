#include "shell/suggestion.h"

#include <algorithm>

namespace dossier::shell {

namespace {

// Damerau-Levenshtein distance in its restricted form; words are short.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                                   cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> did_you_mean(std::string_view word,
                                        const std::vector<std::string>& candidates) {
    if (word.size() < 2 || word.size() > 40) return std::nullopt;
    const std::string* best = nullptr;
    std::size_t best_distance = word.size() <= 4 ? 2 : 3;  // nearer than this
    for (const std::string& candidate : candidates) {
        const std::size_t found = distance(word, candidate);
        if (found == 0) return std::nullopt;
        if (found < best_distance) {
            best_distance = found;
            best = &candidate;
        }
    }
    return best == nullptr ? std::nullopt : std::optional(*best);
}

}  // namespace dossier::shell
