#include "engine/filter_ranges.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "rdf/datatype.h"
#include "rdf/value.h"

namespace dossier::engine {

using storage::IdInterval;
using storage::TermId;
using Op = ExpressionOperator;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<IdInterval> normalized(std::vector<IdInterval> intervals) {
    std::sort(intervals.begin(), intervals.end(),
              [](const IdInterval& a, const IdInterval& b) { return a.first < b.first; });
    std::vector<IdInterval> out;
    for (const IdInterval& one : intervals) {
        if (one.last < one.first) continue;
        if (!out.empty() && one.first.bits <= out.back().last.bits + 1)
            out.back().last = std::max(out.back().last, one.last);
        else
            out.push_back(one);
    }
    return out;
}

// Puts intervals together when they have become many; false where there are many all the same: no
// scan reads so many ranges, and sorting them all would be a long time without a question.
bool stay_few(std::vector<IdInterval>& intervals) {
    constexpr std::size_t most = 1 << 14;
    if (intervals.size() <= most) return true;
    intervals = normalized(std::move(intervals));
    return intervals.size() <= most / 2;
}

// The operator with its sides exchanged.
Op mirrored(Op op) {
    switch (op) {
        case Op::less:
            return Op::greater;
        case Op::greater:
            return Op::less;
        case Op::less_equal:
            return Op::greater_equal;
        case Op::greater_equal:
            return Op::less_equal;
        default:
            return op;
    }
}

std::optional<std::vector<IdInterval>> same_term_interval(const Term& term,
                                                          const storage::Snapshot& snapshot) {
    // A computed term the store does not know may still equal a computed value.
    std::vector<IdInterval> out = {storage::all_of(storage::Tag::computed)};
    if (const auto id = snapshot.find(term.view())) out.push_back({*id, *id});
    return normalized(std::move(out));
}

std::optional<std::vector<IdInterval>> compared_interval(Op op, const Term& term,
                                                         const storage::Snapshot& snapshot) {
    if (!term.is_literal()) {
        // IRIs and blank nodes are equal to themselves only; triple terms compare by value.
        if (op == Op::equal && !term.is_triple()) return same_term_interval(term, snapshot);
        return std::nullopt;
    }
    const Value value = parse_value(term.view());
    if (value.is_numeric()) {
        const double number = value.to_double();
        if (std::isnan(number)) return std::nullopt;
        storage::NumericRange range{-infinity, infinity, value.kind() == ValueKind::float_};
        // intervals_of() rounds a bound outward where it is not a double itself; the constant's own
        // rounding is made good for here.
        const bool exact = value.kind() == ValueKind::double_ ||
                           value.kind() == ValueKind::float_ ||
                           (value.kind() == ValueKind::integer && std::abs(number) < 9e15);
        const double low = exact ? number : std::nextafter(number, -infinity);
        const double high = exact ? number : std::nextafter(number, infinity);
        if (op == Op::equal || op == Op::greater || op == Op::greater_equal) range.low = low;
        if (op == Op::equal || op == Op::less || op == Op::less_equal) range.high = high;
        std::vector<IdInterval> out = storage::intervals_of(range);
        // Numbers that the query computed and that have no inline form.
        out.push_back(storage::all_of(storage::Tag::computed));
        return normalized(std::move(out));
    }
    if (value.kind() == ValueKind::date_time) {
        // A value without a zone is compared with one that has it as if in UTC, 14 hours of doubt
        // less: so what is true there lies between these instants too.
        const DateTime& time = value.as_date_time();
        std::optional<Instant> low;
        std::optional<Instant> high;
        if (op == Op::equal || op == Op::greater || op == Op::greater_equal) low = time.instant();
        if (op == Op::equal || op == Op::less || op == Op::less_equal) high = time.instant();
        std::vector<IdInterval> out = storage::intervals_of(time.datatype(), low, high);
        out.push_back(storage::all_of(storage::Tag::computed));
        return normalized(std::move(out));
    }
    if (op == Op::equal && value.kind() == ValueKind::string)
        return same_term_interval(term, snapshot);
    return std::nullopt;
}

}  // namespace

std::vector<IdInterval> intersect(const std::vector<IdInterval>& a,
                                  const std::vector<IdInterval>& b) {
    std::vector<IdInterval> out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const TermId first = std::max(a[i].first, b[j].first);
        const TermId last = std::min(a[i].last, b[j].last);
        if (first <= last) out.push_back({first, last});
        if (a[i].last < b[j].last)
            ++i;
        else
            ++j;
    }
    return out;
}

std::optional<VariableRanges> ranges_of(const Expression& condition,
                                        const storage::Snapshot& snapshot, StopQuestion* question) {
    using Kind = Expression::Kind;
    const auto step = [question] {
        if (question != nullptr) question->step();
    };
    step();
    if (condition.kind != Kind::operation) return std::nullopt;
    const auto& arguments = condition.arguments;
    switch (condition.op) {
        case Op::equal:
        case Op::less:
        case Op::greater:
        case Op::less_equal:
        case Op::greater_equal:
        case Op::same_term: {
            const bool variable_first = arguments[0]->kind == Kind::variable;
            const Expression& variable = *arguments[variable_first ? 0 : 1];
            const Expression& constant = *arguments[variable_first ? 1 : 0];
            if (variable.kind != Kind::variable || constant.kind != Kind::constant)
                return std::nullopt;
            const auto intervals =
                condition.op == Op::same_term
                    ? same_term_interval(constant.term, snapshot)
                    : compared_interval(variable_first ? condition.op : mirrored(condition.op),
                                        constant.term, snapshot);
            if (!intervals) return std::nullopt;
            return VariableRanges{variable.variable, *intervals};
        }
        case Op::in: {
            if (arguments[0]->kind != Kind::variable) return std::nullopt;
            std::vector<IdInterval> all;
            for (std::size_t i = 1; i < arguments.size(); ++i) {
                step();
                if (arguments[i]->kind != Kind::constant) return std::nullopt;
                const auto one = compared_interval(Op::equal, arguments[i]->term, snapshot);
                if (!one) return std::nullopt;
                all.insert(all.end(), one->begin(), one->end());
                if (!stay_few(all)) return std::nullopt;
            }
            return VariableRanges{arguments[0]->variable, normalized(std::move(all))};
        }
        case Op::logical_and:
        case Op::logical_or: {
            std::optional<VariableRanges> out;
            for (const ExpressionPtr& argument : arguments) {
                const auto one = ranges_of(*argument, snapshot, question);
                if (!one) {
                    if (condition.op == Op::logical_or) return std::nullopt;
                    continue;
                }
                if (!out) {
                    out = one;
                } else if (out->variable != one->variable) {
                    if (condition.op == Op::logical_or) return std::nullopt;
                } else if (condition.op == Op::logical_and) {
                    out->intervals = intersect(out->intervals, one->intervals);
                } else {
                    out->intervals.insert(out->intervals.end(), one->intervals.begin(),
                                          one->intervals.end());
                    if (!stay_few(out->intervals)) return std::nullopt;
                }
            }
            // Once for all alternatives, which may be thousands.
            if (out && condition.op == Op::logical_or)
                out->intervals = normalized(std::move(out->intervals));
            return out;
        }
        default:
            return std::nullopt;
    }
}

}  // namespace dossier::engine
