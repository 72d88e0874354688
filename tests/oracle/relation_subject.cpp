#include "tests/oracle/relation_subject.h"

#include <algorithm>
#include <chrono>

#include <dossier/error.h>

namespace dossier::oracle {

std::string group(const std::string& text) {
    return "{ " + text + " }";
}
std::string variable_text(Variable variable) {
    return "?v" + std::to_string(variable);
}

std::string Subject::projection() const {
    std::string out;
    for (const Variable variable : variables()) out += " " + variable_text(variable);
    return out.empty() ? " ?v15" : out;
}

Rows rows_of(const EngineStore& store, const Variant& variant, const std::string& text) {
    Variant limited = variant;
    limited.most_rows = 5000;
    // Pairs of unrelated patterns can be too many to go through.
    limited.timeout = std::chrono::seconds(2);
    Answer answer;
    try {
        answer = store.prepare(text).run(limited);
    } catch (const Interrupted&) {
        throw NotHere{};
    }
    std::vector<std::size_t> order(answer.columns.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return answer.columns[a] < answer.columns[b]; });
    Rows rows;
    for (const TextRow& row : answer.rows) {
        TextRow sorted;
        for (const std::size_t i : order) sorted.push_back(row[i]);
        rows.push_back(std::move(sorted));
    }
    if (rows.size() > limited.most_rows) throw NotHere{};
    std::sort(rows.begin(), rows.end());
    return rows;
}
Rows rows_of(const Subject& subject, const std::string& text) {
    // Variants that may stop at a limit are none for this.
    const Variant* variant = &variants()[subject.chance.below(variants().size())];
    if (variant->may_reach_limit) variant = &variants()[0];
    return rows_of(subject.store, *variant, text);
}

std::string select(const Subject& subject, const std::string& pattern, const char* form) {
    return std::string("SELECT ") + form + subject.projection() + " WHERE " + group(pattern);
}

}  // namespace dossier::oracle
