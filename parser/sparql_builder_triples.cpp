#include <charconv>
#include <utility>

#include "parser/sparql_builder.h"
#include "rdf/vocabulary.h"

// Triples, their short forms, and property paths.

namespace dossier::sparql {

void Builder::enter(std::size_t offset) {
    if (++depth_ > options_.max_nesting) {
        fail_limit(offset, "nested more deeply than " + std::to_string(options_.max_nesting) +
                               " brackets (limit max_nesting)");
    }
}

void Builder::emit(const Node& subject, const Node& predicate, const Node& object, Offset offset) {
    triples_.push_back({subject, predicate, object, offset});
}

// ---- Predicates and objects -----------------------------------------------------------------

void Builder::subject() {
    TriplesContext context;
    context.kind = ContextKind::subject;
    context.subject = node_;
    context.offset = node_offset_;
    contexts_.push_back(std::move(context));
}

void Builder::verb_node() {
    contexts_.back().predicate = node_;
    contexts_.back().path.reset();
}

void Builder::verb_path() {
    PropertyPath path = std::move(paths_.back());
    paths_.pop_back();
    if (path.op == PathOperator::predicate) {
        contexts_.back().predicate = path.predicate;
        contexts_.back().path.reset();
        return;
    }
    if (place_ != TriplesPlace::pattern) {
        fail(path.offset, 1, "a property path cannot stand in " + std::string(place_name()));
    }
    contexts_.back().path = std::make_shared<const PropertyPath>(std::move(path));
}

void Builder::object() {
    TriplesContext& context = contexts_.back();
    context.object = node_;
    context.object_offset = node_offset_;
    context.reifier.reset();
    if (place_ == TriplesPlace::insert_data && !is_iri(context.subject) &&
        !std::holds_alternative<BlankVariable>(context.subject)) {
        fail(context.offset, 1, "the subject of a triple is an IRI or a blank node");
    }
    if (context.path) {
        path_patterns_.push_back({context.subject, context.path, node_, context.offset});
    } else {
        emit(context.subject, context.predicate, node_, context.offset);
    }
}

void Builder::end_subject() {
    contexts_.pop_back();
}

// ---- Blank nodes and collections ------------------------------------------------------------

void Builder::open_blank_node_properties(std::size_t offset) {
    enter(offset);
    TriplesContext context;
    context.kind = ContextKind::blank_node;
    context.subject = fresh_blank(offset);
    context.offset = offset32(offset);
    contexts_.push_back(std::move(context));
}

void Builder::close_blank_node_properties() {
    leave();
    set_node(contexts_.back().subject, contexts_.back().offset);
    contexts_.pop_back();
}

void Builder::open_collection(std::size_t offset) {
    enter(offset);
    TriplesContext context;
    context.kind = ContextKind::collection;
    context.offset = offset32(offset);
    contexts_.push_back(std::move(context));
}

void Builder::collection_item() {
    const Node item = node_;
    const Node cell = fresh_blank(node_offset_);
    TriplesContext& context = contexts_.back();
    if (context.empty) {
        context.head = cell;
        context.empty = false;
    } else {
        emit(context.subject, iri_constant(rdf::rest), cell, context.offset);
    }
    emit(cell, iri_constant(rdf::first), item, node_offset_);
    context.subject = cell;
}

void Builder::close_collection() {
    leave();
    const TriplesContext context = std::move(contexts_.back());
    contexts_.pop_back();
    emit(context.subject, iri_constant(rdf::rest), iri_constant(rdf::nil), context.offset);
    set_node(context.head, context.offset);
}

// ---- Reified triples and annotations: SPARQL 1.2 Query section 4.2.4 ------------------------

void Builder::close_reified_triple(std::size_t offset) {
    const Node reifier = pop_node();
    close_triple_term(offset);
    emit(reifier, iri_constant(rdf::reifies), node_, offset32(offset));
    set_node(reifier, offset);
}

void Builder::emit_reification(const Node& reifier, const TriplesContext& of) {
    const Node term = triple_term(of.subject, of.predicate, of.object);
    emit(reifier, iri_constant(rdf::reifies), term, of.offset);
}

void Builder::open_reifier(std::size_t offset) {
    if (contexts_.back().path) {
        fail(offset, 1, "only a triple with a plain predicate can have a reifier, not a path",
             "write the predicate as an IRI or a variable");
    }
    node_offset_ = offset32(offset);
}

void Builder::close_reifier(bool named) {
    const Node reifier = named ? node_ : Node(fresh_blank(node_offset_));
    emit_reification(reifier, contexts_.back());
    contexts_.back().reifier = reifier;
}

void Builder::open_annotation(std::size_t offset) {
    enter(offset);
    if (contexts_.back().path) {
        fail(offset, 2, "only a triple with a plain predicate can be annotated, not a path",
             "write the predicate as an IRI or a variable");
    }
    if (!contexts_.back().reifier) {
        const Node reifier = fresh_blank(offset);
        emit_reification(reifier, contexts_.back());
        contexts_.back().reifier = reifier;
    }
    TriplesContext context;
    context.kind = ContextKind::annotation;
    context.subject = *std::exchange(contexts_.back().reifier, std::nullopt);
    context.offset = offset32(offset);
    contexts_.push_back(std::move(context));
}

void Builder::close_annotation() {
    leave();
    contexts_.pop_back();
}

// ---- Paths ----------------------------------------------------------------------------------

void Builder::path_predicate(std::size_t offset) {
    PropertyPath path;
    path.offset = offset32(offset);
    path.predicate = std::get<Constant>(node_);
    paths_.push_back(std::move(path));
}

// The newest path becomes the first part of a chain, unless it is one: then the next part joins it.
void Builder::path_chain(PathOperator op, std::size_t offset) {
    if (paths_.back().op != op) path_wrap(op, offset);
}

void Builder::path_chain_part() {
    PropertyPath part = std::move(paths_.back());
    paths_.pop_back();
    paths_.back().parts.push_back(std::move(part));
}

void Builder::path_wrap(PathOperator op, std::size_t) {
    PropertyPath path;
    path.op = op;
    path.offset = paths_.back().offset;
    path.parts.push_back(std::move(paths_.back()));
    paths_.back() = std::move(path);
}

void Builder::path_repeat(std::string_view least, std::optional<std::string_view> most,
                          std::size_t offset, std::size_t length) {
    if (!options_.extensions) {
        fail(offset, length, "p{n,m} is an extension, and extensions are switched off");
    }
    const auto bound = [&](std::string_view digits) {
        std::uint32_t value = 0;
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (result.ec != std::errc() || value > options_.max_path_repeat) {
            fail_limit(offset, "a path repeats at most " +
                                   std::to_string(options_.max_path_repeat) +
                                   " times (limit max_path_repeat)");
        }
        return value;
    };
    path_wrap(PathOperator::repeat, offset);
    PropertyPath& path = paths_.back();
    path.least = least.empty() ? 0 : bound(least);
    if (most) path.most = bound(*most);
    if (path.most && *path.most < path.least) {
        fail(offset, length, "the upper bound of a path is less than the lower one");
    }
}

void Builder::path_open_negated(std::size_t offset) {
    PropertyPath path;
    path.op = PathOperator::negated;
    path.offset = offset32(offset);
    paths_.push_back(std::move(path));
}

void Builder::path_negated_part(bool inverse, std::size_t offset) {
    path_predicate(offset);
    if (inverse) path_wrap(PathOperator::inverse, offset);
    path_chain_part();
}

}  // namespace dossier::sparql
