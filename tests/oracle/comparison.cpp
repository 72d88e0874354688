#include "tests/oracle/comparison.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include <dossier/error.h>

#include "rdf/vocabulary.h"
#include "tests/oracle/random_queries.h"
#include "tests/oracle/reference_evaluator.h"
#include "tests/oracle/reference_values.h"
#include "tests/oracle/template_instances.h"

namespace dossier::oracle {

namespace {

constexpr std::size_t width = RandomQueries::variables;

std::string text_of(const TextRow& row) {
    std::string out;
    for (const std::string& cell : row) out += (out.empty() ? "" : " | ") + cell;
    return out;
}

// The rows of one list that the other lacks.
std::string lacking(const char* what, const std::vector<TextRow>& from,
                    const std::vector<TextRow>& in) {
    std::vector<TextRow> rows;
    std::set_difference(from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(rows));
    std::string out;
    for (std::size_t i = 0; i < rows.size() && i < 5; ++i)
        out += std::string("  ") + what + ": " + text_of(rows[i]) + "\n";
    if (rows.size() > 5) out += "  ... " + std::to_string(rows.size() - 5) + " more " + what + "\n";
    return out;
}

void make_unique(std::vector<TextRow>& rows) {
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

// Rows of the statements a template makes of the solutions.
std::vector<TextRow> statements_of(const Query& query,
                                   const ReferenceEvaluator::Solutions& solutions,
                                   const Dataset& data) {
    std::set<TextRow> out;
    const std::vector<Triple> made = template_of(query);
    for (std::size_t i = 0; i < solutions.size(); ++i)
        for (const Triple& triple : made)
            if (const auto one = instance(triple, solutions[i], data, i))
                out.insert({one->subject.to_string(), one->predicate.to_string(),
                            one->object.to_string()});
    return with_new_nodes_named({out.begin(), out.end()}, blank_nodes_of(data));
}

// The concise bounded description of what is named, and of the claims on it: of every reifier of a
// triple term whose subject or object it is (engine/describe.h); from all graphs of the dataset.
std::vector<TextRow> description_of(const Query& query,
                                    const ReferenceEvaluator::Solutions& solutions, Dataset& data) {
    std::set<TermTable::Id> named;
    for (const Place& place : query.described) {
        if (!place.variable) named.insert(data.terms.intern(place.term));
        for (const auto& solution : solutions)
            if (place.variable && solution[*place.variable] != 0)
                named.insert(solution[*place.variable]);
    }
    std::set<TermTable::Id> todo = named, done;
    for (const Statement& one : data.statements) {
        const Term& object = data.terms.term(one.object);
        if (!object.is_triple() || data.terms.term(one.predicate).text() != rdf::reifies) continue;
        const Term claimed = object;
        for (const Term& about : {claimed.subject(), claimed.object()})
            if ((about.is_iri() || about.is_blank_node()) &&
                named.contains(data.terms.intern(about)))
                todo.insert(one.subject);
    }
    std::set<TextRow> out;
    while (!todo.empty()) {
        const TermTable::Id subject = *todo.begin();
        todo.erase(todo.begin());
        if (!done.insert(subject).second) continue;
        for (const Statement& one : data.statements) {
            if (one.subject != subject) continue;
            out.insert({data.terms.term(one.subject).to_string(),
                        data.terms.term(one.predicate).to_string(),
                        data.terms.term(one.object).to_string()});
            if (data.terms.term(one.object).is_blank_node()) todo.insert(one.object);
        }
    }
    return {out.begin(), out.end()};
}

bool contains(const std::vector<Variable>& list, Variable variable) {
    return std::find(list.begin(), list.end(), variable) != list.end();
}

bool reads_hidden(const Expression& expression, const std::vector<Variable>& visible,
                  const std::vector<Variable>& shown) {
    // An EXISTS may read any.
    if (!expression.pattern.empty()) return true;
    if (expression.function == Function::variable && contains(visible, expression.variable) &&
        !contains(shown, expression.variable))
        return true;
    return std::any_of(
        expression.arguments.begin(), expression.arguments.end(),
        [&](const Expression& argument) { return reads_hidden(argument, visible, shown); });
}

// Whether rows of the answer come in an order that ORDER BY allows.
bool is_ordered(const Query& query, const Answer& answer, Dataset& data) {
    if (query.select.order.empty() || query.form != Query::Form::select) return true;
    // The terms by their text: the answer holds only terms the reference has met.
    std::map<std::string, TermTable::Id> ids;
    for (TermTable::Id id = 1; id < data.terms.size(); ++id)
        ids.emplace(data.terms.term(id).to_string(), id);
    ReferenceEvaluator evaluator(data, width);
    // Keys are worth what the rows show of them: from the first on that reads a hidden variable,
    // nothing can be told.
    std::vector<Variable> visible = visible_variables(query.select.children[0]);
    for (const Aggregate& aggregate : query.select.aggregates) visible.push_back(aggregate.target);
    visible.insert(visible.end(), query.select.keys.begin(), query.select.keys.end());
    for (const Node& values : query.select.trailing)
        visible.insert(visible.end(), values.variables.begin(), values.variables.end());
    std::vector<OrderKey> order_keys;
    for (const OrderKey& key : query.select.order) {
        if (reads_hidden(key.expression, visible, query.select.variables)) break;
        order_keys.push_back(key);
    }
    std::vector<std::optional<TermTable::Id>> before;
    for (const TextRow& row : answer.rows) {
        ReferenceEvaluator::Solution solution(width, 0);
        for (std::size_t i = 0; i < row.size(); ++i)
            if (row[i] != "-") solution[std::stoul(answer.columns[i].substr(1))] = ids.at(row[i]);
        std::vector<std::optional<TermTable::Id>> keys;
        for (const OrderKey& key : order_keys)
            keys.push_back(evaluator.value(key.expression, solution));
        for (std::size_t i = 0; i < before.size(); ++i) {
            int sign = 0;
            if (!before[i] || !keys[i])
                sign = (before[i] ? 1 : 0) - (keys[i] ? 1 : 0);
            else
                sign = order(data.terms.term(*before[i]), data.terms.term(*keys[i]));
            if (order_keys[i].descending) sign = -sign;
            if (sign > 0) return false;
            if (sign < 0) break;
            // Between blank nodes any order will do, and then the further keys decide nothing.
            if (before[i] != keys[i] && keys[i] && has_blank_node(data.terms.term(*keys[i]))) break;
        }
        before = std::move(keys);
    }
    return true;
}

// What is wrong with an answer; empty: nothing.
std::string wrong_with(const Query& query, const Expected& expected, Answer answer, Dataset& data) {
    if (!is_ordered(query, answer, data)) return "  the rows are not in the order asked for\n";
    // Columns in the reference's order.
    std::vector<std::size_t> positions;
    for (const std::string& column : expected.columns) {
        const auto found = std::find(answer.columns.begin(), answer.columns.end(), column);
        if (found == answer.columns.end()) return "  the answer has no column ?" + column + "\n";
        positions.push_back(static_cast<std::size_t>(found - answer.columns.begin()));
    }
    for (TextRow& row : answer.rows) {
        TextRow sorted;
        for (const std::size_t position : positions) sorted.push_back(row[position]);
        row = std::move(sorted);
    }
    std::sort(answer.rows.begin(), answer.rows.end());
    if (query.form == Query::Form::construct)
        answer.rows = with_new_nodes_named(answer.rows, blank_nodes_of(data));
    std::vector<TextRow> wanted = expected.rows;
    std::string out;
    if (query.select.reduced) {
        // Between once and as often as the definition has it.
        out = lacking("too much", answer.rows, wanted);
        make_unique(wanted);
        return out + lacking("missing", wanted, answer.rows);
    }
    if (answer.rows == wanted) return {};
    out = lacking("missing", wanted, answer.rows) + lacking("too much", answer.rows, wanted);
    return out;
}

Answer run(const Query& query, const std::string& text, const EngineStore& store,
           const EngineStore::Prepared* prepared, const Variant& variant) {
    switch (query.form) {
        case Query::Form::ask:
            return store.ask(text, variant);
        case Query::Form::construct:
        case Query::Form::describe:
            return store.construct(text, variant);
        case Query::Form::select:
            break;
    }
    return prepared->run(variant);
}

// ---- Shrinking ----

// Makes the n-th of the changes that make a tree smaller.
class SmallerTree {
  public:
    explicit SmallerTree(std::size_t number) : number_(number) {}

    // False when there are not so many.
    bool apply(Query& query) {
        if (query.form != Query::Form::select && here()) {
            query.form = Query::Form::select;
            return true;
        }
        // Templates read what the pattern projects.
        has_template_ = query.form != Query::Form::select;
        if (!query.short_form) erase_one(query.construct, 0);
        erase_one(query.annotations, 0);
        erase_one(query.described, 1);
        if (!query.short_form) visit(query.select, true);
        return done_;
    }

  private:
    bool here() { return !done_ && number_ == count_++ && (done_ = true); }

    template <typename T>
    void erase_one(std::vector<T>& list, std::size_t keep) {
        for (std::size_t i = 0; i < list.size() && list.size() > keep && !done_; ++i)
            if (here()) {
                list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
                return;
            }
    }

    void visit(Expression& expression) {
        for (std::size_t i = 0; i < expression.arguments.size() && !done_; ++i)
            if (here()) {
                Expression part = expression.arguments[i];
                expression = std::move(part);
                return;
            }
        for (Expression& argument : expression.arguments)
            if (!done_) visit(argument);
        for (Node& pattern : expression.pattern)
            if (!done_) visit(pattern, false);
    }

    void visit(Path& path) {
        for (std::size_t i = 0; i < path.parts.size() && !done_; ++i)
            if (here()) {
                Path part = path.parts[i];
                path = std::move(part);
                return;
            }
        for (Path& part : path.parts)
            if (!done_) visit(part);
    }

    void visit(Node& node, bool top) {
        using Kind = Node::Kind;
        if (!top)
            for (std::size_t i = 0; i < node.children.size() && !done_; ++i)
                if (here()) {
                    Node child = node.children[i];
                    node = std::move(child);
                    return;
                }
        if (top && node.children[0].kind == Kind::select && here()) {
            Node child = node.children[0];
            node = std::move(child);
            return;
        }
        if (node.kind == Kind::join || node.kind == Kind::union_) erase_one(node.children, 2);
        if (node.kind == Kind::triples) erase_one(node.triples, 1);
        const std::size_t row = node.variables.size();
        if (node.kind == Kind::values)
            for (std::size_t i = 0;
                 i + row <= node.cells.size() && node.cells.size() > row && !done_; i += row)
                if (here()) {
                    const auto begin = node.cells.begin() + static_cast<std::ptrdiff_t>(i);
                    node.cells.erase(begin, begin + static_cast<std::ptrdiff_t>(row));
                    return;
                }
        if (node.kind == Kind::filter) erase_one(node.conditions, 1);
        if (node.kind == Kind::left_join) erase_one(node.conditions, 0);
        if (node.kind == Kind::select) visit_select(node);
        if (node.kind == Kind::path) visit(node.path);
        for (Expression& condition : node.conditions)
            if (!done_) visit(condition);
        for (Node& child : node.children)
            if (!done_) visit(child, false);
    }

    void visit_select(Node& node) {
        erase_one(node.having, 0);
        erase_one(node.trailing, 0);
        for (std::size_t i = 0; i < node.made.size() && !done_; ++i) {
            if (node.variables.size() > 1 && i + 1 == node.made.size() && here()) {
                std::erase(node.variables, node.made[i].first);
                node.made.pop_back();
                return;
            }
            visit(node.made[i].second);
        }
        for (auto& [variable, expression] : node.made_keys)
            if (!done_) visit(expression);
        erase_one(node.from, 0);
        erase_one(node.from_named, 0);
        erase_one(node.order, node.limit || node.offset ? 1 : 0);
        if (node.offset && here()) node.offset.reset();
        if (node.limit && here()) node.limit.reset();
        if (node.distinct && here()) node.distinct = false;
        if (node.reduced && here()) node.reduced = false;
        for (std::size_t i = 0; i < node.aggregates.size() && !done_; ++i) {
            if (node.aggregates.size() + node.keys.size() > 1 && here()) {
                std::erase(node.variables, node.aggregates[i].target);
                node.aggregates.erase(node.aggregates.begin() + static_cast<std::ptrdiff_t>(i));
                return;
            }
            if (node.aggregates[i].distinct && here()) node.aggregates[i].distinct = false;
            if (!done_) visit(node.aggregates[i].argument);
        }
        for (std::size_t i = 0; i < node.keys.size() && !done_; ++i)
            if (node.aggregates.size() + node.keys.size() > 1 && here()) {
                std::erase(node.variables, node.keys[i]);
                std::erase_if(node.made_keys,
                              [&](const auto& one) { return one.first == node.keys[i]; });
                node.keys.erase(node.keys.begin() + static_cast<std::ptrdiff_t>(i));
                return;
            }
        // ORDER BY is looked at in the rows that come.
        if (!node.grouped && node.order.empty() && node.made.empty() && !has_template_)
            erase_one(node.variables, 1);
    }

    std::size_t number_;
    std::size_t count_ = 0;
    bool done_ = false;
    bool has_template_ = false;
};

std::optional<Difference> difference_of(const Query& query, const std::vector<Quad>& quads,
                                        Making making, const Variant& variant, bool may_throw) {
    try {
        const EngineStore store(quads, making);
        Dataset data = dataset_of(store.quads());
        const Expected expected = expected_answer(query, data);
        auto found = compare(query, expected, data, store, {variant}).difference;
        if (found && !may_throw && found->what.starts_with("  error")) return std::nullopt;
        return found;
    } catch (const LeftOpen&) {
    } catch (const TooLarge&) {
    } catch (const std::exception&) {
    }
    return std::nullopt;
}

}  // namespace

Dataset dataset_of(const std::vector<Quad>& quads) {
    Dataset data;
    for (const Quad& quad : quads)
        data.statements.push_back({data.terms.intern(quad.subject),
                                   data.terms.intern(quad.predicate),
                                   data.terms.intern(quad.object),
                                   quad.graph.text().empty() ? 0 : data.terms.intern(quad.graph)});
    return data;
}

namespace {

// The dataset that FROM and FROM NAMED describe (section 13.2), for as long as this lives.
class ChosenDataset {
  public:
    ChosenDataset(const Node& select, Dataset& data) : data_(data), all_(data.statements) {
        if (select.from.empty() && select.from_named.empty()) return;
        const auto ids = [&](const std::vector<Term>& graphs) {
            std::set<TermTable::Id> out;
            for (const Term& graph : graphs) out.insert(data.terms.intern(graph));
            return out;
        };
        const auto from = ids(select.from), named = ids(select.from_named);
        std::set<std::array<TermTable::Id, 3>> merged;
        data.statements.clear();
        for (const Statement& one : all_) {
            if (from.contains(one.graph) &&
                merged.insert({one.subject, one.predicate, one.object}).second)
                data.statements.push_back({one.subject, one.predicate, one.object, 0});
            if (named.contains(one.graph)) data.statements.push_back(one);
        }
    }
    ~ChosenDataset() { data_.statements = std::move(all_); }
    ChosenDataset(const ChosenDataset&) = delete;
    ChosenDataset& operator=(const ChosenDataset&) = delete;

