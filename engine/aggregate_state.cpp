#include "engine/aggregate_state.h"

#include <cmath>
#include <string>
#include <utility>

#include <dossier/error.h>

#include "engine/aggregate_sum.h"
#include "engine/function_strings.h"
#include "rdf/value_order.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

template <typename Number>
void write_number(SpillFile& file, const Number& number) {
    file.write(&number, sizeof number);
}
template <typename Number>
Number read_number(SpillReader& reader) {
    Number number{};
    reader.read(&number, sizeof number);
    return number;
}

// Section 18.5.1.1: how many values are no errors; of COUNT(*) how many solutions.
class CountState final : public AggregateState {
  public:
    void resize(std::size_t groups) override { counts_.resize(groups); }
    void clear() override { counts_.clear(); }
    void move(std::uint32_t from, std::uint32_t to) override { counts_[to] = counts_[from]; }
    void update(FunctionScope&, std::span<const std::uint32_t> groups,
                const Cell* values) override {
        for (std::size_t i = 0; i < groups.size(); ++i)
            counts_[groups[i]] += values[i].is_error() ? 0 : 1;
    }
    bool update_ids(std::span<const std::uint32_t> groups, const TermId* ids) override {
        for (std::size_t i = 0; i < groups.size(); ++i) counts_[groups[i]] += ids[i].bound();
        return true;
    }
    void count(std::uint32_t group, std::uint64_t count) override { counts_[group] += count; }
    TermId result(FunctionScope& scope, std::uint32_t group) override {
        return scope.id(Cell::integer(static_cast<std::int64_t>(counts_[group])));
    }
    void write(std::uint32_t group, SpillFile& file) override {
        write_number(file, counts_[group]);
    }
    void read(FunctionScope&, std::uint32_t group, SpillReader& reader) override {
        counts_[group] = read_number<std::uint64_t>(reader);
    }
    std::size_t bytes_per_group() const override { return sizeof(std::uint64_t); }

  private:
    std::vector<std::uint64_t> counts_;
};

// MIN and MAX by the order of ORDER BY; the first of equals. Compares values with the best so far,
// and interns only what becomes the best.
class ExtremeState final : public AggregateState {
  public:
    explicit ExtremeState(bool least) : least_(least) {}

    void resize(std::size_t groups) override { best_.resize(groups); }
    void clear() override { best_.clear(); }
    void move(std::uint32_t from, std::uint32_t to) override { best_[to] = best_[from]; }
    void update(FunctionScope& scope, std::span<const std::uint32_t> groups,
                const Cell* values) override {
        decode(scope, groups, values);
        for (std::size_t i = 0; i < groups.size(); ++i) {
            Best& best = best_[groups[i]];
            if (best.failed) continue;
            const Cell& value = values[i];
            if (value.is_error()) {
                best.failed = true;
                continue;
            }
            if (!best.cell.is_error()) {
                if (value.kind == Cell::Kind::id && best.cell.kind == Cell::Kind::id &&
                    value.bits == best.cell.bits)
                    continue;
                if (!is_better(scope, value, best.cell)) continue;
            }
            best.cell = value.is_portable() ? value : Cell::of(scope.id(value));
        }
    }
    TermId result(FunctionScope& scope, std::uint32_t group) override {
        return best_[group].failed ? storage::unbound : scope.id(best_[group].cell);
    }
    void write(std::uint32_t group, SpillFile& file) override { write_number(file, best_[group]); }
    void read(FunctionScope&, std::uint32_t group, SpillReader& reader) override {
        best_[group] = read_number<Best>(reader);
    }
    std::size_t bytes_per_group() const override { return sizeof(Best); }

  private:
    struct Best {
        Cell cell;  // portable; an error: no value yet
        bool failed = false;
    };

    void decode(FunctionScope& scope, std::span<const std::uint32_t> groups, const Cell* values) {
        wanted_.clear();
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const Cell& best = best_[groups[i]].cell;
            const bool differs = best.kind != values[i].kind || best.bits != values[i].bits;
            if (differs && is_in_dictionary(values[i])) wanted_.push_back(values[i]);
            if (differs && is_in_dictionary(best)) wanted_.push_back(best);
        }
        scope.decode(wanted_);
    }
    static bool is_in_dictionary(const Cell& cell) {
        return cell.kind == Cell::Kind::id && !cell.id().is_inline();
    }

    bool is_better(FunctionScope& scope, const Cell& value, const Cell& best) const {
        const Cell a = unpack(value);
        const Cell b = unpack(best);
        std::weak_ordering order = std::weak_ordering::equivalent;
        if (a.kind == Cell::Kind::integer && b.kind == Cell::Kind::integer)
            order = a.number <=> b.number;
        else if (a.kind == Cell::Kind::decimal && b.kind == Cell::Kind::decimal &&
                 a.scale == b.scale)
            order = a.number <=> b.number;
        else
            order =
                order_by_compare(*scope.term(a), scope.value(a), *scope.term(b), scope.value(b));
        return least_ ? order < 0 : order > 0;
    }

    bool least_;
    std::vector<Best> best_;
    std::vector<Cell> wanted_;
};

