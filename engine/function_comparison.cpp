#include "engine/function_comparison.h"

#include <array>
#include <cstdint>
#include <utility>

#include "rdf/value_order.h"
#include "storage/inline_term.h"

namespace dossier::engine {

using storage::Tag;

namespace {

using Kind = Cell::Kind;
__extension__ using Wide = __int128;

constexpr Comparison mirrored(Comparison comparison) {
    switch (comparison) {
        case Comparison::less:
            return Comparison::greater;
        case Comparison::greater:
            return Comparison::less;
        case Comparison::less_equal:
            return Comparison::greater_equal;
        case Comparison::greater_equal:
            return Comparison::less_equal;
        default:
            return comparison;
    }
}

bool holds(Comparison comparison, std::partial_ordering order) {
    switch (comparison) {
        case Comparison::equal:
            return order == 0;
        case Comparison::not_equal:
            return order != 0;
        case Comparison::less:
            return order < 0;
        case Comparison::greater:
            return order > 0;
        case Comparison::less_equal:
            return order <= 0;
        default:
            return order >= 0;
    }
}

Wide scaled(std::int64_t number, int digits) {
    Wide wide = number;
    for (int i = 0; i < digits; ++i) wide *= 10;
    return wide;
}

// Whether two different ids of resolved terms are terms that `=` finds unequal, as their tags tell.
bool tags_tell_unequal(Tag a, Tag b) {
    const auto is_resource = [](Tag tag) {
        return tag == Tag::iri || tag == Tag::name || tag == Tag::blank_node;
    };
    if (is_resource(a) || is_resource(b)) return a != Tag::computed && b != Tag::computed;
    const auto is_text = [](Tag tag) {
        return tag >= Tag::string && tag <= Tag::directional_string;
    };
    const auto is_inline = [](Tag tag) { return tag >= Tag::boolean && tag <= Tag::g_year_month; };
    if (is_text(a) && is_text(b)) return a != b || a == Tag::string;
    return (is_text(a) && is_inline(b)) || (is_inline(a) && is_text(b));
}

// Whether equal ids of this tag are equal values: not where NaN may hide.
bool is_equal_to_itself(Tag tag) {
    return tag != Tag::dictionary_number && tag != Tag::float_number && tag != Tag::triple &&
           tag != Tag::computed;
}

Truth compare_slowly(FunctionScope& scope, Comparison comparison, const Cell& a, const Cell& b) {
    if (comparison == Comparison::equal || comparison == Comparison::not_equal) {
        const TermView* left = scope.term(a);
        const TermView* right = scope.term(b);
        const Truth truth = equal(*left, scope.value(a), *right, scope.value(b));
        return comparison == Comparison::equal ? truth : dossier::negate(truth);
    }
    const Value left = scope.value(a);
    const Value right = scope.value(b);
    switch (comparison) {
        case Comparison::less:
            return less(left, right);
        case Comparison::greater:
            return less(right, left);
        case Comparison::less_equal:
            return less_or_equal(left, right);
        default:
            return less_or_equal(right, left);
    }
}

}  // namespace

std::partial_ordering compare_numbers(const Cell& a, const Cell& b) {
    if (a.kind == Kind::integer && b.kind == Kind::integer) return a.number <=> b.number;
    const auto as_double = [](const Cell& cell) {
        switch (cell.kind) {
            case Kind::integer:
                return static_cast<double>(cell.number);
            case Kind::decimal:
                return Decimal::of(Integer(cell.number), cell.scale)->to_double();
            case Kind::float_:
                return static_cast<double>(cell.real_float);
            default:
                return cell.real;
        }
    };
    if (a.kind == Kind::double_ || b.kind == Kind::double_) return as_double(a) <=> as_double(b);
    const auto as_float = [](const Cell& cell) {
        switch (cell.kind) {
            case Kind::integer:
                return static_cast<float>(cell.number);
            case Kind::decimal:
                return Decimal::of(Integer(cell.number), cell.scale)->to_float();
            default:
                return cell.real_float;
        }
    };
    if (a.kind == Kind::float_ || b.kind == Kind::float_) return as_float(a) <=> as_float(b);
    const int scale = std::max(a.scale, b.scale);
    const Wide left = scaled(a.number, scale - a.scale);
    const Wide right = scaled(b.number, scale - b.scale);
    if (left < right) return std::partial_ordering::less;
    if (left > right) return std::partial_ordering::greater;
    return std::partial_ordering::equivalent;
}

Truth compare_cells(FunctionScope& scope, Comparison comparison, const Cell& first,
                    const Cell& second) {
    const Cell a = unpack(first);
    const Cell b = unpack(second);
    if (a.is_error() || b.is_error()) return Truth::error;
    if (a.is_small_number() && b.is_small_number())
        return to_truth(holds(comparison, compare_numbers(a, b)));
    if ((comparison == Comparison::equal || comparison == Comparison::not_equal) &&
        first.kind == Kind::id && second.kind == Kind::id) {
        const Tag left = first.id().tag();
        const Tag right = second.id().tag();
        if (first.bits == second.bits) {
            if (is_equal_to_itself(left)) return to_truth(comparison == Comparison::equal);
        } else if (tags_tell_unequal(left, right)) {
            return to_truth(comparison == Comparison::not_equal);
        }
    }
    return compare_slowly(scope, comparison, a, b);
}

namespace {

// How the numbers of one inline tag lie to a constant number: those below `low` are less, those
// from `high` on greater. Promotion is monotone, so both are found by bisection.
struct Thresholds {
    std::int64_t low = 0;
    std::int64_t high = 0;

