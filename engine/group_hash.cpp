#include <algorithm>
#include <memory>
#include <vector>

#include <dossier/error.h>

#include "engine/group_input.h"
#include "engine/row_set.h"
#include "engine/spilling_distinct.h"
#include "engine/working_memory.h"

namespace dossier::engine {

namespace {

// Groups in a hash table. When it is full, rows of groups it does not have are parted into
// temporary files by their keys, and each part is grouped afterwards. When what the groups hold
// outgrows the memory, the groups follow as they stand.
//
// DISTINCT aggregates see their values through a SpillingDistinct of their own; what it set aside
// comes after the last row.
class HashGroupOperator final : public Operator {
  public:
    HashGroupOperator(ExecutionContext& context, const GroupPlan& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          groups_(context, plan),
          key_width_(groups_.key_width()),
          width_(plan.variables().size()),
          memory_(context.memory(), share(groups_)),
          table_(key_width_, &context) {
        for (GroupInput::Argument& argument : groups_.arguments()) {
            seen_.emplace_back();
            if (!argument.distinct) continue;
            const std::size_t seen_width = argument.function ? key_width_ + 1 : groups_.width();
            seen_.back() = std::make_unique<SpillingDistinct>(context, seen_width, 0.25);
        }
        // Without keys there is one group, of no row at all too.
        if (key_width_ == 0) groups_.resize(1);
        row_.resize(std::max(groups_.width(), key_width_ + 1) + 1);
    }

  private:
    // A record of a temporary file: 0 and a row, or an aggregate's number + 1, keys and a value.
    struct Pending {
        std::unique_ptr<RowPartitions> rows, states;
        std::size_t next = 0;
    };

    static double share(GroupInput& groups) {
        for (const GroupInput::Argument& argument : groups.arguments())
            if (argument.distinct) return 0.3;
        return 0.6;
    }

    bool produce(Batch& out) override {
        if (input_) {
            consume_input();
            input_.reset();
        }
        while (next_group_ == group_count()) {
            if (!start_next_part()) return false;
        }
        groups_.forget_results();
        std::size_t rows = 0;
        for (; rows < out.capacity() && next_group_ < group_count(); ++rows, ++next_group_) {
            const auto group = static_cast<std::uint32_t>(next_group_);
            if (key_width_ > 0) std::copy_n(table_.row(group), key_width_, row_.begin());
            groups_.results(group, result_.data());
            for (std::size_t column = 0; column < width_; ++column)
                out.column(column)[rows] =
                    column < key_width_ ? row_[column] : result_[column - key_width_];
        }
        out.set_rows(rows);
        return true;
    }

    std::size_t group_count() const { return key_width_ == 0 ? (done_ ? 0 : 1) : table_.size(); }

    void consume_input() {
        result_.resize(width_ - key_width_);
        Batch batch;
        while (input_->next(batch)) {
            groups_.take(batch);
            consume(true);
        }
        for (std::size_t i = 0; i < seen_.size(); ++i) drain(i);
    }

    // ---- Groups ---------------------------------------------------------------------------

    // The group of the keys in a row; `none` where it is not in memory and has no room.
    std::uint32_t group_of(const TermId* keys, std::uint64_t hash) {
        if (key_width_ == 0) return 0;
        const std::uint32_t found = table_.find(keys, hash);
        if (found != RowSet::none || evicted_) return found;
        if (rows_aside_) return RowSet::none;
        if (table_.size() == capacity_) {
            // The states' vectors are copied when they grow.
            const std::size_t capacity = std::max<std::size_t>(64, capacity_ * 2);
            const std::size_t wanted =
                (capacity + capacity_) * groups_.bytes_per_group() + groups_.other_bytes();
            if (!memory_.try_hold(table_.bytes() + wanted)) return RowSet::none;
            capacity_ = capacity;
            groups_.resize(capacity_);
        }
        if (!table_.reserve_one(memory_, state_bytes())) return RowSet::none;
        return table_.add(keys, hash);
    }

    std::size_t state_bytes() const {
        return capacity_ * groups_.bytes_per_group() + groups_.other_bytes();
    }

    // Adds the rows of the batch to their groups, or sets them aside.
    void consume(bool from_input) {
        Batch& batch = groups_.batch();
        const std::span<const std::uint32_t> rows = batch.selected();
        find_groups(rows);
        for (GroupInput::Argument& argument : groups_.arguments())
            if (!argument.distinct) groups_.update(argument, kept_, numbers_);
        if (from_input)
            for (std::size_t i = 0; i < seen_.size(); ++i)
                if (seen_[i]) consume_distinct(i, rows);
        if (groups_.other_bytes() > 0 && !memory_.try_hold(table_.bytes() + state_bytes())) evict();
    }

    // Fills kept_ with the rows that have a group in memory, numbers_ with the groups.
    void find_groups(std::span<const std::uint32_t> rows) {
        const Batch& batch = groups_.batch();
        numbers_.resize(rows.size());
        if (key_width_ == 0) {
            std::fill(numbers_.begin(), numbers_.end(), 0);
            kept_.assign(rows.begin(), rows.end());
            return;
        }
        keys_.resize(rows.size() * key_width_);
        hashes_.resize(rows.size());
        for (std::size_t key = 0; key < key_width_; ++key) {
            const TermId* ids = batch.column(key);
            for (std::size_t i = 0; i < rows.size(); ++i)
                keys_[i * key_width_ + key] = ids[rows[i]];
        }
        for (std::size_t i = 0; i < rows.size(); ++i)
            hashes_[i] = hash_row(keys_.data() + i * key_width_, key_width_);
        kept_.clear();
        constexpr std::size_t ahead = 8;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i + ahead < rows.size()) table_.prefetch(hashes_[i + ahead]);
            const TermId* keys = keys_.data() + i * key_width_;
            const std::uint32_t group = group_of(keys, hashes_[i]);
            if (group == RowSet::none) {
                set_aside(batch, rows[i]);
                continue;
            }
            numbers_[kept_.size()] = group;
            kept_.push_back(rows[i]);
        }
        numbers_.resize(kept_.size());
    }

