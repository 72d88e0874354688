#include <algorithm>
#include <stdexcept>

#include "parser/results_reader.h"
#include "rdf/vocabulary.h"
#include "tests/conformance/result_table.h"

namespace dossier::conformance {

namespace {

class TableSink final : public sparql::ResultsSink {
  public:
    explicit TableSink(ResultTable& table) : table_(table) {}

    void variables(const std::vector<std::string>& names) override { table_.variables = names; }
    void row(const std::vector<std::optional<Term>>& cells) override {
        ResultTable::Row row;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (cells[i]) row.emplace(table_.variables[i], *cells[i]);
        }
        table_.rows.push_back(std::move(row));
    }
    void boolean(bool value) override { table_.boolean = value; }

  private:
    ResultTable& table_;
};

[[noreturn]] void fail(const std::string& reason) {
    throw std::runtime_error("the results cannot be read: " + reason);
}

ResultTable read_table(ByteSource& source, sparql::ResultsFormat format) {
    ResultTable table;
    TableSink sink(table);
    sparql::read_results(source, format, {}, sink);
    return table;
}

}  // namespace

ResultTable read_results_file(const std::string& path, sparql::ResultsFormat format) {
    return read_table(*open_file(path), format);
}

ResultTable read_results_text(std::string_view text, sparql::ResultsFormat format) {
    return read_table(*open_memory(text, "results"), format);
}

ResultTable read_rdf_results(const Graph& graph) {
    const std::string rs = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";
    const std::vector<Term> sets = graph.subjects(rdf::type, Term::iri(rs + "ResultSet"));
    if (sets.size() != 1) fail("no result set in RDF");
    const Term& set = sets.front();
    ResultTable table;
    for (const Term& name : graph.objects(set, rs + "resultVariable")) {
        table.variables.emplace_back(name.text());
    }
    if (const auto boolean = graph.object(set, rs + "boolean")) {
        table.boolean = boolean->text() == "true" || boolean->text() == "1";
        return table;
    }
    std::vector<std::pair<long, ResultTable::Row>> rows;
    for (const Term& solution : graph.objects(set, rs + "solution")) {
        const auto index = graph.object(solution, rs + "index");
        table.ordered = table.ordered || index.has_value();
        ResultTable::Row row;
        for (const Term& binding : graph.objects(solution, rs + "binding")) {
            const auto name = graph.object(binding, rs + "variable");
            const auto value = graph.object(binding, rs + "value");
            if (!name || !value) fail("half a binding in RDF");
            row.emplace(name->text(), *value);
        }
        rows.emplace_back(index ? std::stol(std::string(index->text())) : 0, std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [index, row] : rows) table.rows.push_back(std::move(row));
    return table;
}

}  // namespace dossier::conformance
