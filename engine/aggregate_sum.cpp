#include "engine/aggregate_sum.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/function_arithmetic.h"
#include "storage/inline_term.h"

namespace dossier::engine {

using storage::Tag;

namespace {

__extension__ using Wide = __int128;

// Integers and decimals of up to 7 fraction digits add up in units of 10^-7: with 58 bits a value,
// 2^46 of them have room.
constexpr std::int64_t unit = storage::decimal_scale;

class SumState final : public AggregateState {
  public:
    explicit SumState(bool average) : average_(average) {}

    void resize(std::size_t groups) override { sums_.resize(groups); }
    void clear() override { sums_.clear(); }
    void move(std::uint32_t from, std::uint32_t to) override {
        if (from == to) return;
        sums_[to] = std::move(sums_[from]);
        sums_[from] = {};
    }

    void update(FunctionScope& scope, std::span<const std::uint32_t> groups,
                const Cell* values) override {
        scope.decode({values, groups.size()});
        for (std::size_t i = 0; i < groups.size(); ++i) add(scope, sums_[groups[i]], values[i]);
    }

    bool update_ids(std::span<const std::uint32_t> groups, const TermId* ids) override {
        // Runs of one group are added up in a register.
        for (std::size_t i = 0; i < groups.size(); ++i)
            if (!is_fast(ids[i].tag())) return false;
        for (std::size_t i = 0; i < groups.size();) {
            Sum& sum = sums_[groups[i]];
            std::size_t end = i + 1;
            while (end < groups.size() && groups[end] == groups[i]) ++end;
            add_run(sum, ids + i, end - i);
            i = end;
        }
        return true;
    }

    TermId result(FunctionScope& scope, std::uint32_t group) override {
        const Sum& sum = sums_[group];
        if (sum.failed) return storage::unbound;
        const Cell total = total_of(scope, sum);
        if (!average_ || sum.count == 0) return scope.id(total);
        return scope.id(divide(scope, total, Cell::integer(static_cast<std::int64_t>(sum.count))));
    }

    void write(std::uint32_t group, SpillFile& file) override {
        const Sum& sum = sums_[group];
        file.write(&sum.exact, sizeof sum.exact);
        file.write(&sum.count, sizeof sum.count);
        file.write(&sum.real, sizeof sum.real);
        for (const bool flag : {sum.has_decimal, sum.has_real, sum.failed})
            file.write(&flag, sizeof flag);
        std::string rest;
        std::uint8_t datatype = 0;
        if (sum.rest) {
            append_lexical(rest, *sum.rest);
            datatype = static_cast<std::uint8_t>(sum.rest->datatype());
        }
        const auto size = static_cast<std::uint64_t>(rest.size());
        file.write(&datatype, sizeof datatype);
        file.write(&size, sizeof size);
        file.write(rest.data(), rest.size());
    }
    void read(FunctionScope&, std::uint32_t group, SpillReader& reader) override {
        Sum& sum = sums_[group];
        reader.read(&sum.exact, sizeof sum.exact);
        reader.read(&sum.count, sizeof sum.count);
        reader.read(&sum.real, sizeof sum.real);
        for (bool* flag : {&sum.has_decimal, &sum.has_real, &sum.failed})
            reader.read(flag, sizeof *flag);
        std::uint8_t datatype = 0;
        std::uint64_t size = 0;
        reader.read(&datatype, sizeof datatype);
        reader.read(&size, sizeof size);
        std::string rest(size, '\0');
        reader.read(rest.data(), size);
        if (size > 0)
            sum.rest = std::make_unique<Value>(parse_value(rest, static_cast<Datatype>(datatype)));
    }

    std::size_t bytes_per_group() const override { return sizeof(Sum); }

  private:
    struct Sum {
        Wide exact = 0;  // in units
        std::uint64_t count = 0;
        double real = 0;           // the doubles
        bool has_decimal = false;  // among the exact ones
        bool has_real = false;
        bool failed = false;
        std::unique_ptr<Value> rest;  // numbers of other sorts
    };