    // ---- DISTINCT -------------------------------------------------------------------------

    void consume_distinct(std::size_t index, std::span<const std::uint32_t> rows) {
        GroupInput::Argument& argument = groups_.arguments()[index];
        const Batch& batch = groups_.batch();
        const std::size_t seen_width = argument.function ? key_width_ + 1 : groups_.width();
        if (argument.function) groups_.ids(argument, rows, ids_);
        const std::size_t taken = argument.function ? key_width_ : seen_width;
        seen_rows_.resize(rows.size() * seen_width);
        seen_hashes_.resize(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            TermId* row = seen_rows_.data() + i * seen_width;
            for (std::size_t column = 0; column < taken; ++column)
                row[column] = batch.column(column)[rows[i]];
            if (argument.function) row[key_width_] = ids_[i];
            seen_hashes_[i] = hash_row(row, seen_width);
        }
        constexpr std::size_t ahead = 8;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i + ahead < rows.size()) seen_[index]->prefetch(seen_hashes_[i + ahead]);
            const TermId* row = seen_rows_.data() + i * seen_width;
            if (seen_[index]->insert(row, seen_hashes_[i])) add_distinct(index, row);
        }
        flush(index);
    }

    void drain(std::size_t index) {
        if (!seen_[index]) return;
        std::uint64_t count = 0;
        while (seen_[index]->next_set_aside(row_.data())) {
            if (++count % 4096 == 0) context().check();
            add_distinct(index, row_.data());
            if (values_.size() == Batch::max_capacity) {
                flush(index);
                grow_or_evict();
            }
        }
        flush(index);
        grow_or_evict();
        statistics().spilled_bytes += seen_[index]->spilled_bytes();
        seen_[index].reset();
    }

    // Keys and a value that its group did not have yet.
    void add_distinct(std::size_t index, const TermId* keys_and_value) {
        const bool has_value = groups_.arguments()[index].function != nullptr;
        const TermId value = has_value ? keys_and_value[key_width_] : storage::unbound;
        const std::uint32_t group = group_of(keys_and_value, hash_row(keys_and_value, key_width_));
        if (group == RowSet::none) {
            set_aside(index + 1, keys_and_value, value);
            return;
        }
        values_.push_back(value);
        owners_.push_back(group);
    }

    void flush(std::size_t index) {
        groups_.update_distinct(groups_.arguments()[index], values_, owners_);
        values_.clear();
        owners_.clear();
    }

    // ---- Temporary files --------------------------------------------------------------------

    void need_files() {
        if (!rows_aside_) rows_aside_ = std::make_unique<RowPartitions>(context(), level_);
    }

    void set_aside(const Batch& batch, std::uint32_t row) {
        need_files();
        record_.resize(groups_.row_width() + 1);
        record_[0].bits = 0;
        for (std::size_t column = 0; column < groups_.row_width(); ++column)
            record_[column + 1] = batch.column(column)[row];
        rows_aside_->file_of(record_.data() + 1, key_width_).write_ids(record_);
    }

    void set_aside(std::uint64_t kind, const TermId* keys, TermId value) {
        need_files();
        record_.resize(key_width_ + 2);
        record_[0].bits = kind;
        std::copy_n(keys, key_width_, record_.begin() + 1);
        record_[key_width_ + 1] = value;
        rows_aside_->file_of(keys, key_width_).write_ids(record_);
    }

    void grow_or_evict() {
        if (groups_.other_bytes() > 0 && !memory_.try_hold(table_.bytes() + state_bytes())) evict();
    }

    // All groups go to files as they stand; rows follow them from now on.
    void evict() {
        if (key_width_ == 0 || (table_.size() == 1 && level_ + 1 >= RowPartitions::most_levels))
            throw LimitError("the query's memory limit was reached while concatenating a group");
        need_files();
        if (!states_aside_) states_aside_ = std::make_unique<RowPartitions>(context(), level_);
        for (std::uint32_t group = 0; group < table_.size(); ++group) {
            if (group % 4096 == 0) context().check();
            SpillFile& file = states_aside_->file_of(table_.row(group), key_width_);
            file.write_ids({table_.row(group), key_width_});
            for (GroupInput::Argument& argument : groups_.arguments())
                argument.state->write(group, file);
        }
        clear();
        evicted_ = true;
    }

    void clear() {
        table_.clear();
        groups_.clear();
        capacity_ = 0;
        memory_.clear();
    }

    // Groups the next part of what was set aside; false when there is none.
    bool start_next_part() {
        next_group_ = 0;
        done_ = true;
        if (key_width_ == 0) return false;
        clear();
        if (rows_aside_) {
            statistics().spilled_bytes += rows_aside_->bytes();
            pending_.push_back({std::move(rows_aside_), std::move(states_aside_), 0});
        }
        evicted_ = false;
        while (!pending_.empty() && pending_.back().next == RowPartitions::count)
            pending_.pop_back();
        if (pending_.empty()) return false;
        Pending& pending = pending_.back();
        const std::size_t part = pending.next++;
        level_ = pending.rows->level() + 1;
        if (pending.states) {
            read_states(pending.states->file(part));
            pending.states->drop(part);
        }
        read_rows(pending.rows->file(part));
        pending_.back().rows->drop(part);
        return true;
    }

    void read_states(SpillFile& file) {
        file.finish();
        SpillReader reader(file, 0, file.size());
        std::vector<TermId> keys(key_width_);
        for (std::size_t count = 0; reader.read_ids(keys) == key_width_; ++count) {
            if (count % 4096 == 0) context().check();
            const std::uint32_t group = group_of(keys.data(), hash_row(keys.data(), key_width_));
            if (group == RowSet::none)
                throw LimitError("the query's memory limit is too small for its groups");
            FunctionScope& scope = scope_of_any();
            for (GroupInput::Argument& argument : groups_.arguments())
                argument.state->read(scope, group, reader);
        }
    }
    FunctionScope& scope_of_any() {
        if (!scope_) scope_ = std::make_unique<FunctionScope>(&context(), "");
        return *scope_;
    }

    void read_rows(SpillFile& file) {
        file.finish();
        SpillReader reader(file, 0, file.size());
        Batch& batch = groups_.batch();
        std::size_t rows = 0;
        batch.reset(groups_.width(), Batch::max_capacity);
        const auto consume_rows = [&] {
            context().check();
            batch.set_rows(rows);
            if (rows > 0) consume(false);
            batch.reset(groups_.width(), Batch::max_capacity);
            rows = 0;
        };
        std::uint64_t kind = 0;
        while (reader.read(&kind, sizeof kind) == sizeof kind) {
            if (kind > 0) {
                read_value(static_cast<std::size_t>(kind) - 1, reader);
                continue;
            }
            reader.read_ids({row_.data(), groups_.row_width()});
            for (std::size_t column = 0; column < groups_.row_width(); ++column)
                batch.column(column)[rows] = row_[column];
            if (++rows == Batch::max_capacity) consume_rows();
        }
        consume_rows();
    }

    void read_value(std::size_t index, SpillReader& reader) {
        reader.read_ids({row_.data(), key_width_ + 1});
        add_distinct(index, row_.data());
        if (!values_.empty()) {
            flush(index);
            grow_or_evict();
        }
    }

    OperatorPtr input_;
    GroupInput groups_;
    std::size_t key_width_;
    std::size_t width_;
    WorkingMemory memory_;
    RowSet table_;
    std::size_t capacity_ = 0;                             // groups the states have room for
    std::vector<std::unique_ptr<SpillingDistinct>> seen_;  // one an aggregate
    std::unique_ptr<RowPartitions> rows_aside_, states_aside_;
    bool evicted_ = false;
    bool done_ = false;
    std::uint64_t level_ = 0;
    std::vector<Pending> pending_;
    std::size_t next_group_ = 0;
    std::vector<TermId> keys_, row_, record_, ids_, values_, result_, seen_rows_;
    std::vector<std::uint64_t> hashes_, seen_hashes_;
    std::vector<std::uint32_t> kept_, numbers_, owners_;
    std::unique_ptr<FunctionScope> scope_;
};

}  // namespace

std::unique_ptr<Operator> make_hash_group(ExecutionContext& context, const GroupPlan& plan) {
    return std::make_unique<HashGroupOperator>(context, plan);
}

}  // namespace dossier::engine
