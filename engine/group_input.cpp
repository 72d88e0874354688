#include "engine/group_input.h"

#include <algorithm>
#include <utility>

#include <dossier/error.h>

namespace dossier::engine {

namespace {

// The least, the greatest and any of some values are those of the distinct ones.
bool distinct_matters(const Aggregate& aggregate) {
    return aggregate.distinct && aggregate.kind != AggregateKind::min &&
           aggregate.kind != AggregateKind::max && aggregate.kind != AggregateKind::sample;
}

}  // namespace

GroupInput::GroupInput(ExecutionContext& context, const GroupPlan& plan)
    : context_(context),
      columns_(plan.keys()),
      key_width_(plan.keys().size()),
      scope_(&context, context.options().base) {
    const std::vector<Variable>& input = plan.inputs()[0]->variables();
    const auto need = [&](Variable variable) {
        if (column_of(input, variable) && !column_of(columns_, variable))
            columns_.push_back(variable);
    };
    const auto need_all = [&] { std::for_each(input.begin(), input.end(), need); };
    for (const bool distinct : {false, true}) {
        for (const Aggregate& aggregate : plan.aggregates()) {
            if (distinct_matters(aggregate) != distinct) continue;
            if (!aggregate.argument) {
                if (distinct) need_all();
                continue;
            }
            for_each_variable(*aggregate.argument, need);
            // The pattern's sub-plan may look at any column.
            if (contains_exists(*aggregate.argument)) need_all();
        }
        if (!distinct) row_width_ = columns_.size();
    }
    for (const Variable variable : columns_) {
        const auto source = column_of(input, variable);
        if (!source) throw QueryError("a grouping by a variable its pattern does not have");
        sources_.push_back(*source);
    }
    for (const Aggregate& aggregate : plan.aggregates()) {
        Argument argument;
        argument.aggregate = &aggregate;
        argument.distinct = distinct_matters(aggregate);
        if (aggregate.argument)
            argument.function = std::make_unique<FunctionColumn>(*aggregate.argument, columns_,
                                                                 context, plan.exists());
        argument.state = make_aggregate_state(aggregate);
        arguments_.push_back(std::move(argument));
    }
    if (context.terms_pass(plan)) {
        passing_ = std::make_unique<PassingTerms>(context.computed(), context.memory());
        scope_.set_passing(passing_.get());
    }
}

void GroupInput::take(Batch& batch) {
    batch_.reset(columns_.size(), batch.capacity());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto taken =
            std::find(sources_.begin(), sources_.begin() + static_cast<int>(i), sources_[i]);
        if (taken == sources_.begin() + static_cast<int>(i)) {
            batch_.swap_column(i, batch, sources_[i]);
            continue;
        }
        // A key that is named twice.
        const TermId* ids = batch_.column(static_cast<std::size_t>(taken - sources_.begin()));
        batch_.ensure_column(i);
        std::copy_n(ids, batch.rows(), batch_.column(i));
    }
    batch_.take_shape(batch);
}

void GroupInput::update(Argument& argument, std::span<const std::uint32_t> rows,
                        std::span<const std::uint32_t> groups) {
    if (rows.empty()) return;
    if (!argument.function) {
        for (std::size_t i = 0; i < groups.size();) {
            std::size_t end = i + 1;
            while (end < groups.size() && groups[end] == groups[i]) ++end;
            argument.state->count(groups[i], end - i);
            i = end;
        }
        return;
    }
    if (const int column = argument.column(); column >= 0) {
        const TermId* ids = batch_.column(static_cast<std::size_t>(column));
        const TermId* values = ids + rows[0];
        if (rows.back() - rows[0] + 1 != rows.size()) {
            ids_.resize(rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) ids_[i] = ids[rows[i]];
            values = ids_.data();
        }
        if (argument.state->update_ids(groups, values)) return;
    }
    const std::span<const Cell> cells = argument.function->evaluate(batch_, rows);
    argument.state->update(argument.function->scope(), groups, cells.data());
}

void GroupInput::ids(Argument& argument, std::span<const std::uint32_t> rows,
                     std::vector<TermId>& out) {
    out.resize(rows.size());
    if (const int column = argument.column(); column >= 0) {
        const TermId* ids = batch_.column(static_cast<std::size_t>(column));
        for (std::size_t i = 0; i < rows.size(); ++i) out[i] = ids[rows[i]];
        return;
    }
    const std::span<const Cell> cells = argument.function->evaluate(batch_, rows);
    bool computed = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out[i] = argument.function->scope().id(cells[i]);
        computed |= out[i].tag() == storage::Tag::computed;
    }
    if (computed) context_.computed().resolve(out);
}

void GroupInput::update_distinct(Argument& argument, std::span<const TermId> ids,
                                 std::span<const std::uint32_t> groups) {
    if (ids.empty()) return;
    if (!argument.function) {
        for (const std::uint32_t group : groups) argument.state->count(group, 1);
        return;
    }
    if (argument.state->update_ids(groups, ids.data())) return;
    FunctionScope& scope = argument.function->scope();
    scope.begin();
    cells_.resize(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) cells_[i] = Cell::of(ids[i]);
    argument.state->update(scope, groups, cells_.data());
}

void GroupInput::resize(std::size_t groups) {
    for (Argument& argument : arguments_) argument.state->resize(groups);
}

void GroupInput::clear() {
    for (Argument& argument : arguments_) argument.state->clear();
}

void GroupInput::results(std::uint32_t group, TermId* out) {
    scope_.begin();
    for (std::size_t i = 0; i < arguments_.size(); ++i)
        out[i] = arguments_[i].state->result(scope_, group);
}

std::size_t GroupInput::bytes_per_group() const {
    std::size_t bytes = 0;
    for (const Argument& argument : arguments_) bytes += argument.state->bytes_per_group();
    return bytes;
}

std::size_t GroupInput::other_bytes() const {
    std::size_t bytes = 0;
    for (const Argument& argument : arguments_) bytes += argument.state->other_bytes();
    return bytes;
}

}  // namespace dossier::engine
