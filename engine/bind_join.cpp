#include "engine/bind_join.h"

#include <algorithm>
#include <utility>

#include "engine/hash_join.h"
#include "engine/index_scan.h"
#include "engine/spill_file.h"

namespace dossier::engine {

namespace {

// Right rows that are read at once: few at first, for look-ups that find few.
constexpr std::size_t first_chunk_rows = 128, chunk_rows = 4096;

class BindJoinOperator final : public JoinOperator {
  public:
    BindJoinOperator(ExecutionContext& context, const BindJoinPlan& plan)
        : JoinOperator(context, plan, plan.shape(), plan.conditions()),
          lookup_(plan.lookup()),
          sorted_(plan.left_is_sorted()),
          left_input_(plan.inputs()[0]->make(context)),
          key_column_(*column_of(plan.inputs()[0]->variables(), lookup_.key)),
          columns_(plan.right_variables().size()) {
        make_room(first_chunk_rows);
        if (lookup_.path) {
            mapping_.emplace(lookup_.access, *lookup_.path, plan.right_variables(), context);
            request_ = scan_request(lookup_.access, *lookup_.path, &context);
        }
        for (const JoinShape::Shared& shared : shape().keys)
            if (shared.left != key_column_) others_.push_back(shared);
        for (const Slot& slot : lookup_.access.slots)
            places_.push_back(slot.kind == Slot::Kind::variable
                                  ? column_of(plan.right_variables(), slot.variable)
                                  : std::nullopt);
    }

  private:
    bool fetch_left(Batch& left) override {
        if (!left_input_->next(left)) return false;
        const std::span<const std::uint32_t> selected = left.selected();
        const TermId* column = left.column(key_column_);
        rows_.assign(selected.begin(), selected.end());
        if (!std::is_sorted(rows_.begin(), rows_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return column[a] < column[b];
            }))
            std::sort(rows_.begin(), rows_.end(), [&](std::uint32_t a, std::uint32_t b) {
                return column[a] != column[b] ? column[a] < column[b] : a < b;
            });
        keys_.clear();
        starts_.clear();
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const TermId key = column[rows_[i]];
            if (!keys_.empty() && keys_.back() == key) continue;
            keys_.push_back(key);
            starts_.push_back(static_cast<std::uint32_t>(i));
        }
        starts_.push_back(static_cast<std::uint32_t>(rows_.size()));
        // One cursor serves ascending keys; it is not asked for a key a second time.
        if (lookup_.path && request_ &&
            (!cursor_ || !sorted_ || (last_key_.bound() && keys_.front() <= last_key_)))
            cursor_ = context().snapshot().scan(*request_);
        last_key_ = keys_.back();
        next_key_ = 0;
        chunk_size_ = 0;
        chunk_next_ = 0;
        open_key_ = 0;
        open_left_ = 0;
        marking_ = false;
        lookups_done_ = lookup_.path.has_value() && !request_;
        return true;
    }

    void make_room(std::size_t rows) {
        room_ = rows;
        for (std::vector<TermId>& column : columns_) column.resize(rows);
        key_numbers_.resize(rows);
    }

    // Reads the next right rows for the batch's keys.
    bool load_chunk() {
        while (!lookups_done_) {
            context().check();
            if (chunk_was_full_ && room_ < chunk_rows) make_room(chunk_rows);
            chunk_next_ = 0;
            if (lookup_.path) {
                outputs_.resize(columns_.size());
                for (std::size_t i = 0; i < columns_.size(); ++i) outputs_[i] = columns_[i].data();
                mapping_->point(outputs_, room_);
                chunk_size_ = cursor_->lookup(keys_, next_key_, key_numbers_.data(),
                                              mapping_->pointers(), room_);
                chunk_was_full_ = chunk_size_ == room_;
                lookups_done_ = next_key_ >= keys_.size();
                if (mapping_->has_checks()) drop_failing();
            } else {
                load_triples();
            }
            if (chunk_size_ > 0) return true;
        }
        chunk_size_ = chunk_next_ = 0;
        return false;
    }

