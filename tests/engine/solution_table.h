#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <dossier/error.h>
#include <dossier/term.h>

#include "engine/algebra.h"
#include "engine/execution_context.h"
#include "engine/operator.h"
#include "engine/plan.h"
#include "engine/translate.h"
#include "parser/sparql_parser.h"
#include "rdf/datatype.h"
#include "rdf/value.h"
#include "rdf/vocabulary.h"
#include "storage/inline_term.h"
#include "storage/snapshot.h"

// What the tests of expressions and solution modifiers stand on: a dictionary without statements,
// and a plan node that is a table of ids.

namespace dossier::testing {

using engine::Batch;
using engine::Variable;
using storage::Tag;
using storage::TermId;

// Terms in the order they are first met, with the tags a store gives them.
class DictionarySnapshot final : public storage::Snapshot {
  public:
    TermId intern(const Term& term) {
        if (const auto id = find(term.view())) return *id;
        TermId id = TermId::of(tag_of(term), 1000 + terms_.size());
        if (term.is_triple())
            triples_[id] = {intern(term.subject()), intern(term.predicate()),
                            intern(term.object())};
        terms_.emplace(id, term);
        ids_.emplace(term, id);
        return id;
    }
    // How many terms were asked for, for tests of what is remembered.
    std::size_t decoded() const { return decoded_; }

    std::uint64_t number() const override { return 1; }
    std::optional<TermId> find(const TermView& term) const override {
        if (const auto id = storage::encode_inline(term)) return id;
        const auto found = ids_.find(Term(term));
        return found == ids_.end() ? std::nullopt : std::optional(found->second);
    }
    void find_all(std::span<const TermView> terms, std::span<TermId> ids) const override {
        for (std::size_t i = 0; i < terms.size(); ++i)
            ids[i] = find(terms[i]).value_or(storage::unbound);
    }
    Term term(TermId id) const override {
        if (id.is_inline()) {
            storage::InlineText text;
            return Term(storage::decode_inline(id, text));
        }
        ++decoded_;
        return terms_.at(id);
    }
    void terms(std::span<const TermId> ids, const TermVisitor& visit) const override {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (i > 0 && ids[i - 1] > ids[i]) throw UsageError("ids do not ascend");
            const Term one = term(ids[i]);
            visit(i, one.view());
        }
    }
    storage::TripleIds triple(TermId id) const override { return triples_.at(id); }
    void triples(std::span<const TermId> ids, std::span<storage::TripleIds> out) const override {
        for (std::size_t i = 0; i < ids.size(); ++i) out[i] = triple(ids[i]);
    }
    std::unique_ptr<storage::RowCursor> scan(const storage::ScanRequest&) const override {
        throw UsageError("a dictionary has no statements");
    }
    std::uint64_t count(const storage::ScanRequest&) const override { return 0; }
    std::uint64_t estimate(const storage::ScanRequest&) const override { return 0; }
    std::span<const storage::Permutation> permutations() const override { return {}; }
    std::vector<TermId> graphs() const override { return {}; }
    storage::PredicateStatistics statistics(TermId) const override { return {}; }

  private:
    static Tag tag_of(const Term& term) {
        switch (term.kind()) {
            case TermKind::iri:
                return Tag::iri;
            case TermKind::blank_node:
                return Tag::blank_node;
            case TermKind::triple:
                return Tag::triple;
            case TermKind::literal:
                break;
        }
        if (term.direction() != Direction::none) return Tag::directional_string;
        if (!term.language().empty()) return Tag::language_string;
        if (term.datatype() == xsd::string) return Tag::string;
        const Value value = parse_value(term.view());
        if (!value.has_value()) return Tag::other_literal;
        return value.is_numeric() ? Tag::dictionary_number : Tag::dictionary_time;
    }

    std::map<TermId, Term> terms_;
    std::map<Term, TermId> ids_;
    std::map<TermId, storage::TripleIds> triples_;
    mutable std::size_t decoded_ = 0;
};