// Section 18.5.1.8: the first value that is no error.
class SampleState final : public AggregateState {
  public:
    void resize(std::size_t groups) override { ids_.resize(groups); }
    void clear() override { ids_.clear(); }
    void move(std::uint32_t from, std::uint32_t to) override { ids_[to] = ids_[from]; }
    void update(FunctionScope& scope, std::span<const std::uint32_t> groups,
                const Cell* values) override {
        for (std::size_t i = 0; i < groups.size(); ++i)
            if (TermId& id = ids_[groups[i]]; !id.bound()) id = scope.id(values[i]);
    }
    bool update_ids(std::span<const std::uint32_t> groups, const TermId* ids) override {
        for (std::size_t i = 0; i < groups.size(); ++i)
            if (TermId& id = ids_[groups[i]]; !id.bound()) id = ids[i];
        return true;
    }
    TermId result(FunctionScope&, std::uint32_t group) override { return ids_[group]; }
    void write(std::uint32_t group, SpillFile& file) override { write_number(file, ids_[group]); }
    void read(FunctionScope&, std::uint32_t group, SpillReader& reader) override {
        ids_[group] = read_number<TermId>(reader);
    }
    std::size_t bytes_per_group() const override { return sizeof(TermId); }

  private:
    std::vector<TermId> ids_;
};

// Section 18.5.1.7: CONCAT of the values in the order they come. CONCAT takes strings, with or
// without a language; anything else is an error, and so is then the whole: IRIs and numbers need
// STR().
class ConcatenationState final : public AggregateState {
  public:
    explicit ConcatenationState(std::string separator) : separator_(std::move(separator)) {}

    void resize(std::size_t groups) override {
        for (std::size_t i = groups; i < texts_.size(); ++i) held_ -= bytes_of(texts_[i].text);
        texts_.resize(groups);
    }
    void clear() override {
        texts_.clear();
        held_ = 0;
    }
    void move(std::uint32_t from, std::uint32_t to) override {
        if (from == to) return;
        // A string that is assigned to may keep what it had allocated.
        held_ -= bytes_of(texts_[to].text) + bytes_of(texts_[from].text);
        texts_[to] = std::move(texts_[from]);
        texts_[from] = {};
        held_ += bytes_of(texts_[to].text) + bytes_of(texts_[from].text);
    }
    void update(FunctionScope& scope, std::span<const std::uint32_t> groups,
                const Cell* values) override {
        scope.decode({values, groups.size()});
        for (std::size_t i = 0; i < groups.size(); ++i) {
            Text& text = texts_[groups[i]];
            if (text.failed) continue;
            const TermView* term = scope.term(values[i]);
            if (term == nullptr || !term->is_literal() ||
                (term->language().empty() && term->datatype() != xsd::string)) {
                text.failed = true;
                continue;
            }
            const std::size_t before = bytes_of(text.text);
            const std::size_t wanted = text.text.size() + separator_.size() + term->text().size();
            if (const std::size_t room = text.text.capacity(); wanted > room) {
                if (wanted > (std::size_t{1} << 20)) scope.expect_room(wanted * 2);
                text.text.reserve(std::max(wanted, room * 2));
            }
            if (!text.empty) text.text += separator_;
            text.empty = false;
            text.text += term->text();
            held_ += bytes_of(text.text) - before;
        }
    }
    TermId result(FunctionScope& scope, std::uint32_t group) override {
        const Text& text = texts_[group];
        if (text.failed) return storage::unbound;
        return scope.id_of(TermView::literal(text.text));
    }
    void write(std::uint32_t group, SpillFile& file) override {
        const Text& text = texts_[group];
        write_number(file, text.failed);
        write_number(file, text.empty);
        write_number(file, text.text.size());
        file.write(text.text.data(), text.text.size());
    }
    void read(FunctionScope&, std::uint32_t group, SpillReader& reader) override {
        Text& text = texts_[group];
        text.failed = read_number<bool>(reader);
        text.empty = read_number<bool>(reader);
        held_ -= bytes_of(text.text);
        text.text.resize(read_number<std::size_t>(reader));
        reader.read(text.text.data(), text.text.size());
        held_ += bytes_of(text.text);
    }
    std::size_t bytes_per_group() const override { return sizeof(Text); }
    std::size_t other_bytes() const override { return held_; }