    void drop_failing() {
        std::size_t kept = 0;
        for (std::size_t row = 0; row < chunk_size_; ++row) {
            if (!mapping_->passes(row)) continue;
            // Only rows behind the present one are read again, so moving forward is safe.
            key_numbers_[kept] = key_numbers_[row];
            moves_.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(kept)});
            ++kept;
        }
        for (auto& column : columns_)
            for (const auto& [from, to] : moves_) column[to] = column[from];
        moves_.clear();
        chunk_size_ = kept;
    }

    // The parts of triple terms, one row for a key that is one and fits the pattern.
    void load_triples() {
        wanted_.clear();
        wanted_keys_.clear();
        while (next_key_ < keys_.size() && wanted_.size() < room_) {
            if (keys_[next_key_].tag() == storage::Tag::triple) {
                wanted_.push_back(keys_[next_key_]);
                wanted_keys_.push_back(static_cast<std::uint32_t>(next_key_));
            }
            ++next_key_;
        }
        chunk_was_full_ = wanted_.size() == room_;
        lookups_done_ = next_key_ >= keys_.size();
        parts_.resize(wanted_.size());
        if (!wanted_.empty()) context().snapshot().triples(wanted_, parts_);
        chunk_size_ = 0;
        for (std::size_t i = 0; i < wanted_.size(); ++i) {
            const std::array<TermId, 4> values = {parts_[i].subject, parts_[i].predicate,
                                                  parts_[i].object, wanted_[i]};
            bool fits = !lookup_.access.impossible;
            for (std::size_t role = 0; role < 4 && fits; ++role) {
                const Slot& slot = lookup_.access.slots[role];
                if (slot.kind == Slot::Kind::constant) fits = slot.id == values[role];
                if (slot.kind == Slot::Kind::outer)
                    fits = context().outer(slot.variable) == values[role];
                if (slot.kind != Slot::Kind::variable) continue;
                for (std::size_t before = 0; before < role && fits; ++before) {
                    const Slot& other = lookup_.access.slots[before];
                    if (other.kind == Slot::Kind::variable && other.variable == slot.variable)
                        fits = values[before] == values[role];
                }
            }
            if (!fits) continue;
            for (std::size_t role = 0; role < 4; ++role)
                if (places_[role]) columns_[*places_[role]][chunk_size_] = values[role];
            key_numbers_[chunk_size_++] = wanted_keys_[i];
        }
    }

    bool agree(std::uint32_t left_row, std::size_t right_row) const {
        for (const JoinShape::Shared& shared : others_)
            if (left().column(shared.left)[left_row] != columns_[shared.right][right_row])
                return false;
        return true;
    }

    // Writes the end marks of all keys before `key`; false when `pairs` is full.
    bool mark_until(std::size_t key, std::vector<Pair>& pairs, std::size_t limit) {
        for (; open_key_ < key; ++open_key_, marking_ = false) {
            if (!wants_end_marks()) continue;
            if (!marking_) {
                open_left_ = starts_[open_key_];
                marking_ = true;
            }
            while (open_left_ < starts_[open_key_ + 1]) {
                if (pairs.size() == limit) return false;
                pairs.push_back({rows_[open_left_++], end_of_row});
            }
        }
        return true;
    }

    bool generate(std::vector<Pair>& pairs, std::size_t limit) override {
        for (;;) {
            if (chunk_next_ == chunk_size_) {
                // The pairs collected so far mean rows of this chunk.
                if (!pairs.empty()) return true;
                if (!load_chunk()) return !mark_until(keys_.size(), pairs, limit);
                in_row_ = false;
            }
            const std::size_t key = key_numbers_[chunk_next_];
            if (!mark_until(key, pairs, limit)) return true;
            if (!in_row_) {
                left_position_ = starts_[key];
                in_row_ = true;
            }
            while (left_position_ < starts_[key + 1]) {
                const std::uint32_t row = rows_[left_position_];
                if (!decided(row) && (others_.empty() || agree(row, chunk_next_))) {
                    if (one_match_decides()) {
                        set_matched(row);
                    } else {
                        if (pairs.size() == limit) return true;
                        pairs.push_back({row, static_cast<std::uint32_t>(chunk_next_)});
                    }
                }
                ++left_position_;
            }
            ++chunk_next_;
            in_row_ = false;
        }
    }

    RightRows right_rows() override {
        RightRows rows;
        for (const auto& column : columns_) rows.columns.push_back(column.data());
        return rows;
    }

    const BindJoinPlan::Lookup& lookup_;
    const bool sorted_;
    OperatorPtr left_input_;
    const std::size_t key_column_;
    std::optional<RowMapping> mapping_;
    std::optional<storage::ScanRequest> request_;
    std::vector<JoinShape::Shared> others_;
    std::vector<std::optional<std::size_t>> places_;  // of the roles among the right columns

    // The left batch: rows by key, distinct keys, and where each key's rows begin.
    std::vector<std::uint32_t> rows_, starts_;
    std::vector<TermId> keys_;
    TermId last_key_;
    std::unique_ptr<storage::RowCursor> cursor_;

    // The right rows found last.
    std::vector<std::vector<TermId>> columns_;
    std::vector<std::uint32_t> key_numbers_;
    std::vector<TermId*> outputs_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> moves_;
    std::vector<TermId> wanted_;
    std::vector<std::uint32_t> wanted_keys_;
    std::vector<storage::TripleIds> parts_;
    std::size_t next_key_ = 0;
    bool lookups_done_ = false;
    std::size_t chunk_size_ = 0, chunk_next_ = 0;
    std::size_t room_ = 0;
    bool chunk_was_full_ = false;

    std::size_t left_position_ = 0;
    bool in_row_ = false;
    std::size_t open_key_ = 0;  // keys below have their end marks
    std::size_t open_left_ = 0;
    bool marking_ = false;
};

