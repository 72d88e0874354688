#include <algorithm>
#include <map>
#include <optional>

#include "tests/oracle/relation_subject.h"

// Ternary logic partitioning under aggregates and groups, and constants in the place of what has
// their value.
namespace dossier::oracle {

namespace {

std::vector<std::string> parts_of(const Subject& s) {
    const std::string base = group(s.p()) + " FILTER";
    return {base + "(" + s.e() + ")", base + "(!(" + s.e() + "))",
            base + "(COALESCE(IF(" + s.e() + ", false, false), true))"};
}

std::string some_variable(const Subject& s) {
    const std::vector<Variable> mine = s.variables();
    if (mine.empty()) throw NotHere{};
    return variable_text(s.chance.one_of(mine));
}

// Nothing: unbound.
std::optional<long long> integer_of(const std::string& cell) {
    if (cell == "-") return std::nullopt;
    return std::stoll(cell.substr(cell.front() == '"' ? 1 : 0));
}

}  // namespace

Outcome partitioned_values(const Subject& s) {
    const std::string number = "COALESCE(STRLEN(STR(" + some_variable(s) + ")), -1)";
    const auto text = [&](const std::string& pattern) {
        return "SELECT (SUM(" + number + ") AS ?a) (MIN(" + number + ") AS ?b) (MAX(" + number +
               ") AS ?c) WHERE " + group(pattern);
    };
    const Rows whole = rows_of(s, text(s.p()));
    long long sum = 0;
    std::optional<long long> least, most;
    for (const std::string& part : parts_of(s)) {
        const Rows row = rows_of(s, text(part));
        sum += integer_of(row.at(0).at(0)).value_or(0);
        const auto low = integer_of(row[0][1]), high = integer_of(row[0][2]);
        if (low && (!least || *low < *least)) least = low;
        if (high && (!most || *high > *most)) most = high;
    }
    const bool holds = integer_of(whole.at(0).at(0)) == sum && integer_of(whole[0][1]) == least &&
                       integer_of(whole[0][2]) == most;
    return {holds, least.has_value(), text(s.p()) + "\n" + text(parts_of(s)[0]) + "\n"};
}

Outcome partitioned_groups(const Subject& s) {
    const std::string key = some_variable(s);
    const auto text = [&](const std::string& pattern) {
        return "SELECT (" + key + " AS ?a) (COUNT(*) AS ?b) WHERE " + group(pattern) +
               " GROUP BY " + key;
    };
    const auto counts = [&](const std::string& pattern, std::map<std::string, long long>& out) {
        for (const TextRow& row : rows_of(s, text(pattern)))
            out[row[0]] += integer_of(row[1]).value_or(0);
    };
    std::map<std::string, long long> whole, sum;
    counts(s.p(), whole);
    for (const std::string& part : parts_of(s)) counts(part, sum);
    return {whole == sum, !whole.empty(), text(s.p()) + "\n" + text(parts_of(s)[0]) + "\n"};
}

namespace {

// Puts terms in the place of variables; false where that is not possible.
bool make_constant(Expression& expression, Chance& chance) {
    if (!expression.pattern.empty() || expression.function == Function::bound) return false;
    if (expression.function == Function::variable) {
        Expression constant;
        constant.term = random_constant(chance);
        expression = std::move(constant);
        return true;
    }
    return std::all_of(expression.arguments.begin(), expression.arguments.end(),
                       [&](Expression& argument) { return make_constant(argument, chance); });
}

}  // namespace

Outcome constant_by_value(const Subject& s) {
    const std::vector<Variable> mine = s.variables();
    if (std::find(mine.begin(), mine.end(), Variable{15}) != mine.end()) throw NotHere{};
    Expression constant = s.condition;
    if (!make_constant(constant, s.chance)) throw NotHere{};
    const std::string value_text = "SELECT (" + to_text(constant) + " AS ?v15) WHERE { }";
    const std::string value = rows_of(s, value_text).at(0).at(0);
    if (value == "-") throw NotHere{};
    const auto with = [&](const std::string& text) {
        return "SELECT *  WHERE { " + group(s.p()) + " BIND(" + text + " AS ?v15) FILTER(" + text +
               " = ?v15) }";
    };
    const Rows computed = rows_of(s, with(to_text(constant)));
    const Rows given = rows_of(s, with(value));
    return {computed == given, !given.empty(), with(to_text(constant)) + "\n" + with(value) + "\n"};
}

}  // namespace dossier::oracle
