#include "engine/service_plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include <dossier/error.h>

#include "engine/row_table.h"

namespace dossier::engine {

namespace {

constexpr std::size_t block_rows = 1000;
constexpr std::size_t none = SIZE_MAX;

bool has_blank_node(const Term& term) {
    if (term.is_triple()) return has_blank_node(term.subject()) || has_blank_node(term.object());
    return term.is_blank_node();
}

std::vector<Variable> columns_of(const PlanNode& input, const Service& service,
                                 const std::vector<Variable>& outer) {
    std::vector<Variable> columns = input.variables();
    for (const Variable variable : service.variables)
        if (!column_of(columns, variable) && !column_of(outer, variable))
            columns.push_back(variable);
    return columns;
}

std::vector<bool> unbound_flags_of(const PlanNode& input, std::size_t columns) {
    std::vector<bool> flags = input.unbound_flags();
    flags.resize(columns, true);
    return flags;
}

class ServiceOperator final : public Operator {
  public:
    ServiceOperator(ExecutionContext& context, const ServicePlan& plan)
        : Operator(context, plan),
          plan_(plan),
          input_(plan.inputs()[0]->make(context)),
          input_columns_(plan.inputs()[0]->variables()),
          left_(input_columns_.size(), context.memory()),
          answer_(plan.service().variables.size(), context.memory()) {
        if (!context.options().service && !plan.service().silent)
            throw QueryError(
                "SERVICE is refused: queries reach no other computer unless the program registers "
                "a handler (Store::set_service_handler)");
        for (const Variable variable : plan.service().variables) {
            left_columns_.push_back(column_of(input_columns_, variable).value_or(none));
            out_columns_.push_back(column_of(plan.variables(), variable).value_or(none));
        }
    }

  private:
    bool produce(Batch& out) override {
        std::size_t rows = 0;
        while (rows < out.capacity()) {
            if (candidate_ < candidates_.size()) {
                if (write(out, rows, left_.row(rows_[row_]), candidates_[candidate_++])) ++rows;
                continue;
            }
            if (row_ + 1 < rows_.size()) {
                find_candidates(++row_);
                continue;
            }
            if (next_endpoint_ < endpoints_.size()) {
                ask(endpoints_[next_endpoint_++]);
                continue;
            }
            if (!read_block()) break;
        }
        out.set_rows(rows);
        return rows > 0;
    }

    // ---- The input ----

    struct Endpoint {
        std::optional<Term> name;  // nothing: the variable is unbound
        std::vector<std::uint32_t> rows;
    };

    bool read_block() {
        left_.clear();
        endpoints_.clear();
        next_endpoint_ = 0;
        rows_.clear();
        row_ = 0;
        candidates_.clear();
        candidate_ = 0;
        while (left_.rows() < block_rows && input_->next(batch_)) {
            left_.reserve(batch_.size(), "asking a SERVICE");
            left_.append(batch_);
        }
        const PatternTerm& endpoint = plan_.service().endpoint;
        std::unordered_map<std::uint64_t, std::size_t> known;
        for (std::uint32_t row = 0; row < left_.rows(); ++row) {
            TermId id = storage::unbound;
            std::optional<Term> name;
            if (const Variable* variable = endpoint.variable()) {
                const auto column = column_of(input_columns_, *variable);
                id = column ? left_.row(row)[*column] : context().outer(*variable);
                if (!id.bound()) id = context().outer(*variable);
            } else {
                name = *endpoint.term();
            }
            const auto [entry, added] = known.try_emplace(id.bits, endpoints_.size());
            if (added) {
                if (id.bound()) name = context().term(id);
                endpoints_.push_back({std::move(name), {}});
            }
            endpoints_[entry->second].rows.push_back(row);
        }
        return left_.rows() > 0;
    }

    // ---- The request ----