    static bool is_fast(Tag tag) {
        return (tag >= Tag::integer && tag <= Tag::last_integer) || tag == Tag::decimal ||
               tag == Tag::double_scientific || tag == Tag::double_plain;
    }

    static void add_run(Sum& sum, const TermId* ids, std::size_t count) {
        // 4096 values of 58 bits stay within 70.
        std::int64_t whole = 0;
        Wide whole_total = 0;
        Wide units = 0;
        bool has_decimal = false;
        for (std::size_t i = 0; i < count; ++i) {
            const TermId id = ids[i];
            if (storage::is_inline_integer(id)) {
                whole += storage::integer_value(id);
                // Half the range is left after 32 values of 57 bits and a sign.
                if ((i & 31) == 31) {
                    whole_total += whole;
                    whole = 0;
                }
            } else if (id.tag() == Tag::decimal) {
                units += storage::decimal_value(id);
                has_decimal = true;
            } else {
                sum.real += storage::double_value(id);
                sum.has_real = true;
            }
        }
        sum.exact += (whole_total + whole) * unit + units;
        sum.has_decimal = sum.has_decimal || has_decimal;
        sum.count += count;
    }

    void add(FunctionScope& scope, Sum& sum, const Cell& value) {
        if (sum.failed) return;
        const Cell number = unpack(value);
        ++sum.count;
        switch (number.kind) {
            case Cell::Kind::integer:
                sum.exact += Wide{number.number} * unit;
                return;
            case Cell::Kind::decimal:
                if (number.scale <= 7) {
                    Wide units = number.number;
                    for (int i = number.scale; i < 7; ++i) units *= 10;
                    sum.exact += units;
                    sum.has_decimal = true;
                    return;
                }
                break;
            case Cell::Kind::double_:
                sum.real += number.real;
                sum.has_real = true;
                return;
            default:
                break;
        }
        if (!is_number(scope, number)) {
            sum.failed = true;
            sum.rest.reset();
            return;
        }
        if (!sum.rest) {
            sum.rest = std::make_unique<Value>(scope.value(number));
            return;
        }
        const Cell total = dossier::engine::add(scope, Cell::of(sum.rest.get()), number);
        if (total.is_error())
            sum.failed = true;
        else
            *sum.rest = scope.value(total);
    }

    static Cell exact_part(FunctionScope& scope, const Sum& sum) {
        if (!sum.has_decimal) {
            const Wide whole = sum.exact / unit;
            if (whole >= INT64_MIN && whole <= INT64_MAX)
                return Cell::integer(static_cast<std::int64_t>(whole));
        } else if (sum.exact >= INT64_MIN && sum.exact <= INT64_MAX) {
            return Cell::decimal(static_cast<std::int64_t>(sum.exact), 7);
        }
        // By halves, each of 64 bits.
        constexpr std::int64_t half = 1'000'000'000'000'000'000;
        const Cell low = Cell::decimal(static_cast<std::int64_t>(sum.exact % half), 7);
        const Cell high =
            multiply(scope, Cell::decimal(static_cast<std::int64_t>(sum.exact / half), 7),
                     Cell::integer(half));
        const Cell total = dossier::engine::add(scope, high, low);
        if (sum.has_decimal) return total;
        const Value value = scope.value(total);
        return scope.make_value(Value::integer(value.to_decimal().truncate()));
    }

    static Cell total_of(FunctionScope& scope, const Sum& sum) {
        Cell total = exact_part(scope, sum);
        if (sum.rest) total = dossier::engine::add(scope, total, scope.make_value(*sum.rest));
        if (sum.has_real) total = dossier::engine::add(scope, total, Cell::of_double(sum.real));
        return total;
    }

    bool average_;
    std::vector<Sum> sums_;
};

}  // namespace

std::unique_ptr<AggregateState> make_sum_state(bool average) {
    return std::make_unique<SumState>(average);
}

}  // namespace dossier::engine