  private:
    struct Text {
        std::string text;
        bool empty = true;
        bool failed = false;
    };

    // What a string has allocated: a short one lies in itself.
    static std::size_t bytes_of(const std::string& text) {
        return text.capacity() - std::string().capacity();
    }

    std::string separator_;
    std::vector<Text> texts_;
    std::size_t held_ = 0;
};

// An aggregate the host registered. What it keeps cannot be written to a file, so the values are
// kept, and handed over when the group is whole.
class HostState final : public AggregateState {
  public:
    explicit HostState(std::string function) : function_(std::move(function)) {}

    void resize(std::size_t groups) override {
        for (std::size_t i = groups; i < groups_.size(); ++i) held_ -= bytes_of(groups_[i]);
        groups_.resize(groups);
    }
    void clear() override {
        groups_.clear();
        held_ = 0;
    }
    void move(std::uint32_t from, std::uint32_t to) override {
        if (from == to) return;
        held_ -= bytes_of(groups_[to]) + bytes_of(groups_[from]);
        groups_[to] = std::move(groups_[from]);
        groups_[from] = {};
        held_ += bytes_of(groups_[to]) + bytes_of(groups_[from]);
    }
    void update(FunctionScope& scope, std::span<const std::uint32_t> groups,
                const Cell* values) override {
        for (std::size_t i = 0; i < groups.size(); ++i) {
            Group& group = groups_[groups[i]];
            const TermId id = scope.id(values[i]);
            group.failed = group.failed || !id.bound();
            if (group.failed) continue;
            const std::size_t before = bytes_of(group);
            if (group.ids.size() == group.ids.capacity() && before > (std::size_t{1} << 20))
                scope.expect_room(before * 2);
            group.ids.push_back(id);
            held_ += bytes_of(group) - before;
        }
    }
    TermId result(FunctionScope& scope, std::uint32_t number) override {
        const Group& group = groups_[number];
        const auto& known = scope.context()->options().aggregates;
        if (group.failed || !known) return storage::unbound;
        const auto factory = known->find(function_);
        if (factory == known->end()) return storage::unbound;
        const std::unique_ptr<AggregateFunction> aggregate = factory->second();
        if (!aggregate) return storage::unbound;
        std::size_t count = 0;
        for (const TermId id : group.ids) {
            if (++count % 1024 == 0) scope.context()->check();
            const Term term = scope.context()->term(id);
            aggregate->add(term.view());
        }
        const std::optional<Term> value = aggregate->result();
        if (!value) return storage::unbound;
        return scope.context()->computed().intern(value->view());
    }
    void write(std::uint32_t number, SpillFile& file) override {
        const Group& group = groups_[number];
        write_number(file, group.failed);
        write_number(file, group.ids.size());
        file.write(group.ids.data(), group.ids.size() * sizeof(TermId));
    }
    void read(FunctionScope&, std::uint32_t number, SpillReader& reader) override {
        Group& group = groups_[number];
        const std::size_t before = bytes_of(group);
        group.failed = read_number<bool>(reader);
        group.ids.resize(read_number<std::size_t>(reader));
        reader.read(group.ids.data(), group.ids.size() * sizeof(TermId));
        held_ += bytes_of(group) - before;
    }
    std::size_t bytes_per_group() const override { return sizeof(Group); }
    std::size_t other_bytes() const override { return held_; }

  private:
    struct Group {
        std::vector<TermId> ids;
        bool failed = false;
    };
    static std::size_t bytes_of(const Group& group) {
        return group.ids.capacity() * sizeof(TermId);
    }

    std::string function_;
    std::vector<Group> groups_;
    std::size_t held_ = 0;
};

}  // namespace

std::unique_ptr<AggregateState> make_aggregate_state(const Aggregate& aggregate) {
    switch (aggregate.kind) {
        case AggregateKind::count:
            return std::make_unique<CountState>();
        case AggregateKind::sum:
            return make_sum_state(false);
        case AggregateKind::avg:
            return make_sum_state(true);
        case AggregateKind::min:
            return std::make_unique<ExtremeState>(true);
        case AggregateKind::max:
            return std::make_unique<ExtremeState>(false);
        case AggregateKind::sample:
            return std::make_unique<SampleState>();
        case AggregateKind::group_concat:
            return std::make_unique<ConcatenationState>(aggregate.separator);
        case AggregateKind::host:
            return std::make_unique<HostState>(aggregate.function);
    }
    throw QueryError("an aggregate of an unknown kind");
}

}  // namespace dossier::engine
