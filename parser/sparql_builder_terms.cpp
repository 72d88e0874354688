#include <algorithm>
#include <utility>

#include <dossier/prefixes.h>

#include "parser/sparql_builder.h"
#include "parser/sparql_lexical.h"
#include "rdf/language_tag.h"
#include "rdf/source_text.h"
#include "rdf/vocabulary.h"

// The prologue and the terms.

namespace dossier::sparql {

Builder::Builder(std::string_view text, const SparqlOptions& options)
    : text_(text),
      options_(options),
      base_(options.base),
      term_index_(0, TermHash{&symbols_}, TermEqual{&symbols_}) {}

bool Builder::TermEqual::operator()(const TermView& a, std::uint32_t b) const {
    return a == symbols->terms[b].view();
}

void Builder::fail(std::size_t offset, std::size_t length, std::string message,
                   std::string hint) const {
    throw ParseFailure{offset, length, std::move(message), std::move(hint), 0, 0, {}};
}

Constant Builder::intern(const TermView& term) {
    if (const auto found = term_index_.find(term); found != term_index_.end()) {
        return Constant{*found};
    }
    return append_term(Term(term));
}

Constant Builder::append_term(Term term) {
    const auto id = static_cast<std::uint32_t>(symbols_.terms.size());
    symbols_.terms.push_back(std::move(term));
    term_index_.insert(id);
    return Constant{id};
}

void Builder::fail_limit(std::size_t offset, const std::string& message) const {
    const Position position = position_at(text_, offset);
    throw LimitError(options_.source + ":" + std::to_string(position.line) + ":" +
                     std::to_string(position.column) + ": " + message);
}

// A long base or prefix makes much out of little text.
void Builder::count_iri(std::size_t offset) {
    iri_bytes_ += iri_.size();
    if (iri_bytes_ > options_.max_iri_bytes) {
        fail_limit(offset, "the IRIs up to here have more than " +
                               std::to_string(options_.max_iri_bytes) +
                               " bytes when they are written out (limit max_iri_bytes)");
    }
}

void Builder::resolve(std::string_view token, std::size_t offset) {
    std::string reference;
    append_unescaped_iri(reference, token);
    if (!base_.resolve(reference, iri_)) {
        fail(offset, token.size(), "this IRI is relative, and there is no base to resolve it",
             "write the whole IRI, or put BASE <http://...> before the query");
    }
    count_iri(offset);
}

// ---- Prologue -------------------------------------------------------------------------------

void Builder::base(std::string_view token, std::size_t offset) {
    resolve(token, offset);
    base_ = BaseIri(iri_);
    prologue_.base = base_.iri();
}

void Builder::prefix_name(std::string_view token) {
    pending_prefix_ = token.substr(0, token.size() - 1);
}

void Builder::prefix_iri(std::string_view token, std::size_t offset) {
    resolve(token, offset);
    const auto [entry, is_new] =
        prefix_index_.try_emplace(pending_prefix_, prologue_.prefixes.size());
    if (is_new) {
        prologue_.prefixes.emplace_back(pending_prefix_, iri_);
    } else {
        prologue_.prefixes[entry->second].second = iri_;
    }
}

void Builder::version(std::string_view token) {
    std::string label;
    append_unescaped_string(label, token);
    prologue_.versions.push_back(std::move(label));
}

// ---- IRIs -----------------------------------------------------------------------------------

void Builder::iri_reference(std::string_view token, std::size_t offset) {
    resolve(token, offset);
    if (place_ == TriplesPlace::insert_data) {
        if (find_iri_error(iri_, false)) {
            fail(offset, token.size(), "this is not a valid IRI, so it cannot be inserted");
        }
    }
    constant_iri(iri_, offset);
}

void Builder::prefixed_name(std::string_view token, std::size_t offset) {
    const std::size_t colon = token.find(':');
    const std::string_view name = token.substr(0, colon);
    if (const auto declared = prefix_index_.find(name); declared != prefix_index_.end()) {
        iri_ = prologue_.prefixes[declared->second].second;
    } else {
        std::optional<std::string_view> known;
        if (options_.prefix) known = options_.prefix(name);
        if (!known) {
            const std::string prefix = std::string(name) + ":";
            std::string iri = "http://...";
            if (const auto well_known = PrefixMap::well_known().find(name)) iri = *well_known;
            fail(offset, prefix.size(), "the prefix '" + prefix + "' is not declared",
                 "add PREFIX " + prefix + " <" + iri + "> at the beginning");
        }
        iri_ = *known;
    }
    append_unescaped_local(iri_, token.substr(colon + 1));
    count_iri(offset);
    constant_iri(iri_, offset);
}

void Builder::constant_iri(std::string_view iri, std::size_t offset) {
    set_node(iri_constant(iri), offset);
}

bool Builder::is_iri(const Node& node) const {
    const auto* constant = std::get_if<Constant>(&node);
    return constant != nullptr && symbols_.term(*constant).is_iri();
}

// ---- Variables and blank nodes --------------------------------------------------------------

std::string_view Builder::place_name() const {
    switch (place_) {
        case TriplesPlace::pattern:
            return "a pattern";
        case TriplesPlace::construct_template:
            return "a CONSTRUCT template";
        case TriplesPlace::insert_template:
            return "an INSERT template";
        case TriplesPlace::delete_template:
            return "a DELETE template";
        case TriplesPlace::delete_where:
            return "DELETE WHERE";
        case TriplesPlace::insert_data:
            return "INSERT DATA";
        case TriplesPlace::delete_data:
            return "DELETE DATA";
    }
    return {};
}

void Builder::variable(std::string_view token, std::size_t offset) {
    if (place_ == TriplesPlace::insert_data || place_ == TriplesPlace::delete_data) {
        const char* form = place_ == TriplesPlace::insert_data ? "INSERT" : "DELETE";
        fail(offset, token.size(), "a variable cannot stand in " + std::string(place_name()),
             std::string("write ") + form + " { ... } WHERE { ... } to use variables");
    }
    const std::string_view name = token.substr(1);
    const auto [entry, is_new] =
        variable_index_.try_emplace(std::string(name), symbols_.variables.size());
    if (is_new) symbols_.variables.emplace_back(name);
    set_node(Variable{entry->second}, offset);
}

void Builder::refuse_blank_nodes(std::size_t offset, std::size_t length) const {
    if (place_ == TriplesPlace::delete_template || place_ == TriplesPlace::delete_where ||
        place_ == TriplesPlace::delete_data) {
        fail(offset, length, "a blank node cannot stand in " + std::string(place_name()),
             "a blank node there would match nothing that is stored; use a variable in DELETE { "
             "... } WHERE { ... }");
    }
}

BlankVariable Builder::fresh_blank(std::size_t offset) {
    refuse_blank_nodes(offset, 1);
    symbols_.blank_nodes.emplace_back();
    return BlankVariable{static_cast<std::uint32_t>(symbols_.blank_nodes.size() - 1)};
}

void Builder::anonymous(std::size_t offset) {
    set_node(fresh_blank(offset), offset);
}

void Builder::blank_node_label(std::string_view token, std::size_t offset) {
    refuse_blank_nodes(offset, token.size());
    // A label belongs to one basic graph pattern, to the template of one operation, or to one
    // INSERT DATA: templates may use a label of another operation for another blank node, patterns
    // and data of one request may not (Query section 4.1.4, Update section 3.1.1).
    const bool in_pattern = place_ == TriplesPlace::pattern;
    const std::uint32_t scope =
        in_pattern && !groups_.empty() ? groups_.back().basic_graph_pattern : template_scope_;
    BlankLabels& labels = in_pattern                            ? pattern_labels_
                          : place_ == TriplesPlace::insert_data ? data_labels_
                                                                : template_labels_;
    const auto [entry, is_new] = labels.try_emplace(std::string(token.substr(2)), BlankLabel{});
    if (!is_new && entry->second.scope != scope) {
        if (place_ == TriplesPlace::insert_data ||
            (in_pattern && entry->second.scope > template_scope_)) {
            throw ParseFailure{
                offset,
                token.size(),
                "the blank node " + std::string(token) + " was used in another " +
                    (in_pattern ? "basic graph pattern" : "operation"),
                in_pattern ? "use a variable to join two patterns" : "use a label of its own",
                entry->second.offset,
                token.size(),
                "first used here"};
        }
    }
    if (is_new || entry->second.scope != scope) {
        entry->second = {static_cast<std::uint32_t>(symbols_.blank_nodes.size()), scope,
                         offset32(offset)};
        symbols_.blank_nodes.emplace_back(token.substr(2));
    }
    set_node(BlankVariable{entry->second.id}, offset);
}

// ---- Literals -------------------------------------------------------------------------------

void Builder::string(std::string_view token, std::size_t offset) {
    lexical_.clear();
    append_unescaped_string(lexical_, token);
    lexical_offset_ = offset32(offset);
}

void Builder::plain_literal() {
    set_node(intern(TermView::literal(lexical_)), lexical_offset_);
}

void Builder::language_literal(std::string_view token, std::size_t offset) {
    std::string_view tag = token.substr(1);
    Direction direction = Direction::none;
    if (const std::size_t dashes = tag.find("--"); dashes != std::string_view::npos) {
        const std::string_view name = tag.substr(dashes + 2);
        if (name != "ltr" && name != "rtl") {
            fail(offset + 1 + dashes, name.size() + 2,
                 "the base direction of a text is --ltr or --rtl");
        }
        direction = name == "ltr" ? Direction::left_to_right : Direction::right_to_left;
        tag = tag.substr(0, dashes);
    }
    if (!is_language_tag(tag)) {
        fail(offset, token.size(), "this is not a language tag",
             "each part of a language tag has at most eight characters");
    }
    set_node(intern(TermView::language_literal(lexical_, tag, direction)), lexical_offset_);
}

void Builder::typed_literal() {
    const std::string datatype(symbols_.term(std::get<Constant>(node_)).text());
    if (datatype == rdf::lang_string || datatype == rdf::dir_lang_string) {
        fail(node_offset_, 1, "a literal of this datatype is written with a language tag",
             "for example \"text\"@en or \"text\"@en--ltr");
    }
    set_node(intern(TermView::literal(lexical_, datatype)), lexical_offset_);
}

void Builder::number(std::string_view token, std::size_t offset, std::string_view datatype) {
    set_node(intern(TermView::literal(token, datatype)), offset);
}

void Builder::boolean(bool value, std::size_t offset) {
    set_node(intern(TermView::literal(value ? "true" : "false", xsd::boolean)), offset);
}

// ---- Triple terms ---------------------------------------------------------------------------

void Builder::push_node() {
    nodes_.emplace_back(node_, node_offset_);
}

Node Builder::pop_node() {
    const Node node = nodes_.back().first;
    nodes_.pop_back();
    return node;
}

Node Builder::triple_term(const Node& subject, const Node& predicate, const Node& object) {
    const auto* s = std::get_if<Constant>(&subject);
    const auto* p = std::get_if<Constant>(&predicate);
    const auto* o = std::get_if<Constant>(&object);
    // A literal as a subject makes no RDF term; as a pattern it is legal and matches nothing.
    if (s != nullptr && p != nullptr && o != nullptr && symbols_.term(*s).is_iri()) {
        const TripleView triple{symbols_.term(*s).view(), symbols_.term(*p).view(),
                                symbols_.term(*o).view()};
        if (const auto found = term_index_.find(TermView::triple(triple));
            found != term_index_.end()) {
            return Constant{*found};
        }
        // Of the terms, not of their text: a triple term in another one is shared, not copied.
        return append_term(Term::triple(symbols_.term(*s), symbols_.term(*p), symbols_.term(*o)));
    }
    symbols_.triple_terms.push_back({subject, predicate, object});
    return TripleTermPattern{static_cast<std::uint32_t>(symbols_.triple_terms.size() - 1)};
}

void Builder::close_triple_term(std::size_t offset) {
    const Node object = pop_node();
    const Node predicate = pop_node();
    const std::pair<Node, Offset> subject = nodes_.back();
    nodes_.pop_back();
    if (place_ == TriplesPlace::insert_data && !is_iri(subject.first) &&
        !std::holds_alternative<BlankVariable>(subject.first)) {
        fail(subject.second, 1, "the subject of a triple is an IRI or a blank node");
    }
    set_node(triple_term(subject.first, predicate, object), offset);
}

}  // namespace dossier::sparql