    // What the rows of `endpoint` bind; the answer's rows are then in answer_.
    void ask(const Endpoint& endpoint) {
        rows_ = endpoint.rows;
        answer_.clear();
        by_key_.clear();
        loose_.clear();
        fails_ = false;
        try {
            if (!context().options().service) throw QueryError("no handler is registered");
            if (!endpoint.name) throw QueryError("its endpoint is unbound");
            if (!endpoint.name->is_iri()) throw QueryError("its endpoint is not an IRI");
            request(*endpoint.name);
        } catch (const Interrupted&) {
            throw;
        } catch (const LimitError&) {
            throw;
        } catch (const std::exception& error) {
            context().check();
            if (!plan_.service().silent) {
                const std::string where =
                    endpoint.name ? " " + endpoint.name->to_string() : std::string();
                throw QueryError("SERVICE" + where + ": " + error.what());
            }
            fails_ = true;
        }
        row_ = 0;
        if (!fails_) index_answer();
        find_candidates(0);
    }

    void request(const Term& endpoint) {
        ServiceRequest request;
        request.endpoint = std::string(endpoint.text());
        request.variables = plan_.service().names;
        request.stop = context().options().stop;
        request.time_left = context().time_left();
        request.query = "SELECT ";
        for (const std::string& name : request.variables) request.query += "?" + name + " ";
        if (request.variables.empty()) request.query += "* ";
        request.query += "WHERE { " + values() + plan_.service().group + " }";

        std::map<std::string, TermId, std::less<>> blank_nodes;
        (*context().options().service)(request, [&](std::span<const std::optional<Term>> terms) {
            context().check();
            if (terms.size() != request.variables.size())
                throw QueryError("a solution has " + std::to_string(terms.size()) + " terms, not " +
                                 std::to_string(request.variables.size()));
            answer_.reserve(1, "reading the answer of a SERVICE");
            TermId* row = answer_.append_row();
            for (std::size_t i = 0; i < terms.size(); ++i)
                row[i] = terms[i] ? id_of(*terms[i], blank_nodes) : storage::unbound;
            context().computed().resolve({row, terms.size()});
        });
        context().check();
    }

    // Blank nodes of an answer are no nodes of the store, nor of another answer.
    TermId id_of(const Term& term, std::map<std::string, TermId, std::less<>>& blank_nodes) {
        if (!has_blank_node(term)) return context().computed().intern(term.view());
        return context().computed().intern(renamed(term, blank_nodes).view());
    }
    Term renamed(const Term& term, std::map<std::string, TermId, std::less<>>& blank_nodes) {
        if (term.is_triple())
            return Term::triple(renamed(term.subject(), blank_nodes), term.predicate(),
                                renamed(term.object(), blank_nodes));
        if (!term.is_blank_node()) return term;
        const auto [entry, added] =
            blank_nodes.try_emplace(std::string(term.text()), storage::unbound);
        if (added) entry->second = context().computed().fresh_blank_node();
        return context().term(entry->second);
    }

    // VALUES of what is known, and which columns of the request they are.
    std::string values() {
        std::string names, fixed_cells;
        const auto add_fixed = [&](const std::string& name, const Term& term) {
            names += " ?" + name;
            fixed_cells += " " + term.to_string();
        };
        for (const auto& [name, term] : plan_.service().fixed)
            if (!has_blank_node(term)) add_fixed(name, term);
        pushed_.clear();
        for (std::size_t i = 0; i < left_columns_.size(); ++i) {
            const TermId outer = outer_value(i);
            if (outer.bound()) {
                const Term term = context().term(outer);
                if (!has_blank_node(term)) add_fixed(plan_.service().names[i], term);
            } else if (left_columns_[i] != none && is_pushable(left_columns_[i])) {
                pushed_.push_back(i);
                names += " ?" + plan_.service().names[i];
            }
        }
        if (names.empty()) return {};
        std::set<std::vector<std::uint64_t>> seen;
        std::string rows;
        for (const std::uint32_t row : rows_) {
            std::vector<std::uint64_t> key;
            for (const std::size_t i : pushed_)
                key.push_back(left_.row(row)[left_columns_[i]].bits);
            if (!seen.insert(std::move(key)).second) continue;
            rows += " (" + fixed_cells;
            for (const std::size_t i : pushed_)
                rows += " " + context().term(left_.row(row)[left_columns_[i]]).to_string();
            rows += " )";
        }
        return "VALUES (" + names + " ) {" + rows + " } ";
    }
    // Bound in all rows, and to what means the same elsewhere. Left-out columns are compared here.
    bool is_pushable(std::size_t column) {
        return std::all_of(rows_.begin(), rows_.end(), [&](std::uint32_t row) {
            const TermId id = left_.row(row)[column];
            return id.bound() && !has_blank_node(context().term(id));
        });
    }
    TermId outer_value(std::size_t i) const {
        const Variable variable = plan_.service().variables[i];
        return column_of(plan_.outer(), variable) ? context().outer(variable) : storage::unbound;
    }

