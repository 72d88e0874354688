#include <dossier/query.h>

#include <algorithm>
#include <ostream>

#include "engine/query_impl.h"
#include "engine/result_writer.h"
#include "engine/statement_writer.h"

namespace dossier {

// ---- Rows -----------------------------------------------------------------------------------

struct Rows::Impl {
    // Keeps the store open and the parsed query alive.
    std::shared_ptr<const Query::Impl> query;
    RunningQuery running;
    engine::Batch batch;
    engine::BatchDecoder decoder;
    std::vector<std::size_t> columns;  // of the batch, one a variable
    std::size_t row = 0;
    bool at_end = false;

    explicit Impl(std::shared_ptr<const Query::Impl> source)
        : query(std::move(source)), running(*query), decoder(running.execution().context()) {
        const std::vector<std::string>& names = running.plan().column_names();
        for (const std::string& variable : query->variables) {
            // They stand in the plan's order, as a rule: looking for each of thousands takes long.
            const std::size_t here = columns.size();
            const auto found = here < names.size() && names[here] == variable
                                   ? names.begin() + static_cast<std::ptrdiff_t>(here)
                                   : std::find(names.begin(), names.end(), variable);
            if (found == names.end())
                throw QueryError("the variable ?" + variable + " is missing from the plan");
            columns.push_back(static_cast<std::size_t>(found - names.begin()));
        }
    }

