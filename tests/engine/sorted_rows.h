#pragma once

#include <dossier/dossier.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dossier {

using Texts = std::vector<std::string>;

// The rows as text, cells apart by a blank and "-" for an unbound one, in the order of the texts.
inline Texts sorted_rows(Rows rows) {
    Texts out;
    for (const Row& row : rows) {
        std::string cells;
        for (std::size_t i = 0; i < row.size(); ++i)
            cells += (i > 0 ? " " : "") + (row.bound(i) ? row.get<std::string>(i) : "-");
        out.push_back(cells);
    }
    std::sort(out.begin(), out.end());
    return out;
}
inline Texts sorted_rows(const Store& store, const std::string& text,
                         const QueryOptions& options = {}) {
    return sorted_rows(store.query(text, options));
}

}  // namespace dossier