    static Thresholds of(const Cell& constant, std::int64_t limit, std::uint8_t scale) {
        const auto first = [&](auto&& reached) {
            std::int64_t from = -limit;
            std::int64_t to = limit;
            while (from < to) {
                const std::int64_t middle = from + (to - from) / 2;
                const Cell cell = scale == 0 ? Cell::integer(middle) : Cell::decimal(middle, scale);
                if (reached(compare_numbers(cell, constant)))
                    to = middle;
                else
                    from = middle + 1;
            }
            return from;
        };
        return {first([](std::partial_ordering order) { return order >= 0; }),
                first([](std::partial_ordering order) { return order > 0; })};
    }

    // The numbers for which the comparison holds: inside [from, to), or outside for `!=`.
    std::pair<std::int64_t, std::int64_t> range(Comparison comparison) const {
        switch (comparison) {
            case Comparison::less:
                return {INT64_MIN, low};
            case Comparison::less_equal:
                return {INT64_MIN, high};
            case Comparison::greater:
                return {high, INT64_MAX};
            case Comparison::greater_equal:
                return {low, INT64_MAX};
            default:
                return {low, high};
        }
    }
};

// A column of ids against a constant number.
class NumberComparison {
  public:
    NumberComparison(Comparison comparison, const Cell& constant)
        : comparison_(comparison), constant_(constant) {
        const auto integers = Thresholds::of(constant, std::int64_t{1} << 57, 0).range(comparison);
        const auto decimals = Thresholds::of(constant, std::int64_t{1} << 54, 7).range(comparison);
        integers_from_ = integers.first;
        integers_to_ = integers.second;
        decimals_from_ = decimals.first;
        decimals_to_ = decimals.second;
    }

    void test(FunctionScope& scope, const TermId* column, FunctionNode::Rows rows,
              Truth* out) const {
        const bool inside = comparison_ != Comparison::not_equal;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const TermId id = column[rows[i]];
            if (storage::is_inline_integer(id)) {
                const std::int64_t number = storage::integer_value(id);
                out[i] = to_truth((number >= integers_from_ && number < integers_to_) == inside);
            } else if (id.tag() == Tag::decimal) {
                const std::int64_t number = storage::decimal_value(id);
                out[i] = to_truth((number >= decimals_from_ && number < decimals_to_) == inside);
            } else {
                out[i] = compare_cells(scope, comparison_, Cell::of(id), constant_);
            }
        }
    }

  private:
    Comparison comparison_;
    Cell constant_;
    std::int64_t integers_from_, integers_to_, decimals_from_, decimals_to_;
};

// A column of ids against a term that `=` tells by its id from nearly all others.
class TermComparison {
  public:
    TermComparison(Comparison comparison, const Cell& constant)
        : comparison_(comparison), constant_(constant) {}

    static bool fits(Comparison comparison, const Cell& constant) {
        if (comparison != Comparison::equal && comparison != Comparison::not_equal) return false;
        if (constant.kind != Kind::id) return false;
        const Tag tag = constant.id().tag();
        return tag == Tag::iri || tag == Tag::name || tag == Tag::string;
    }