    bool next_batch() {
        if (at_end || !running.next(batch)) {
            at_end = true;
            return false;
        }
        decoder.decode(batch, columns);
        return true;
    }
};

Rows::Rows(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

const std::vector<std::string>& Rows::variables() const {
    return impl_->query->variables;
}

bool Rows::next() {
    if (impl_->row + 1 < impl_->decoder.rows() && !impl_->at_end) {
        ++impl_->row;
        return true;
    }
    do {
        if (!impl_->next_batch()) return false;
    } while (impl_->batch.size() == 0);
    impl_->row = 0;
    return true;
}

// ---- Row ------------------------------------------------------------------------------------

std::size_t Row::size() const {
    return rows_->variables().size();
}

std::size_t Row::index_of(std::string_view variable) const {
    const std::vector<std::string>& names = rows_->variables();
    const auto found = std::find(names.begin(), names.end(), variable);
    if (found == names.end())
        throw UsageError("the query has no variable ?" + std::string(variable));
    return static_cast<std::size_t>(found - names.begin());
}

std::string_view Row::name(std::size_t column) const {
    return rows_->variables()[column];
}

bool Row::bound(std::size_t column) const {
    if (column >= size()) throw UsageError("the query has no column " + std::to_string(column));
    return rows_->impl_->decoder.at(rows_->impl_->row, column) != nullptr;
}
bool Row::bound(std::string_view variable) const {
    return bound(index_of(variable));
}

TermView Row::operator[](std::size_t column) const {
    if (!bound(column)) detail::throw_unbound(name(column));
    return *rows_->impl_->decoder.at(rows_->impl_->row, column);
}
TermView Row::operator[](std::string_view variable) const {
    return (*this)[index_of(variable)];
}

namespace detail {

void throw_unbound(std::string_view variable) {
    throw QueryError("?" + std::string(variable) + " is unbound in this row");
}
void throw_no_value(std::string_view variable, const TermView& term) {
    throw QueryError("?" + std::string(variable) + " is " + Term(term).to_string() +
                     ", which has no value of the type asked for");
}
void throw_column_count(std::size_t wanted, std::size_t present) {
    throw UsageError("the query gives " + std::to_string(present) + " columns, not " +
                     std::to_string(wanted));
}

}  // namespace detail

// ---- Graph ----------------------------------------------------------------------------------

namespace {

// Statements that a query makes.
struct QueryGraph final : Graph::Impl {
    std::shared_ptr<const Query::Impl> query;
    RunningQuery running;
    engine::Batch batch;
    engine::BatchDecoder decoder;
    std::size_t row = 0;
    bool at_end = false;

    explicit QueryGraph(std::shared_ptr<const Query::Impl> source)
        : query(std::move(source)), running(*query), decoder(running.execution().context()) {}

    bool next() override {
        if (at_end) return false;
        if (++row >= decoder.rows()) {
            do {
                if (!running.next(batch)) {
                    at_end = true;
                    return false;
                }
            } while (batch.size() == 0);
            decoder.decode(batch);
            row = 0;
        }
        statement.subject = *decoder.at(row, 0);
        statement.predicate = *decoder.at(row, 1);
        statement.object = *decoder.at(row, 2);
        return true;
    }
};

}  // namespace

Graph::Graph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;
Graph::~Graph() = default;
bool Graph::next() {
    return impl_->next();
}
QuadView Graph::statement() const {
    return impl_->statement;
}

// ---- Query ----------------------------------------------------------------------------------

Query::Query(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

QueryForm Query::form() const {
    switch (impl_->parsed->query.form) {
        case sparql::QueryForm::select:
            return QueryForm::select;
        case sparql::QueryForm::ask:
            return QueryForm::ask;
        case sparql::QueryForm::construct:
            return QueryForm::construct;
        case sparql::QueryForm::describe:
            break;
    }
    return QueryForm::describe;
}

const std::vector<std::string>& Query::variables() const {
    return impl_->variables;
}

Query Query::bind(std::string_view variable, const Term& value) const {
    if (!impl_->parsed->symbols.find_variable(variable))
        throw UsageError("the query has no variable ?" + std::string(variable));
    auto copy = std::make_shared<Impl>(*impl_);
    for (auto& [name, term] : copy->parameters) {
        if (name != variable) continue;
        term = value;
        return Query(std::move(copy));
    }
    copy->parameters.emplace_back(variable, value);
    return Query(std::move(copy));
}
Query Query::bind(std::string_view variable, std::string_view text) const {
    return bind(variable, Term::literal(std::string(text)));
}
Query Query::bind(std::string_view variable, const char* text) const {
    return bind(variable, std::string_view(text));
}
Query Query::bind(std::string_view variable, double value) const {
    return bind(variable, Term::real(value));
}

Query Query::with(const QueryOptions& options) const {
    auto copy = std::make_shared<Impl>(*impl_);
    copy->options = options;
    Query query(std::move(copy));
    for (const auto& [name, value] : options.parameters) query = query.bind(name, value);
    return query;
}

Rows Query::rows() const {
    if (form() != QueryForm::select) throw UsageError("only a SELECT query has rows");
    return Rows(std::make_unique<Rows::Impl>(impl_));
}

bool Query::ask() const {
    if (form() != QueryForm::ask) throw UsageError("the query is not an ASK query");
    RunningQuery running(*impl_);
    engine::Batch batch;
    while (running.next(batch))
        if (batch.size() > 0) return true;
    return false;
}

Graph Query::graph() const {
    if (form() != QueryForm::construct && form() != QueryForm::describe)
        throw UsageError("only CONSTRUCT and DESCRIBE queries give statements");
    return Graph(std::make_unique<QueryGraph>(impl_));
}

std::uint64_t Query::write(ResultFormat format, std::ostream& out, std::uint64_t most) const {
    if (form() == QueryForm::ask) {
        engine::write_boolean(format, out, ask());
        return 1;
    }
    if (form() != QueryForm::select)
        throw UsageError("statements are written in a format for data, not for results");
    Rows::Impl rows(impl_);
    const auto writer = engine::ResultWriter::make(format, out, impl_->variables);
    writer->ask_with([&rows] { rows.running.execution().context().check(); });
    std::vector<const TermView*> terms(impl_->variables.size());
    std::uint64_t count = 0;
    while (count <= most && rows.next_batch()) {
        for (std::size_t row = 0; row < rows.decoder.rows() && count <= most; ++row, ++count) {
            if (count == most) continue;  // there is one more
            for (std::size_t i = 0; i < terms.size(); ++i) terms[i] = rows.decoder.at(row, i);
            writer->row(terms);
        }
    }
    writer->finish();
    return count;
}

std::uint64_t Query::write(DataFormat format, std::ostream& out, std::uint64_t most) const {
    Graph statements = graph();
    const auto writer = engine::StatementWriter::make(format, out, impl_->prefixes);
    bool more = false;
    while (!more && statements.next()) {
        if (writer->statements() < most)
            writer->write(statements.statement());
        else
            more = true;
    }
    writer->finish();
    return writer->statements() + (more ? 1 : 0);
}

std::string Query::explain(Explain what) const {
    RunningQuery running(*impl_, what == Explain::analyze);
    if (what == Explain::plan) return running.plan().explain();
    engine::Batch batch;
    while (running.next(batch)) continue;
    return running.plan().explain(&running.execution().context());
}

std::string Query::explain_json(Explain what) const {
    RunningQuery running(*impl_, what == Explain::analyze);
    if (what == Explain::plan) return running.plan().explain_json();
    engine::Batch batch;
    while (running.next(batch)) continue;
    return running.plan().explain_json(&running.execution().context());
}

}  // namespace dossier
