#include "parser/results_reader.h"

#include <array>
#include <utility>

#include "parser/results_parts.h"
#include "rdf/iri.h"
#include "rdf/language_tag.h"
#include "rdf/vocabulary.h"

namespace dossier::sparql {

ResultsSink::~ResultsSink() = default;

std::optional<ResultsFormat> results_format_of_name(std::string_view name) {
    struct Entry {
        std::string_view name;
        ResultsFormat format;
    };
    static constexpr std::array entries = {
        Entry{"json", ResultsFormat::json},
        Entry{"srj", ResultsFormat::json},
        Entry{"application/sparql-results+json", ResultsFormat::json},
        Entry{"application/json", ResultsFormat::json},
        Entry{"xml", ResultsFormat::xml},
        Entry{"srx", ResultsFormat::xml},
        Entry{"application/sparql-results+xml", ResultsFormat::xml},
        Entry{"application/xml", ResultsFormat::xml},
        Entry{"tsv", ResultsFormat::tsv},
        Entry{"text/tab-separated-values", ResultsFormat::tsv},
        Entry{"csv", ResultsFormat::csv},
        Entry{"text/csv", ResultsFormat::csv},
    };
    for (const Entry& entry : entries) {
        if (entry.name == name) return entry.format;
    }
    return std::nullopt;
}

void read_results(ByteSource& source, ResultsFormat format, const ResultsOptions& options,
                  ResultsSink& sink) {
    switch (format) {
        case ResultsFormat::json:
            return read_json_results(source, options, sink);
        case ResultsFormat::xml:
            return read_xml_results(source, options, sink);
        case ResultsFormat::tsv:
            return read_tsv_results(source, options, sink);
        case ResultsFormat::csv:
            return read_csv_results(source, options, sink);
    }
}

// ---- Rows -----------------------------------------------------------------------------------

const char* ResultsTable::add_variable(std::string name) {
    if (name.empty()) return "a variable has no name";
    if (!columns_.try_emplace(name, names_.size()).second) return "a variable is listed twice";
    names_.push_back(std::move(name));
    return nullptr;
}

void ResultsTable::begin_rows() {
    begun_ = true;
    cells_.resize(names_.size());
    sink_.variables(names_);
}

const char* ResultsTable::set(std::string_view variable, Term term) {
    const auto found = columns_.find(std::string(variable));
    if (found == columns_.end()) return "a row binds a variable that the head does not list";
    return set(found->second, std::move(term));
}

const char* ResultsTable::set(std::size_t column, Term term) {
    if (cells_[column]) return "a row binds a variable twice";
    cells_[column] = std::move(term);
    return nullptr;
}

void ResultsTable::end_row() {
    if (options_.cancelled && options_.cancelled()) {
        throw Interrupted("reading results was cancelled");
    }
    sink_.row(cells_);
    for (std::optional<Term>& cell : cells_) cell.reset();
}

// ---- Terms ----------------------------------------------------------------------------------

namespace {

const char* make_literal(ResultsValue&& value, Term& term) {
    if (value.direction && !value.language) return "a base direction goes with a language";
    if (!value.language) {
        if (!value.datatype) {
            term = Term::literal(std::move(value.text));
            return nullptr;
        }
        if (*value.datatype == rdf::lang_string || *value.datatype == rdf::dir_lang_string) {
            return "a literal of this datatype has a language";
        }
        if (!is_valid_iri(*value.datatype)) return "a datatype is not a valid IRI";
        term = Term::literal(std::move(value.text), *std::move(value.datatype));
        return nullptr;
    }
    Direction direction = Direction::none;
    if (value.direction) {
        if (*value.direction != "ltr" && *value.direction != "rtl") {
            return "a base direction is ltr or rtl";
        }
        direction = *value.direction == "ltr" ? Direction::left_to_right : Direction::right_to_left;
    }
    const std::string_view wanted =
        direction == Direction::none ? rdf::lang_string : rdf::dir_lang_string;
    if (value.datatype && *value.datatype != wanted) {
        return "a literal has a language and a datatype that goes without one";
    }
    if (!is_language_tag(*value.language)) return "this is not a language tag";
    term = Term::language_literal(std::move(value.text), *std::move(value.language), direction);
    return nullptr;
}

}  // namespace

const char* make_term(ResultsValue&& value, Term& term) {
    using Kind = ResultsValue::Kind;
    if (value.kind != Kind::literal && (value.datatype || value.language || value.direction)) {
        return "only a literal has a datatype, a language or a direction";
    }
    switch (value.kind) {
        case Kind::iri:
            if (!is_valid_iri(value.text)) return "this is not a valid IRI";
            term = Term::iri(std::move(value.text));
            return nullptr;
        case Kind::blank_node:
            if (value.text.empty()) return "a blank node has no label";
            term = Term::blank_node(std::move(value.text));
            return nullptr;
        case Kind::literal:
            return make_literal(std::move(value), term);
        default:
            return "a value has no type";
    }
}

const char* make_triple(std::optional<Term>&& subject, std::optional<Term>&& predicate,
                        std::optional<Term>&& object, Term& term) {
    if (!subject || !predicate || !object) {
        return "a triple term has a subject, a predicate and an object";
    }
    if (!subject->is_iri() && !subject->is_blank_node()) {
        return "the subject of a triple term is an IRI or a blank node";
    }
    if (!predicate->is_iri()) return "the predicate of a triple term is an IRI";
    term = Term::triple(*std::move(subject), *std::move(predicate), *std::move(object));
    return nullptr;
}

}  // namespace dossier::sparql
