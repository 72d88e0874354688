#include <algorithm>
#include <utility>

#include "parser/sparql_builder.h"
#include "parser/sparql_lexical.h"

// Group graph patterns and VALUES.

namespace dossier::sparql {

void Builder::open_group(std::size_t offset) {
    step();
    enter(offset);
    GroupFrame frame;
    frame.group.offset = offset32(offset);
    frame.basic_graph_pattern = next_scope_++;
    frame.aggregates_allowed = aggregates_allowed_;
    frame.in_aggregate = in_aggregate_;
    frame.place = place_;
    groups_.push_back(std::move(frame));
    aggregates_allowed_ = false;
    in_aggregate_ = false;
    place_ = TriplesPlace::pattern;
}

void Builder::close_group() {
    leave();
    GroupFrame& frame = groups_.back();
    aggregates_allowed_ = frame.aggregates_allowed;
    in_aggregate_ = frame.in_aggregate;
    place_ = frame.place;
    group_ = std::move(frame.group);
    groups_.pop_back();
}

void Builder::close_basic_graph_pattern() {
    groups_.back().basic_graph_pattern = next_scope_++;
    groups_.back().block.reset();
}

void Builder::append(std::size_t offset, decltype(GroupElement::pattern)&& pattern) {
    groups_.back().group.elements.push_back({offset32(offset), std::move(pattern)});
}

void Builder::end_triples_block(std::size_t offset) {
    // Filters do not end a basic graph pattern (Query section 18.2.2.2 takes them out first).
    GroupFrame& frame = groups_.back();
    if (!frame.block) {
        frame.block = frame.group.elements.size();
        append(offset, TriplesBlock{take_triples(), std::exchange(path_patterns_, {})});
        return;
    }
    auto& block = std::get<TriplesBlock>(frame.group.elements[*frame.block].pattern);
    block.triples.insert(block.triples.end(), triples_.begin(), triples_.end());
    block.paths.insert(block.paths.end(), path_patterns_.begin(), path_patterns_.end());
    triples_.clear();
    path_patterns_.clear();
}

void Builder::filter(std::size_t offset) {
    append(offset, Filter{pop_expression()});
}

void Builder::optional(std::size_t offset) {
    append(offset, Optional{take_group()});
    close_basic_graph_pattern();
}

void Builder::minus(std::size_t offset) {
    append(offset, Minus{take_group()});
    close_basic_graph_pattern();
}

void Builder::lateral(std::size_t offset, std::size_t keyword_length) {
    if (!options_.extensions) {
        fail(offset, keyword_length, "LATERAL is an extension, and extensions are switched off");
    }
    append(offset, Lateral{take_group()});
    close_basic_graph_pattern();
}

void Builder::open_union() {
    unions_.emplace_back();
}

void Builder::union_branch() {
    unions_.back().branches.push_back(take_group());
}

void Builder::close_union(std::size_t offset) {
    append(offset, std::move(unions_.back()));
    unions_.pop_back();
    close_basic_graph_pattern();
}

void Builder::graph(std::size_t offset) {
    append(offset, GraphPattern{pop_node(), take_group()});
    close_basic_graph_pattern();
}

void Builder::open_service() {
    services_.emplace_back(std::exchange(service_silent_, false), node_);
}

void Builder::service(std::size_t offset) {
    const auto [silent, endpoint] = services_.back();
    services_.pop_back();
    append(offset, Service{silent, endpoint, take_group()});
    close_basic_graph_pattern();
}

void Builder::bind(std::size_t offset) {
    append(offset, Bind{pop_expression(), node_variable(), node_offset_});
    close_basic_graph_pattern();
}

// ---- VALUES ---------------------------------------------------------------------------------

void Builder::open_values(std::size_t offset) {
    values_ = {};
    values_.offset = offset32(offset);
    values_offsets_.clear();
    values_row_start_ = 0;
    values_seen_.assign(symbols_.variables.size(), false);
}

void Builder::values_variable() {
    const Variable variable = node_variable();
    if (variable.id >= values_seen_.size()) values_seen_.resize(variable.id + 1, false);
    if (values_seen_[variable.id]) {
        const auto first = std::find(values_.variables.begin(), values_.variables.end(), variable);
        const auto column = static_cast<std::size_t>(first - values_.variables.begin());
        const std::string& name = symbols_.name(variable);
        throw ParseFailure{node_offset_,
                           name.size() + 1,
                           "?" + name + " stands twice among the variables of VALUES",
                           {},
                           values_offsets_[column],
                           name.size() + 1,
                           "first here"};
    }
    values_seen_[variable.id] = true;
    values_.variables.push_back(variable);
    values_offsets_.push_back(node_offset_);
}

void Builder::values_cell() {
    values_.cells.push_back(std::get<Constant>(node_).id);
}

void Builder::values_undefined() {
    values_.cells.push_back(Values::undef);
}

void Builder::values_close_row(std::size_t offset) {
    const std::size_t cells = values_.cells.size() - values_row_start_;
    const std::size_t columns = values_.variables.size();
    if (cells != columns) {
        const auto count = [](std::size_t n, const char* what) {
            return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
        };
        fail(offset, 1,
             "this row of VALUES has " + count(cells, "value") + " for " +
                 count(columns, "variable"),
             cells < columns ? "write UNDEF where there is no value" : "");
    }
    ++values_.row_count;
    values_row_start_ = values_.cells.size();
}

void Builder::inline_values() {
    const Offset offset = values_.offset;
    append(offset, std::exchange(values_, {}));
    close_basic_graph_pattern();
}

void Builder::trailing_values() {
    query().values = std::exchange(values_, {});
}

}  // namespace dossier::sparql
