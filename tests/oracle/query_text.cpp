#include <algorithm>
#include <map>
#include <set>

#include "rdf/vocabulary.h"
#include "tests/oracle/query_tree.h"

namespace dossier::oracle {

namespace {

void add_variables(const Place& place, std::set<Variable>& out);

void add_variables(const Triple& triple, std::set<Variable>& out) {
    add_variables(triple.subject, out);
    add_variables(triple.predicate, out);
    add_variables(triple.object, out);
}

void add_variables(const Place& place, std::set<Variable>& out) {
    if (place.variable) out.insert(*place.variable);
    for (const Triple& part : place.parts) add_variables(part, out);
}

void add_visible(const Node& node, std::set<Variable>& out) {
    using Kind = Node::Kind;
    switch (node.kind) {
        case Kind::path:
        case Kind::triples:
            for (const Triple& triple : node.triples) add_variables(triple, out);
            return;
        case Kind::values:
        case Kind::select:
            out.insert(node.variables.begin(), node.variables.end());
            return;
        case Kind::minus:
            add_visible(node.children[0], out);
            return;
        case Kind::extend:
            out.insert(node.target);
            break;
        case Kind::graph:
            add_variables(node.graph, out);
            break;
        default:
            break;
    }
    for (const Node& child : node.children) add_visible(child, out);
}

std::size_t size_of(const Expression& expression) {
    std::size_t size = 1;
    for (const Expression& argument : expression.arguments) size += size_of(argument);
    for (const Node& pattern : expression.pattern) size += oracle::size_of(pattern);
    return size;
}

// ---- Text ----

std::string variable_text(Variable variable) {
    return "?v" + std::to_string(variable);
}

std::string text_of(const Triple& triple);

std::string text_of(const Place& place) {
    if (place.variable) return variable_text(*place.variable);
    if (!place.parts.empty()) return "<<( " + text_of(place.parts.front()) + " )>>";
    return place.term.to_string();
}

std::string text_of(const Triple& triple) {
    return text_of(triple.subject) + " " + text_of(triple.predicate) + " " + text_of(triple.object);
}

std::string text_of(const Path& path) {
    using Kind = Path::Kind;
    switch (path.kind) {
        case Kind::link:
            return path.predicate.to_string();
        case Kind::inverse:
            return "^(" + text_of(path.parts[0]) + ")";
        case Kind::sequence:
        case Kind::alternative: {
            std::string out = "(";
            for (std::size_t i = 0; i < path.parts.size(); ++i) {
                if (i > 0) out += path.kind == Kind::sequence ? "/" : "|";
                out += text_of(path.parts[i]);
            }
            return out + ")";
        }
        case Kind::zero_or_more:
            return "(" + text_of(path.parts[0]) + ")*";
        case Kind::one_or_more:
            return "(" + text_of(path.parts[0]) + ")+";
        case Kind::zero_or_one:
            return "(" + text_of(path.parts[0]) + ")?";
        case Kind::negated:
            break;
    }
    std::string out;
    for (const Term& term : path.forward) out += (out.empty() ? "" : "|") + term.to_string();
    for (const Term& term : path.backward) out += (out.empty() ? "^" : "|^") + term.to_string();
    return "!(" + out + ")";
}

std::string group(const Node& node) {
    return "{ " + to_text(node) + " }";
}

std::string call(const char* name, const Expression& expression) {
    std::string out = std::string(name) + "(";
    for (std::size_t i = 0; i < expression.arguments.size(); ++i)
        out += (i > 0 ? ", " : "") + to_text(expression.arguments[i]);
    return out + ")";
}

// Of the functions that are written as calls.
const char* call_name(Function name) {
    using F = Function;
    static const std::map<Function, const char*> names = {
        {F::bound, "BOUND"},
        {F::same_term, "sameTerm"},
        {F::if_, "IF"},
        {F::coalesce, "COALESCE"},
        {F::str, "STR"},
        {F::lang, "LANG"},
        {F::datatype, "DATATYPE"},
        {F::is_iri, "isIRI"},
        {F::is_blank, "isBLANK"},
        {F::is_literal, "isLITERAL"},
        {F::is_numeric, "isNUMERIC"},
        {F::is_triple, "isTRIPLE"},
        {F::strlen, "STRLEN"},
        {F::ucase, "UCASE"},
        {F::concat, "CONCAT"},
        {F::contains, "CONTAINS"},
        {F::str_starts, "STRSTARTS"},
        {F::abs, "ABS"},
        {F::subject, "SUBJECT"},
        {F::predicate, "PREDICATE"},
        {F::object, "OBJECT"},
        {F::triple, "TRIPLE"},
        {F::substr, "SUBSTR"},
        {F::str_before, "STRBEFORE"},
        {F::str_after, "STRAFTER"},
        {F::str_ends, "STRENDS"},
        {F::lcase, "LCASE"},
        {F::encode_for_uri, "ENCODE_FOR_URI"},
        {F::regex, "REGEX"},
        {F::replace, "REPLACE"},
        {F::lang_matches, "LANGMATCHES"},
        {F::str_lang, "STRLANG"},
        {F::str_dt, "STRDT"},
        {F::str_lang_dir, "STRLANGDIR"},
        {F::lang_dir, "LANGDIR"},
        {F::has_lang, "hasLANG"},
        {F::has_lang_dir, "hasLANGDIR"},
        {F::round, "ROUND"},
        {F::ceil, "CEIL"},
        {F::floor, "FLOOR"},
        {F::to_string, "<http://www.w3.org/2001/XMLSchema#string>"},
        {F::to_boolean, "<http://www.w3.org/2001/XMLSchema#boolean>"},
        {F::to_integer, "<http://www.w3.org/2001/XMLSchema#integer>"},
        {F::to_decimal, "<http://www.w3.org/2001/XMLSchema#decimal>"},
        {F::to_float, "<http://www.w3.org/2001/XMLSchema#float>"},
        {F::to_double, "<http://www.w3.org/2001/XMLSchema#double>"},
        {F::to_date_time, "<http://www.w3.org/2001/XMLSchema#dateTime>"},
        {F::year, "YEAR"},
        {F::month, "MONTH"},
        {F::day, "DAY"},
        {F::hours, "HOURS"},
        {F::minutes, "MINUTES"},
        {F::seconds, "SECONDS"},
        {F::timezone, "TIMEZONE"},
        {F::tz, "TZ"},
    };
    return names.at(name);
}

std::string infix(const char* sign, const Expression& expression) {
    std::string out = "(";
    for (std::size_t i = 0; i < expression.arguments.size(); ++i) {
        if (i > 0) out += std::string(" ") + sign + " ";
        out += to_text(expression.arguments[i]);
    }
    return out + ")";
}

std::string text_of(const Aggregate& aggregate) {
    using Kind = Aggregate::Kind;
    const std::string distinct = aggregate.distinct ? "DISTINCT " : "";
    const auto named = [&](const char* name) {
        return std::string(name) + "(" + distinct + to_text(aggregate.argument) + ")";
    };
    switch (aggregate.kind) {
        case Kind::count_all:
            return "COUNT(" + distinct + "*)";
        case Kind::count:
            return named("COUNT");
        case Kind::sum:
            return named("SUM");
        case Kind::avg:
            return named("AVG");
        case Kind::min:
            return named("MIN");
        case Kind::max:
            return named("MAX");
        case Kind::sample:
            return named("SAMPLE");
        case Kind::concat_length:
            break;
    }
    return "STRLEN(GROUP_CONCAT(" + distinct + to_text(aggregate.argument) +
           "; SEPARATOR = \"--\"))";
}

// HAVING knows no names of the SELECT clause: the aggregates stand in their place.
std::string with_aggregates(std::string text, const std::vector<Aggregate>& aggregates) {
    for (const Aggregate& aggregate : aggregates) {
        const std::string name = variable_text(aggregate.target);
        for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos;) {
            const std::size_t end = at + name.size();
            if (end < text.size() && text[end] >= '0' && text[end] <= '9') {
                at = end;
                continue;
            }
            const std::string whole = text_of(aggregate);
            text.replace(at, name.size(), whole);
            at += whole.size();
        }
    }
    return text;
}

// Those that have no name which the rest of the query could use.
std::vector<Aggregate> hidden_aggregates(const Node& node) {
    std::vector<Aggregate> out;
    for (const Aggregate& aggregate : node.aggregates)
        if (std::find(node.variables.begin(), node.variables.end(), aggregate.target) ==
            node.variables.end())
            out.push_back(aggregate);
    return out;
}

// From the projection to the end.
std::string text_of_select(const Node& node, const char* head) {
    std::string out = head;
    if (out == "SELECT") {
        if (node.distinct) out += " DISTINCT";
        if (node.reduced) out += " REDUCED";
        for (const Variable variable : node.variables) {
            const auto made_here =
                std::find_if(node.made.begin(), node.made.end(),
                             [&](const auto& one) { return one.first == variable; });
            if (made_here != node.made.end()) continue;
            const auto made = std::find_if(
                node.aggregates.begin(), node.aggregates.end(),
                [&](const Aggregate& aggregate) { return aggregate.target == variable; });
            if (made == node.aggregates.end())
                out += " " + variable_text(variable);
            else
                out += " (" + text_of(*made) + " AS " + variable_text(variable) + ")";
        }
        for (const auto& [variable, expression] : node.made)
            out += " (" + with_aggregates(to_text(expression), hidden_aggregates(node)) + " AS " +
                   variable_text(variable) + ")";
    }
    for (const Term& graph : node.from) out += " FROM " + graph.to_string();
    for (const Term& graph : node.from_named) out += " FROM NAMED " + graph.to_string();
    out += " WHERE " + group(node.children[0]);
    if (!node.keys.empty()) out += " GROUP BY";
    for (const Variable key : node.keys) {
        const auto made = std::find_if(node.made_keys.begin(), node.made_keys.end(),
                                       [&](const auto& one) { return one.first == key; });
        out += made == node.made_keys.end()
                   ? " " + variable_text(key)
                   : " (" + to_text(made->second) + " AS " + variable_text(key) + ")";
    }
    if (!node.having.empty()) out += " HAVING";
    for (const Expression& condition : node.having)
        out += " (" + with_aggregates(to_text(condition), node.aggregates) + ")";
    if (!node.order.empty()) out += " ORDER BY";
    for (const OrderKey& key : node.order)
        out += std::string(key.descending ? " DESC(" : " ASC(") +
               with_aggregates(to_text(key.expression), hidden_aggregates(node)) + ")";
    if (node.limit) out += " LIMIT " + std::to_string(*node.limit);
    if (node.offset) out += " OFFSET " + std::to_string(*node.offset);
    for (const Node& values : node.trailing) out += " " + to_text(values);
    return out;
}

}  // namespace