    // ---- The join ----

    void index_answer() {
        for (std::uint32_t row = 0; row < answer_.rows(); ++row) {
            std::vector<std::uint64_t> key;
            for (const std::size_t i : pushed_) key.push_back(answer_.row(row)[i].bits);
            const bool whole = std::all_of(pushed_.begin(), pushed_.end(), [&](std::size_t i) {
                return answer_.row(row)[i].bound();
            });
            (whole ? by_key_[std::move(key)] : loose_).push_back(row);
        }
    }

    void find_candidates(std::size_t row) {
        candidates_.clear();
        candidate_ = 0;
        if (rows_.empty()) return;
        if (fails_) {
            candidates_.push_back(SIZE_MAX);  // the empty solution
            return;
        }
        std::vector<std::uint64_t> key;
        for (const std::size_t i : pushed_)
            key.push_back(left_.row(rows_[row])[left_columns_[i]].bits);
        if (const auto found = by_key_.find(key); found != by_key_.end())
            candidates_.assign(found->second.begin(), found->second.end());
        candidates_.insert(candidates_.end(), loose_.begin(), loose_.end());
    }

    // False where the rows are not compatible.
    bool write(Batch& out, std::size_t at, const TermId* left, std::size_t answer) {
        if (at % 512 == 0) context().check();
        for (std::size_t i = 0; i < plan().variables().size(); ++i)
            out.column(i)[at] = i < input_columns_.size() ? left[i] : storage::unbound;
        if (answer == SIZE_MAX) return true;
        const TermId* row = answer_.row(answer);
        for (std::size_t i = 0; i < out_columns_.size(); ++i) {
            if (!row[i].bound()) continue;
            const TermId outer = outer_value(i);
            if (outer.bound() && outer != row[i]) return false;
            if (out_columns_[i] == none) continue;
            TermId& cell = out.column(out_columns_[i])[at];
            if (cell.bound() && cell != row[i]) return false;
            cell = row[i];
        }
        return true;
    }

    const ServicePlan& plan_;
    OperatorPtr input_;
    const std::vector<Variable>& input_columns_;
    Batch batch_;
    RowTable left_;                          // a block of the input
    std::vector<std::size_t> left_columns_;  // by the request's columns
    std::vector<std::size_t> out_columns_;

    std::vector<Endpoint> endpoints_;  // of the block
    std::size_t next_endpoint_ = 0;
    std::vector<std::uint32_t> rows_;  // of the block, for the endpoint asked last
    std::size_t row_ = 0;
    RowTable answer_;
    bool fails_ = false;
    std::vector<std::size_t> pushed_;
    std::map<std::vector<std::uint64_t>, std::vector<std::uint32_t>> by_key_;
    std::vector<std::uint32_t> loose_;  // rows that leave a pushed column unbound
    std::vector<std::size_t> candidates_;
    std::size_t candidate_ = 0;
};

}  // namespace

ServicePlan::ServicePlan(PlanPtr input, Service service, std::vector<Variable> outer)
    : PlanNode(columns_of(*input, service, outer),
               unbound_flags_of(*input, columns_of(*input, service, outer).size()), {},
               {input->estimate().rows * 10, input->estimate().cost + 1e8, 1e8}, {input}),
      service_(std::move(service)),
      outer_(std::move(outer)) {}

std::unique_ptr<Operator> ServicePlan::make(ExecutionContext& context) const {
    return std::make_unique<ServiceOperator>(context, *this);
}

std::string ServicePlan::describe(const PlanNames& names) const {
    std::string out = service_.silent ? "Service: silent " : "Service: ";
    if (const Variable* variable = service_.endpoint.variable())
        return out + names.variable(*variable);
    return out + names.term(service_.endpoint.term()->view());
}

}  // namespace dossier::engine