    void test(FunctionScope& scope, const TermId* column, FunctionNode::Rows rows,
              Truth* out) const {
        const Truth same = to_truth(comparison_ == Comparison::equal);
        const Truth different = dossier::negate(same);
        std::vector<std::size_t> open;
        std::vector<Cell> cells;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const TermId id = column[rows[i]];
            if (id == constant_.id()) {
                out[i] = same;
            } else if (!id.bound()) {
                out[i] = Truth::error;
            } else if (tags_tell_unequal(id.tag(), constant_.id().tag())) {
                out[i] = different;
            } else {
                open.push_back(i);
                cells.push_back(Cell::of(id));
            }
        }
        if (open.empty()) return;
        scope.decode(cells);
        for (std::size_t i = 0; i < open.size(); ++i)
            out[open[i]] = compare_cells(scope, comparison_, cells[i], constant_);
    }

  private:
    Comparison comparison_;
    Cell constant_;
};

class ComparisonNode final : public TestNode {
  public:
    ComparisonNode(Comparison comparison, FunctionNodePtr left, FunctionNodePtr right)
        : comparison_(comparison), left_(std::move(left)), right_(std::move(right)) {
        if (left_->constant() != nullptr && right_->constant() == nullptr) {
            std::swap(left_, right_);
            comparison_ = mirrored(comparison_);
        }
        if (left_->column() < 0 || right_->constant() == nullptr) return;
        const Cell constant = unpack(*right_->constant());
        // NaN has no place among the numbers.
        if (constant.is_small_number() &&
            compare_numbers(constant, constant) == std::partial_ordering::equivalent)
            numbers_.emplace(comparison_, constant);
        else if (TermComparison::fits(comparison_, *right_->constant()))
            terms_.emplace(comparison_, *right_->constant());
    }

    void test(FunctionScope& scope, const Batch& batch, Rows rows, Truth* out) override {
        if (terms_) {
            terms_->test(scope, batch.column(static_cast<std::size_t>(left_->column())), rows, out);
            return;
        }
        if (numbers_) {
            const TermId* column = batch.column(static_cast<std::size_t>(left_->column()));
            decode_numbers(scope, column, rows);
            numbers_->test(scope, column, rows, out);
            return;
        }
        std::vector<Cell> left(rows.size());
        left_->evaluate(scope, batch, rows, left.data());
        if (const Cell* constant = right_->constant()) {
            decode_where_needed(scope, left, *constant);
            for (std::size_t i = 0; i < rows.size(); ++i)
                out[i] = compare_cells(scope, comparison_, left[i], *constant);
            return;
        }
        std::vector<Cell> right(rows.size());
        right_->evaluate(scope, batch, rows, right.data());
        decode_where_needed(scope, left, right);
        for (std::size_t i = 0; i < rows.size(); ++i)
            out[i] = compare_cells(scope, comparison_, left[i], right[i]);
    }

  private:
    bool decided_by_id(const Cell& a, const Cell& b) const {
        if (a.kind != Kind::id || b.kind != Kind::id) return false;
        if (comparison_ != Comparison::equal && comparison_ != Comparison::not_equal) return false;
        return a.bits == b.bits ? is_equal_to_itself(a.id().tag())
                                : tags_tell_unequal(a.id().tag(), b.id().tag());
    }

    static void decode_numbers(FunctionScope& scope, const TermId* column, Rows rows) {
        std::vector<Cell> wanted;
        for (const std::uint32_t row : rows)
            if (column[row].bound() && !column[row].is_inline())
                wanted.push_back(Cell::of(column[row]));
        if (!wanted.empty()) scope.decode(wanted);
    }
    void decode_where_needed(FunctionScope& scope, std::span<const Cell> left,
                             const Cell& constant) const {
        std::vector<Cell> wanted;
        for (const Cell& cell : left)
            if (cell.kind == Kind::id && !decided_by_id(cell, constant)) wanted.push_back(cell);
        scope.decode(wanted);
    }
    void decode_where_needed(FunctionScope& scope, std::span<const Cell> left,
                             std::span<const Cell> right) const {
        std::vector<Cell> wanted;
        for (std::size_t i = 0; i < left.size(); ++i) {
            if (left[i].is_error() || right[i].is_error() || decided_by_id(left[i], right[i]))
                continue;
            wanted.push_back(left[i]);
            wanted.push_back(right[i]);
        }
        scope.decode(wanted);
    }

    Comparison comparison_;
    FunctionNodePtr left_;
    FunctionNodePtr right_;
    std::optional<NumberComparison> numbers_;
    std::optional<TermComparison> terms_;
};

}  // namespace

FunctionNodePtr make_comparison(Comparison comparison, FunctionNodePtr left,
                                FunctionNodePtr right) {
    return std::make_unique<ComparisonNode>(comparison, std::move(left), std::move(right));
}

}  // namespace dossier::engine