std::vector<Variable> visible_variables(const Node& node) {
    std::set<Variable> out;
    add_visible(node, out);
    return {out.begin(), out.end()};
}

std::size_t size_of(const Node& node) {
    std::size_t size =
        1 + node.triples.size() + node.cells.size() + node.keys.size() + node.variables.size();
    for (const Node& child : node.children) size += size_of(child);
    for (const Expression& condition : node.conditions) size += size_of(condition);
    for (const Expression& condition : node.having) size += size_of(condition);
    for (const Aggregate& aggregate : node.aggregates) size += size_of(aggregate.argument);
    for (const auto& [variable, expression] : node.made_keys) size += size_of(expression);
    for (const auto& [variable, expression] : node.made) size += size_of(expression);
    for (const Node& values : node.trailing) size += size_of(values);
    for (const OrderKey& key : node.order) size += size_of(key.expression);
    return size + (node.distinct || node.reduced ? 1U : 0U) + (node.limit ? 1U : 0U) +
           (node.offset ? 1U : 0U);
}

std::string name_of(const Node& node) {
    using Kind = Node::Kind;
    switch (node.kind) {
        case Kind::triples:
            return "triples";
        case Kind::path:
            return "path";
        case Kind::values:
            return "values";
        case Kind::join:
            return "join";
        case Kind::left_join:
            return "optional";
        case Kind::union_:
            return "union";
        case Kind::minus:
            return "minus";
        case Kind::filter:
            return "filter";
        case Kind::extend:
            return "bind";
        case Kind::graph:
            return "graph";
        case Kind::lateral:
            return "lateral";
        case Kind::select:
            break;
    }
    if (node.grouped) return "group";
    if (node.limit || node.offset) return "slice";
    return node.distinct ? "distinct" : "project";
}