// A term as SPARQL writes it, with the usual prefixes.
inline sparql::SparqlOptions test_options() {
    sparql::SparqlOptions options;
    options.base = "http://example.org/";
    options.prefix = [](std::string_view name) -> std::optional<std::string_view> {
        if (name == "xsd") return xsd::prefix;
        if (name == "rdf") return rdf::prefix;
        if (name == "dos") return dos::prefix;
        if (name.empty()) return "http://example.org/";
        return std::nullopt;
    };
    return options;
}
inline Term term_of(std::string_view text) {
    return sparql::parse_term(text, test_options());
}

// An expression with the variables in it.
struct TestExpression {
    engine::TranslatedPattern pattern;
    engine::ExpressionPtr expression;

    std::optional<Variable> variable(std::string_view name) const {
        for (Variable i = 0; i < pattern.variables.size(); ++i)
            if (pattern.variables.name(i) == name) return i;
        return std::nullopt;
    }
};
inline const engine::Extend* find_extend(const engine::Algebra& algebra) {
    if (const auto* extend = algebra.as<engine::Extend>()) return extend;
    if (const auto* project = algebra.as<engine::Project>()) return find_extend(*project->input);
    return nullptr;
}
inline TestExpression expression_of(const std::string& text) {
    const auto parsed =
        sparql::parse_query("SELECT (" + text + " AS ?result) WHERE {}", test_options());
    TestExpression result{engine::translate_query(parsed), nullptr};
    const engine::Extend* extend = find_extend(*result.pattern.algebra);
    if (extend == nullptr) throw UsageError("no expression in: " + text);
    result.expression = extend->assignments.at(0).second;
    return result;
}

// ---- A plan of one table --------------------------------------------------------------------

class TablePlan final : public engine::PlanNode {
  public:
    // Rows one behind the other.
    TablePlan(std::vector<Variable> variables, std::vector<TermId> cells,
              std::vector<Variable> order = {})
        : PlanNode(variables, std::vector<bool>(variables.size(), true), std::move(order),
                   {100, 100, 0}, {}),
          cells_(std::move(cells)) {}

    std::unique_ptr<engine::Operator> make(engine::ExecutionContext& context) const override;
    std::string describe(const engine::PlanNames&) const override { return "Table"; }

    const std::vector<TermId>& cells() const { return cells_; }

  private:
    std::vector<TermId> cells_;
};

class TableOperator final : public engine::Operator {
  public:
    TableOperator(engine::ExecutionContext& context, const TablePlan& plan)
        : Operator(context, plan), cells_(plan.cells()), width_(plan.variables().size()) {}

  private:
    bool produce(Batch& out) override {
        const std::size_t total = width_ == 0 ? cells_.size() : cells_.size() / width_;
        if (next_ == total) return false;
        // Every third batch has a selection with gaps.
        const bool gaps = ++batches_ % 3 == 0 && out.capacity() >= 8;
        std::vector<std::uint32_t> selection;
        std::size_t rows = 0;
        for (; rows < out.capacity() && next_ < total; ++rows) {
            const bool hole = gaps && rows % 4 == 1;
            for (std::size_t column = 0; column < width_; ++column)
                out.column(column)[rows] =
                    hole ? TermId::of(Tag::iri, 1) : cells_[next_ * width_ + column];
            if (hole) continue;
            selection.push_back(static_cast<std::uint32_t>(rows));
            ++next_;
        }
        out.set_rows(rows);
        if (gaps) out.select(selection);
        return true;
    }

    const std::vector<TermId>& cells_;
    std::size_t width_;
    std::size_t next_ = 0;
    std::size_t batches_ = 0;
};

inline std::unique_ptr<engine::Operator> TablePlan::make(engine::ExecutionContext& context) const {
    return std::make_unique<TableOperator>(context, *this);
}

// All rows of a plan.
inline std::vector<std::vector<TermId>> rows_of(const engine::PlanNode& plan,
                                                engine::ExecutionContext& context) {
    const auto running = plan.make(context);
    std::vector<std::vector<TermId>> rows;
    Batch batch;
    while (running->next(batch)) {
        for (const std::uint32_t row : batch.selected()) {
            std::vector<TermId> cells;
            for (std::size_t column = 0; column < batch.columns(); ++column)
                cells.push_back(batch.column(column)[row]);
            rows.push_back(std::move(cells));
        }
    }
    return rows;
}

}  // namespace dossier::testing
