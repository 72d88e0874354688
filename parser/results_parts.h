#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "parser/results_reader.h"

// What the readers of the four formats share.

namespace dossier::sparql {

void read_json_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink);
void read_xml_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink);
void read_tsv_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink);
void read_csv_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink);

// The columns of a result and the row being read. The functions return a message where something
// is wrong, for the reader to say where; null where all is well.
class ResultsTable {
  public:
    ResultsTable(const ResultsOptions& options, ResultsSink& sink)
        : options_(options), sink_(sink) {}

    const char* add_variable(std::string name);
    std::size_t size() const { return names_.size(); }
    bool is_full() const { return names_.size() >= options_.max_variables; }
    // After the last variable, before the first row.
    void begin_rows();
    bool has_begun() const { return begun_; }

    // Sets a cell of the row. `column` counts from 0.
    const char* set(std::string_view variable, Term term);
    const char* set(std::size_t column, Term term);
    void end_row();

  private:
    const ResultsOptions& options_;
    ResultsSink& sink_;
    std::vector<std::string> names_;
    boost::unordered_flat_map<std::string, std::size_t> columns_;
    std::vector<std::optional<Term>> cells_;
    bool begun_ = false;
};

// A cell as JSON and XML describe it. Null where it is a term.
struct ResultsValue {
    enum class Kind { none, iri, blank_node, literal, triple };
    Kind kind = Kind::none;
    std::string text;
    std::optional<std::string> datatype;
    std::optional<std::string> language;
    std::optional<std::string> direction;
};
// The term of a value that is no triple term, or a message.
const char* make_term(ResultsValue&& value, Term& term);
// The triple term of three terms, or a message.
const char* make_triple(std::optional<Term>&& subject, std::optional<Term>&& predicate,
                        std::optional<Term>&& object, Term& term);

}  // namespace dossier::sparql