std::string to_text(const Node& node) {
    using Kind = Node::Kind;
    std::string out;
    switch (node.kind) {
        case Kind::triples:
            for (const Triple& triple : node.triples) out += text_of(triple) + " . ";
            break;
        case Kind::path:
            return text_of(node.triples[0].subject) + " " + text_of(node.path) + " " +
                   text_of(node.triples[0].object);
        case Kind::values: {
            out = "VALUES (";
            for (const Variable variable : node.variables) out += " " + variable_text(variable);
            out += " ) {";
            const std::size_t width = node.variables.size();
            for (std::size_t i = 0; i < node.cells.size(); ++i) {
                if (i % width == 0) out += " (";
                out += " " + (node.cells[i] ? node.cells[i]->to_string() : "UNDEF");
                if (i % width == width - 1) out += " )";
            }
            return out + " }";
        }
        case Kind::join:
            for (const Node& child : node.children) out += group(child) + " ";
            break;
        case Kind::left_join:
            out = group(node.children[0]) + " OPTIONAL { " + group(node.children[1]);
            for (const Expression& condition : node.conditions)
                out += " FILTER(" + to_text(condition) + ")";
            return out + " }";
        case Kind::union_:
            for (std::size_t i = 0; i < node.children.size(); ++i)
                out += (i > 0 ? " UNION " : "") + group(node.children[i]);
            break;
        case Kind::minus:
            return group(node.children[0]) + " MINUS " + group(node.children[1]);
        case Kind::filter:
            out = group(node.children[0]);
            for (const Expression& condition : node.conditions)
                out += " FILTER(" + to_text(condition) + ")";
            break;
        case Kind::extend:
            return group(node.children[0]) + " BIND(" + to_text(node.conditions[0]) + " AS " +
                   variable_text(node.target) + ")";
        case Kind::graph:
            return "GRAPH " + text_of(node.graph) + " " + group(node.children[0]);
        case Kind::lateral:
            return group(node.children[0]) + " LATERAL " + group(node.children[1]);
        case Kind::select:
            return text_of_select(node, "SELECT");
    }
    return out;
}