  private:
    Dataset& data_;
    std::vector<Statement> all_;
};

}  // namespace

Expected expected_answer(const Query& query, Dataset& data) {
    const ChosenDataset chosen(query.select, data);
    ReferenceEvaluator evaluator(data, width);
    const auto solutions = evaluator.solutions(query.select);
    Expected out;
    switch (query.form) {
        case Query::Form::ask:
            out.columns = {"answer"};
            out.rows = {{solutions.empty() ? "false" : "true"}};
            return out;
        case Query::Form::construct:
            out.columns = {"subject", "predicate", "object"};
            out.rows = statements_of(query, solutions, data);
            return out;
        case Query::Form::describe:
            out.columns = {"subject", "predicate", "object"};
            out.rows = description_of(query, solutions, data);
            return out;
        case Query::Form::select:
            break;
    }
    for (const Variable variable : query.select.variables)
        out.columns.push_back("v" + std::to_string(variable));
    for (const auto& solution : solutions) {
        TextRow row;
        for (const Variable variable : query.select.variables)
            row.push_back(
                solution[variable] == 0 ? "-" : data.terms.term(solution[variable]).to_string());
        out.rows.push_back(std::move(row));
    }
    std::sort(out.rows.begin(), out.rows.end());
    return out;
}

Comparison compare(const Query& query, const Expected& expected, Dataset& data,
                   const EngineStore& store, const std::vector<Variant>& variants) {
    Comparison out;
    const std::string text = to_text(query);
    std::optional<EngineStore::Prepared> prepared;
    for (const Variant& variant : variants) {
        ++out.runs;
        std::string wrong;
        try {
            if (!prepared && query.form == Query::Form::select) prepared = store.prepare(text);
            Answer answer = run(query, text, store, prepared ? &*prepared : nullptr, variant);
            if (answer.reached_limit) {
                ++out.stopped;
                continue;
            }
            wrong = wrong_with(query, expected, std::move(answer), data);
        } catch (const std::exception& error) {
            wrong = std::string("  error: ") + error.what() + "\n";
        }
        if (wrong.empty()) continue;
        out.difference = Difference{variant.name, wrong};
        return out;
    }
    return out;
}

Shrunk shrink(Query query, std::vector<Quad> quads, Making making, const Variant& variant,
              Difference difference) {
    const bool may_throw = difference.what.starts_with("  error");
    // Another error is another difference.
    const std::string error = may_throw ? difference.what.substr(0, 24) : "";
    std::size_t tries = 0;
    constexpr std::size_t max_tries = 4000;
    for (bool smaller = true; smaller && tries < max_tries;) {
        smaller = false;
        for (std::size_t part = quads.size() / 2; part > 0 && tries < max_tries; part /= 2) {
            for (std::size_t begin = 0; begin < quads.size();) {
                std::vector<Quad> fewer = quads;
                const std::size_t end = std::min(begin + part, fewer.size());
                fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin),
                            fewer.begin() + static_cast<std::ptrdiff_t>(end));
                ++tries;
                auto still = difference_of(query, fewer, making, variant, may_throw);
                if (still && still->what.starts_with(error)) {
                    quads = std::move(fewer);
                    difference = std::move(*still);
                    smaller = true;
                } else {
                    begin += part;
                }
            }
        }
        for (std::size_t number = 0; tries < max_tries;) {
            Query changed = query;
            if (!SmallerTree(number).apply(changed)) break;
            ++tries;
            auto still = difference_of(changed, quads, making, variant, may_throw);
            if (still && still->what.starts_with(error) &&
                size_of(changed.select) <= size_of(query.select)) {
                query = std::move(changed);
                difference = std::move(*still);
                smaller = true;
            } else {
                ++number;
            }
        }
    }
    return {std::move(query), std::move(quads), std::move(difference)};
}

}  // namespace dossier::oracle
