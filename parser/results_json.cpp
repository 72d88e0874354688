#include <utility>

#include "parser/json_reader.h"
#include "parser/results_parts.h"

// SPARQL 1.2 Query Results JSON Format.

namespace dossier::sparql {
namespace {

class JsonResults {
  public:
    JsonResults(ByteSource& source, const ResultsOptions& options, ResultsSink& sink)
        : sink_(sink),
          options_(options),
          input_(source, options.source_name),
          // A triple term takes two levels, and the results around it five.
          json_(input_, 2 * options.max_nesting + 5, options.max_value_bytes),
          table_(options, sink) {}

    void read();

  private:
    // Calls `member` for each key of an object that has just been opened; `member` takes the value.
    template <typename Member>
    void for_members(Member member) {
        while (true) {
            const JsonToken token = json_.next();
            if (token == JsonToken::object_end) return;
            member(std::string(json_.text()));
        }
    }
    void open(JsonToken wanted, const char* message) {
        if (json_.next() != wanted) input_.fail(message);
    }
    void once(bool& seen, const std::string& key) {
        if (std::exchange(seen, true)) input_.fail("the key \"" + key + "\" stands twice");
    }
    void once_string(std::optional<std::string>& value, const std::string& key) {
        if (value) input_.fail("the key \"" + key + "\" stands twice");
        if (json_.next() != JsonToken::string) input_.fail("\"" + key + "\" is not a string");
        value = json_.text();
    }
    void check(const char* message) {
        if (message != nullptr) input_.fail(message);
    }

    void read_head();
    void read_bindings();
    void read_row();
    void hold_row();
    void give_held_rows();
    Term read_term(std::size_t depth);
    Term read_triple(std::size_t depth);