std::string to_text(const Expression& expression) {
    using F = Function;
    switch (expression.function) {
        case F::variable:
            return variable_text(expression.variable);
        case F::constant:
            return expression.term.to_string();
        case F::logical_or:
            return infix("||", expression);
        case F::logical_and:
            return infix("&&", expression);
        case F::logical_not:
            return "!(" + to_text(expression.arguments[0]) + ")";
        case F::equal:
            return infix("=", expression);
        case F::not_equal:
            return infix("!=", expression);
        case F::less:
            return infix("<", expression);
        case F::greater:
            return infix(">", expression);
        case F::less_equal:
            return infix("<=", expression);
        case F::greater_equal:
            return infix(">=", expression);
        case F::in:
        case F::not_in: {
            std::string out = "(" + to_text(expression.arguments[0]);
            out += expression.function == F::in ? " IN (" : " NOT IN (";
            for (std::size_t i = 1; i < expression.arguments.size(); ++i)
                out += (i > 1 ? ", " : "") + to_text(expression.arguments[i]);
            return out + "))";
        }
        case F::add:
            return infix("+", expression);
        case F::subtract:
            return infix("-", expression);
        case F::multiply:
            return infix("*", expression);
        case F::divide:
            return infix("/", expression);
        case F::negate:
            return "(- (" + to_text(expression.arguments[0]) + "))";
        case F::exists:
            return "EXISTS " + group(expression.pattern[0]);
        case F::not_exists:
            return "NOT EXISTS " + group(expression.pattern[0]);
        default:
            break;
    }
    return call(call_name(expression.function), expression);
}

std::vector<Triple> template_of(const Query& query) {
    std::vector<Triple> out = query.construct;
    for (const Annotation& one : query.annotations) {
        if (one.asserts) out.push_back(one.statement);
        Place statement;
        statement.parts.push_back(one.statement);
        out.push_back({one.reifier, Place::of(Term::iri(std::string(rdf::reifies))), statement});
        out.push_back({one.reifier, one.predicate, one.object});
    }
    return out;
}

std::string to_text(const Query& query) {
    switch (query.form) {
        case Query::Form::select:
            return text_of_select(query.select, "SELECT");
        case Query::Form::ask:
            return text_of_select(query.select, "ASK");
        case Query::Form::describe: {
            std::string head = "DESCRIBE";
            for (const Place& place : query.described) head += " " + text_of(place);
            return text_of_select(query.select, head.c_str());
        }
        case Query::Form::construct:
            break;
    }
    if (query.short_form) return text_of_select(query.select, "CONSTRUCT");
    std::string head = "CONSTRUCT { ";
    for (const Triple& triple : query.construct) head += text_of(triple) + " . ";
    for (const Annotation& one : query.annotations) {
        const std::string statement = text_of(one.statement) + " ~ " + text_of(one.reifier);
        const std::string about = text_of(one.predicate) + " " + text_of(one.object);
        head += one.asserts ? statement + " {| " + about + " |} . "
                            : "<< " + statement + " >> " + about + " . ";
    }
    return text_of_select(query.select, (head + "}").c_str());
}

}  // namespace dossier::oracle
