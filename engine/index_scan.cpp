#include "engine/index_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace dossier::engine {

namespace {

constexpr std::size_t graph_role = 3;

const Slot& slot_at(const TripleAccess& access, const AccessPath& path, std::size_t column) {
    return access.slots[path.roles[column]];
}

class IndexScanOperator final : public Operator {
  public:
    IndexScanOperator(ExecutionContext& context, const IndexScanPlan& plan)
        : Operator(context, plan),
          scan_(plan),
          mapping_(plan.access(), plan.path(), plan.variables(), context),
          request_(scan_request(plan.access(), plan.path(), &context)) {}

  private:
    bool produce(Batch& out) override {
        if (!request_) return false;
        if (!cursor_ && !open_next()) return false;
        outputs_.resize(out.columns());
        for (std::size_t i = 0; i < outputs_.size(); ++i) outputs_[i] = out.column(i);
        mapping_.point(outputs_, out.capacity());
        const std::size_t rows = cursor_->next(mapping_.pointers(), out.capacity());
        if (rows == 0) {
            cursor_.reset();
            return true;  // another range may follow
        }
        out.set_rows(rows);
        if (mapping_.has_checks()) {
            selection_.clear();
            mapping_.check(rows, selection_);
            if (selection_.size() < rows) out.select(selection_);
        }
        return true;
    }

    bool open_next() {
        const std::vector<IdRange>& ranges = scan_.ranges();
        if (ranges.empty()) {
            if (opened_ > 0) return false;
        } else {
            if (opened_ == ranges.size()) return false;
            request_->range = {ranges[opened_].first, ranges[opened_].last};
        }
        ++opened_;
        cursor_ = context().snapshot().scan(*request_);
        return true;
    }

    const IndexScanPlan& scan_;
    RowMapping mapping_;
    std::optional<storage::ScanRequest> request_;
    std::unique_ptr<storage::RowCursor> cursor_;
    std::size_t opened_ = 0;
    std::vector<TermId*> outputs_;
    std::vector<std::uint32_t> selection_;
};

}  // namespace

std::vector<Variable> IndexScanPlan::columns_of(const TripleAccess& access,
                                                const AccessPath& path) {
    std::vector<Variable> out;
    for (std::size_t column = 0; column < 4; ++column) {
        const Slot& slot = slot_at(access, path, column);
        if (slot.kind == Slot::Kind::variable && !column_of(out, slot.variable))
            out.push_back(slot.variable);
    }
    return out;
}

std::vector<Variable> IndexScanPlan::order_of(const TripleAccess& access, const AccessPath& path) {
    std::vector<Variable> out;
    for (std::size_t column = 0; column < 4; ++column) {
        const Slot& slot = slot_at(access, path, column);
        // A graph that is not asked for is the same in all rows, or removed with its duplicates.
        const bool graph = path.roles[column] == graph_role && !access.triple_terms;
        if (slot.fixed() || (graph && slot.kind == Slot::Kind::ignored)) {
            // A fixed place behind the prefix is checked: all remaining rows agree in it.
            continue;
        }
        if (slot.kind != Slot::Kind::variable) break;
        if (!column_of(out, slot.variable)) out.push_back(slot.variable);
    }
    return out;
}

IndexScanPlan::IndexScanPlan(TripleAccess access, AccessPath path, std::vector<IdRange> ranges,
                             Estimate estimate)
    : PlanNode(columns_of(access, path), {}, order_of(access, path), estimate, {}),
      access_(std::move(access)),
      path_(path),
      ranges_(std::move(ranges)) {}

std::unique_ptr<Operator> IndexScanPlan::make(ExecutionContext& context) const {
    return std::make_unique<IndexScanOperator>(context, *this);
}

std::string IndexScanPlan::describe(const PlanNames& names) const {
    std::string out = describe_access("IndexScan", access_, path_, names);
    if (!ranges_.empty())
        out += fmt::format(", {} in {} range{}", names.variable(ranges_.front().variable),
                           ranges_.size(), ranges_.size() == 1 ? "" : "s");
    return out;
}

RowMapping::RowMapping(const TripleAccess& access, const AccessPath& path,
                       const std::vector<Variable>& columns, const ExecutionContext& context)
    : pointers_(4, nullptr) {
    std::array<std::optional<std::size_t>, 4> first_of{};  // first column with the same variable
    for (std::size_t column = 0; column < 4; ++column) {
        const Slot& slot = slot_at(access, path, column);
        if (slot.kind == Slot::Kind::variable) {
            for (std::size_t before = 0; before < column; ++before) {
                const Slot& other = slot_at(access, path, before);
                if (other.kind == Slot::Kind::variable && other.variable == slot.variable) {
                    first_of[column] = before;
                    break;
                }
            }
            if (first_of[column]) {
                checks_.push_back({column, first_of[column], storage::unbound});
                scratch_needed_[column] = true;
                scratch_needed_[*first_of[column]] = true;
            } else {
                output_[column] = column_of(columns, slot.variable);
            }
        } else if (column >= path.prefix_length && slot.fixed()) {
            // The graph's place is never compared: the graph selection has done it.
            const TermId value =
                slot.kind == Slot::Kind::constant ? slot.id : context.outer(slot.variable);
            checks_.push_back({column, std::nullopt, value});
            scratch_needed_[column] = true;
        }
    }
}

void RowMapping::point(std::vector<TermId*>& outputs, std::size_t capacity) {
    for (std::size_t column = 0; column < 4; ++column) {
        if (output_[column]) {
            pointers_[column] = outputs[*output_[column]];
        } else if (scratch_needed_[column]) {
            if (scratch_[column].size() < capacity) scratch_[column].resize(capacity);
            pointers_[column] = scratch_[column].data();
        } else {
            pointers_[column] = nullptr;
        }
    }
}

bool RowMapping::passes(std::size_t row) const {
    for (const Check& check : checks_) {
        const TermId wanted = check.other ? pointers_[*check.other][row] : check.constant;
        if (pointers_[check.column][row] != wanted) return false;
    }
    return true;
}

void RowMapping::check(std::size_t rows, std::vector<std::uint32_t>& selection) const {
    for (std::size_t row = 0; row < rows; ++row)
        if (passes(row)) selection.push_back(static_cast<std::uint32_t>(row));
}

}  // namespace dossier::engine
