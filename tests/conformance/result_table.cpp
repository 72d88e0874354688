#include "tests/conformance/result_table.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "rdf/vocabulary.h"
#include "tests/conformance/isomorphism.h"

namespace dossier::conformance {

namespace {

// One form for each value, where the lexical form is that of a number.
Term with_one_form(const Term& term) {
    if (term.is_triple()) {
        return Term::triple(with_one_form(term.subject()), term.predicate(),
                            with_one_form(term.object()));
    }
    if (!term.is_literal() || !term.datatype().starts_with(xsd::prefix)) return term;
    std::string text(term.text());
    if (term.datatype() == xsd::double_ || term.datatype() == xsd::float_) {
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        if (text.empty() || *end != '\0') return term;
        char form[64];
        std::snprintf(form, sizeof form, term.datatype() == xsd::float_ ? "%.6g" : "%.14g", value);
        return Term::literal(form, std::string(term.datatype()));
    }
    if (term.datatype() == xsd::decimal && text.find('.') != std::string::npos) {
        while (text.ends_with('0')) text.pop_back();
        if (text.ends_with('.')) text.pop_back();
        return Term::literal(text, std::string(term.datatype()));
    }
    return term;
}

// The rows as statements about one blank node each, so that graph isomorphism compares them.
Graph as_graph(const ResultTable& table, bool one_form, bool ordered) {
    Graph graph;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const Term row = Term::blank_node("row " + std::to_string(i));
        const Term place = ordered ? Term::integer(static_cast<std::int64_t>(i)) : Term::iri("row");
        graph.add({row, Term::iri("place"), place, Term()});
        for (const auto& [variable, term] : table.rows[i]) {
            graph.add({row, Term::iri("variable " + variable),
                       one_form ? with_one_form(term) : term, Term()});
        }
    }
    return graph;
}

bool has_blank_nodes(const ResultTable& table) {
    for (const ResultTable::Row& row : table.rows) {
        for (const auto& [variable, term] : row) {
            if (term.is_blank_node() || term.is_triple()) return true;
        }
    }
    return false;
}

std::vector<ResultTable::Row> sorted_rows(const ResultTable& table, bool one_form) {
    std::vector<ResultTable::Row> rows = table.rows;
    for (ResultTable::Row& row : rows) {
        for (auto& [variable, term] : row) {
            if (one_form) term = with_one_form(term);
        }
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

// SELECT REDUCED. Rows with blank nodes are not told apart by this.
bool is_reduced(const ResultTable& expected, const ResultTable& actual) {
    const std::vector<ResultTable::Row> all = sorted_rows(expected, true);
    const std::vector<ResultTable::Row> some = sorted_rows(actual, true);
    return std::includes(all.begin(), all.end(), some.begin(), some.end()) &&
           std::all_of(all.begin(), all.end(), [&some](const ResultTable::Row& row) {
               return std::binary_search(some.begin(), some.end(), row);
           });
}

}  // namespace

bool same_results(const ResultTable& expected, const ResultTable& actual) {
    if (expected.boolean || actual.boolean) return expected.boolean == actual.boolean;
    if (std::set<std::string>(expected.variables.begin(), expected.variables.end()) !=
        std::set<std::string>(actual.variables.begin(), actual.variables.end())) {
        return false;
    }
    if (expected.reduced) return is_reduced(expected, actual);
    if (expected.rows.size() != actual.rows.size()) {
        return false;
    }
    for (const bool one_form : {false, true}) {
        if (!expected.ordered && !has_blank_nodes(expected) && !has_blank_nodes(actual)) {
            // Many equal rows would make the search for a mapping long, and there is nothing to
            // map.
            if (sorted_rows(expected, one_form) == sorted_rows(actual, one_form)) return true;
        } else if (is_isomorphic(as_graph(expected, one_form, expected.ordered),
                                 as_graph(actual, one_form, expected.ordered))) {
            return true;
        }
    }
    return false;
}

std::string as_text(const ResultTable& table) {
    if (table.boolean) return *table.boolean ? "    true\n" : "    false\n";
    std::string text = "    ";
    for (const std::string& variable : table.variables) text += "?" + variable + " ";
    text += "\n";
    for (const ResultTable::Row& row : table.rows) {
        text += "    ";
        for (const auto& [variable, term] : row) {
            text += variable + "=" + term.to_string() + " ";
        }
        text += "\n";
    }
    return text;
}

}  // namespace dossier::conformance