    ResultsSink& sink_;
    const ResultsOptions& options_;
    TextInput input_;
    JsonReader json_;
    ResultsTable table_;
    // Rows that came before the head, which tells their columns.
    using HeldRow = std::vector<std::pair<std::string, Term>>;
    bool holds_rows_ = false;
    std::vector<HeldRow> held_;
    std::size_t held_bytes_ = 0;
};

void JsonResults::read() {
    bool head = false;
    bool results = false;
    bool boolean = false;
    open(JsonToken::object_begin, "expected an object with \"head\" and \"results\"");
    for_members([&](const std::string& key) {
        if (key == "head") {
            once(head, key);
            read_head();
            if (holds_rows_) give_held_rows();
        } else if (key == "boolean") {
            once(boolean, key);
            const JsonToken value = json_.next();
            if (value != JsonToken::true_ && value != JsonToken::false_) {
                input_.fail("\"boolean\" is true or false");
            }
            if (results) input_.fail("a result is boolean or has rows, not both");
            sink_.boolean(value == JsonToken::true_);
        } else if (key == "results") {
            once(results, key);
            if (boolean) input_.fail("a result is boolean or has rows, not both");
            open(JsonToken::object_begin, "\"results\" is an object");
            holds_rows_ = !head;
            if (!holds_rows_) table_.begin_rows();
            bool bindings = false;
            for_members([&](const std::string& inner) {
                if (inner == "bindings") {
                    once(bindings, inner);
                    read_bindings();
                } else {
                    json_.skip(json_.next());
                }
            });
            if (!bindings) input_.fail("expected \"bindings\" in \"results\"");
        } else {
            json_.skip(json_.next());
        }
    });
    if (holds_rows_) input_.fail("expected \"head\"");
    if (!results && !boolean) input_.fail("expected \"results\" or \"boolean\"");
    json_.next();  // the end
}

void JsonResults::read_head() {
    bool vars = false;
    open(JsonToken::object_begin, "\"head\" is an object");
    for_members([&](const std::string& key) {
        if (key != "vars") return json_.skip(json_.next());
        once(vars, key);
        open(JsonToken::array_begin, "\"vars\" is an array");
        for (JsonToken token = json_.next(); token != JsonToken::array_end; token = json_.next()) {
            if (token != JsonToken::string) input_.fail("a variable's name is a string");
            if (table_.is_full()) {
                input_.fail_limit("more than " + std::to_string(options_.max_variables) +
                                  " variables (limit max_variables)");
            }
            check(table_.add_variable(json_.text()));
        }
    });
}

void JsonResults::read_bindings() {
    open(JsonToken::array_begin, "\"bindings\" is an array");
    for (JsonToken token = json_.next(); token != JsonToken::array_end; token = json_.next()) {
        if (token != JsonToken::object_begin) input_.fail("a row is an object");
        if (holds_rows_)
            hold_row();
        else
            read_row();
    }
}

void JsonResults::read_row() {
    for_members([&](const std::string& variable) {
        open(JsonToken::object_begin, "the value of a variable is an object");
        check(table_.set(variable, read_term(0)));
    });
    table_.end_row();
}

void JsonResults::hold_row() {
    if (options_.cancelled && options_.cancelled())
        throw Interrupted("reading results was cancelled");
    held_.emplace_back();
    held_bytes_ += sizeof(HeldRow);
    for_members([&](const std::string& variable) {
        open(JsonToken::object_begin, "the value of a variable is an object");
        held_.back().emplace_back(variable, read_term(0));
        held_bytes_ += sizeof(HeldRow::value_type) + variable.size();
    });
    if (held_bytes_ > options_.max_held_bytes) {
        input_.fail_limit("more than " + std::to_string(options_.max_held_bytes) +
                          " bytes of rows before \"head\" (limit max_held_bytes)");
    }
}

void JsonResults::give_held_rows() {
    holds_rows_ = false;
    table_.begin_rows();
    for (HeldRow& row : held_) {
        for (auto& [variable, term] : row) check(table_.set(variable, std::move(term)));
        table_.end_row();
        row = {};
    }
    held_.clear();
}

// A term whose object has just been opened. Its keys come in any order, so that what "value" holds
// tells a triple term before "type" may have done so.
Term JsonResults::read_term(std::size_t depth) {
    if (depth > options_.max_nesting) {
        input_.fail_limit("triple terms nested more deeply than " +
                          std::to_string(options_.max_nesting) + " (limit max_nesting)");
    }
    held_bytes_ += sizeof(Term);
    ResultsValue value;
    std::optional<std::string> type;
    std::optional<std::string> text;
    std::optional<Term> triple;
    for_members([&](const std::string& key) {
        if (key == "type") {
            once_string(type, key);
        } else if (key == "value") {
            if (text || triple) input_.fail("the key \"value\" stands twice");
            const JsonToken token = json_.next();
            if (token == JsonToken::string) {
                text = json_.text();
            } else if (token == JsonToken::object_begin) {
                triple = read_triple(depth);
            } else {
                input_.fail("\"value\" is a string, or an object for a triple term");
            }
        } else if (key == "xml:lang") {
            once_string(value.language, key);
        } else if (key == "datatype") {
            once_string(value.datatype, key);
        } else if (key == "its:dir") {
            once_string(value.direction, key);
        } else {
            json_.skip(json_.next());
        }
    });
    if (!type || (!text && !triple)) input_.fail("a term has \"type\" and \"value\"");
    if ((*type == "triple") != triple.has_value()) {
        input_.fail("\"type\" and \"value\" do not fit each other");
    }
    if (triple) {
        if (value.datatype || value.language || value.direction) {
            input_.fail("only a literal has a datatype, a language or a direction");
        }
        return *std::move(triple);
    }
    if (*type == "uri") {
        value.kind = ResultsValue::Kind::iri;
    } else if (*type == "bnode") {
        value.kind = ResultsValue::Kind::blank_node;
    } else if (*type == "literal" || *type == "typed-literal") {
        value.kind = ResultsValue::Kind::literal;
    } else {
        input_.fail("\"type\" is uri, bnode, literal or triple");
    }
    value.text = *std::move(text);
    held_bytes_ += value.text.size();
    Term term;
    check(make_term(std::move(value), term));
    return term;
}

Term JsonResults::read_triple(std::size_t depth) {
    std::optional<Term> subject;
    std::optional<Term> predicate;
    std::optional<Term> object;
    for_members([&](const std::string& key) {
        std::optional<Term>* part = key == "subject"     ? &subject
                                    : key == "predicate" ? &predicate
                                    : key == "object"    ? &object
                                                         : nullptr;
        if (part == nullptr) input_.fail("a triple term has subject, predicate and object");
        if (*part) input_.fail("the key \"" + key + "\" stands twice");
        open(JsonToken::object_begin, "a term is an object");
        *part = read_term(depth + 1);
    });
    Term term;
    check(make_triple(std::move(subject), std::move(predicate), std::move(object), term));
    return term;
}

}  // namespace

void read_json_results(ByteSource& source, const ResultsOptions& options, ResultsSink& sink) {
    JsonResults(source, options, sink).read();
}

}  // namespace dossier::sparql
