#include <charconv>
#include <limits>
#include <utility>

#include "parser/sparql_builder.h"

// Query forms, solution modifiers and updates.

namespace dossier::sparql {

void Builder::open_query(QueryForm form, std::size_t offset) {
    Query query;
    query.form = form;
    query.offset = offset32(offset);
    queries_.push_back(std::move(query));
}

void Builder::duplicates(Duplicates duplicates) {
    query().duplicates = duplicates;
}
void Builder::star() {
    query().star = true;
}

void Builder::projection_variable() {
    query().projection.push_back({node_variable(), std::nullopt, node_offset_});
}

void Builder::open_projection(std::size_t offset) {
    enter(offset);
    aggregates_allowed_ = true;
}

void Builder::projection_expression() {
    aggregates_allowed_ = false;
}

void Builder::close_projection() {
    leave();
    query().projection.push_back({node_variable(), pop_expression(), node_offset_});
}

void Builder::describe_target() {
    query().describe.push_back(node_);
}

void Builder::dataset_clause(bool named, std::size_t offset) {
    query().dataset.push_back({std::get<Constant>(node_), named, offset32(offset)});
}

void Builder::construct_template() {
    place_ = TriplesPlace::pattern;
    query().construct = take_triples();
}

// CONSTRUCT WHERE { ... }: the template is the pattern.
void Builder::construct_where(std::size_t offset) {
    construct_template();
    query().where.offset = offset32(offset);
    if (query().construct.empty()) return;
    query().where.elements.push_back({offset32(offset), TriplesBlock{query().construct, {}}});
}

void Builder::where() {
    query().where = take_group();
}

void Builder::group_by() {
    query().aggregated = true;
}

void Builder::group_key(bool named) {
    GroupKey key;
    key.value = pop_expression();
    if (named) key.name = node_variable();
    query().group_by.push_back(std::move(key));
}

void Builder::having() {
    query().having.push_back(pop_expression());
    query().aggregated = true;
}

void Builder::order_key(bool descending) {
    query().order_by.push_back({pop_expression(), descending});
}

namespace {

std::uint64_t saturated(std::string_view digits) {
    std::uint64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return result.ec == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

void Builder::limit(std::string_view token) {
    query().limit = saturated(token);
}
void Builder::skip(std::string_view token) {
    query().skip = saturated(token);
}

void Builder::close_query() {
    aggregates_allowed_ = false;
}

void Builder::close_sub_select(std::size_t offset) {
    close_query();
    auto query = std::make_unique<Query>(std::move(queries_.back()));
    queries_.pop_back();
    append(offset, SubSelect{std::move(query)});
}

Query Builder::take_query() {
    Query query = std::move(queries_.back());
    queries_.pop_back();
    return query;
}

ParsedPrologue Builder::take_prologue() {
    return std::move(prologue_);
}

// ---- Templates and data ---------------------------------------------------------------------

void Builder::open_quads(TriplesPlace place) {
    place_ = place;
    quads_.clear();
    quads_graph_.reset();
}

void Builder::quads_triples() {
    if (triples_.empty()) return;
    if (!quads_.empty() && quads_.back().graph == quads_graph_) {
        auto& triples = quads_.back().triples;
        triples.insert(triples.end(), triples_.begin(), triples_.end());
        triples_.clear();
        return;
    }
    quads_.push_back({quads_graph_, take_triples()});
}

void Builder::quads_graph() {
    quads_graph_ = node_;
}
void Builder::quads_graph_end() {
    quads_graph_.reset();
}
void Builder::close_quads() {
    place_ = TriplesPlace::pattern;
}

// ---- Operations -----------------------------------------------------------------------------

void Builder::open_update(std::size_t offset) {
    operations_.push_back({offset32(offset), InsertData{}});
    template_scope_ = next_scope_++;
}

void Builder::insert_data() {
    operation().operation = InsertData{std::move(quads_)};
}
void Builder::delete_data() {
    operation().operation = DeleteData{std::move(quads_)};
}
void Builder::delete_where() {
    operation().operation = DeleteWhere{std::move(quads_)};
}

Modify& Builder::modify() {
    if (!std::holds_alternative<Modify>(operation().operation)) operation().operation = Modify{};
    return std::get<Modify>(operation().operation);
}

void Builder::modify_with() {
    modify().with = std::get<Constant>(node_);
}
void Builder::modify_delete() {
    modify().remove = std::move(quads_);
}
void Builder::modify_insert() {
    modify().insert = std::move(quads_);
}
void Builder::modify_using(bool named, std::size_t offset) {
    modify().dataset.push_back({std::get<Constant>(node_), named, offset32(offset)});
}
void Builder::modify_where() {
    modify().where = take_group();
}

void Builder::load() {
    operation().operation =
        Load{std::exchange(silent_, false), std::get<Constant>(node_), std::nullopt};
}
void Builder::load_into() {
    std::get<Load>(operation().operation).into = std::get<Constant>(node_);
}

void Builder::graph_reference(GraphScope scope) {
    GraphReference reference;
    reference.scope = scope;
    if (scope == GraphScope::one) reference.graph = std::get<Constant>(node_);
    references_.push_back(reference);
}

void Builder::clear() {
    operation().operation = Clear{std::exchange(silent_, false), references_.back()};
    references_.clear();
}
void Builder::drop() {
    operation().operation = Drop{std::exchange(silent_, false), references_.back()};
    references_.clear();
}
void Builder::create() {
    operation().operation = Create{std::exchange(silent_, false), references_.back().graph};
    references_.clear();
}
void Builder::transfer(GraphTransfer kind) {
    operation().operation =
        Transfer{kind, std::exchange(silent_, false), references_.front(), references_.back()};
    references_.clear();
}

}  // namespace dossier::sparql