std::vector<Variable> right_variables_of(const BindJoinPlan::Lookup& lookup) {
    return lookup.path ? IndexScanPlan::columns_of(lookup.access, *lookup.path)
                       : lookup.access.variables();
}

JoinShape shape_for(JoinKind kind, const PlanNode& left, const std::vector<Variable>& right) {
    return join_shape(kind, left.variables(), left.unbound_flags(), right,
                      std::vector<bool>(right.size(), false));
}

bool sorted_by(const PlanNode& plan, Variable key) {
    return !plan.order().empty() && plan.order().front() == key;
}

}  // namespace

BindJoinPlan::BindJoinPlan(JoinKind kind, PlanPtr left, Lookup lookup, JoinConditions conditions,
                           Estimate estimate)
    : BindJoinPlan(shape_for(kind, *left, right_variables_of(lookup)), right_variables_of(lookup),
                   left, lookup, std::move(conditions), estimate) {}

// Semi and anti joins only select among the left rows and keep their whole order.
BindJoinPlan::BindJoinPlan(JoinShape shape, std::vector<Variable> right_variables, PlanPtr left,
                           Lookup lookup, JoinConditions conditions, Estimate estimate)
    : PlanNode(shape.variables, shape.may_be_unbound,
               keeps_left_only(shape.kind)    ? left->order()
               : sorted_by(*left, lookup.key) ? std::vector<Variable>{lookup.key}
                                              : std::vector<Variable>{},
               estimate, {left}),
      shape_(std::move(shape)),
      conditions_(std::move(conditions)),
      lookup_(std::move(lookup)),
      right_variables_(std::move(right_variables)),
      left_is_sorted_(sorted_by(*left, lookup_.key)) {}

std::unique_ptr<Operator> BindJoinPlan::make(ExecutionContext& context) const {
    return std::make_unique<BindJoinOperator>(context, *this);
}

std::string BindJoinPlan::describe(const PlanNames& names) const {
    const std::string join = std::string("Bind") + name_of(shape_.kind);
    const std::string detail = describe_join(shape_, conditions_.conditions, names);
    if (!lookup_.path)
        return join + detail + " <<( " + describe_pattern(lookup_.access.pattern, names) + " )>>";
    return describe_access(join + detail + " with", lookup_.access, *lookup_.path, names);
}

}  // namespace dossier::engine
