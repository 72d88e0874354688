#include "parser/turtle_builder.h"

#include <charconv>

#include <dossier/prefixes.h>

#include "parser/syntax_failure.h"
#include "parser/term_checks.h"
#include "parser/turtle_tokens.h"
#include "rdf/vocabulary.h"

namespace dossier::turtle {

namespace {

// All declared names and IRIs together: a file cannot fill the memory with prefixes.
constexpr std::size_t max_prefix_bytes = 256u << 20;

constexpr TermView rdf_first = TermView::iri(rdf::first);
constexpr TermView rdf_rest = TermView::iri(rdf::rest);
constexpr TermView rdf_nil = TermView::iri(rdf::nil);
constexpr TermView rdf_reifies = TermView::iri(rdf::reifies);

std::string_view without(std::string_view written, std::size_t quotes) {
    return written.substr(quotes, written.size() - 2 * quotes);
}

}  // namespace

Builder::Builder(const ParseOptions& options, StatementSink& sink)
    : options_(options),
      sink_(sink),
      base_(options.base),
      hold_(options.on_error == OnError::skip) {
    frames_.resize(4);
    graph_.set_iri(options_.default_graph);
}

// --- terms

void Builder::resolve(std::string_view written, std::string& out) {
    std::string_view reference = without(written, 1);
    if (has_escape(reference)) {
        scratch_.clear();
        append_unescaped_iri(scratch_, written);
        reference = scratch_;
    }
    if (is_absolute_iri(reference)) {
        out.assign(reference);
    } else if (!base_.resolve(reference, out)) {
        if (!options_.lenient) {
            throw SyntaxFailure{written.data(), written.size(),
                                "this IRI is relative, and there is no base to resolve it",
                                "declare one, as in BASE <http://example.org/>, or give --base"};
        }
        out.assign(reference);
    }
    check_iri(out, written.data(), written.size(), options_);
}

void Builder::expand(std::string_view written, std::string& out) {
    const std::size_t colon = written.find(':');
    const std::string_view name = written.substr(0, colon);
    if (last_prefix_iri_ == nullptr || name != last_prefix_) {
        last_prefix_iri_ = nullptr;
        last_prefix_.assign(name);
        const auto found = prefixes_.find(last_prefix_);
        if (found == prefixes_.end()) {
            check_label_length(name.size(), written.data(), options_);
            const auto known = PrefixMap::well_known().find(name);
            throw SyntaxFailure{
                written.data(), colon + 1,
                "the prefix '" + std::string(name) + ":' is not declared",
                "declare it before its first use: PREFIX " + std::string(name) + ": <" +
                    std::string(known ? *known : std::string_view("http://...")) + ">"};
        }
        last_prefix_iri_ = &found->second;
    }
    out.assign(*last_prefix_iri_);
    const std::string_view local = written.substr(colon + 1);
    if (has_escape(local)) {
        append_unescaped_local_name(out, local);
    } else {
        out.append(local);
    }
    if (out.size() > options_.max_iri_bytes) {
        check_iri(out, written.data(), written.size(), options_);
    }
}

void Builder::iri_reference(std::string_view written) {
    resolve(written, current_.begin_iri());
}

void Builder::prefixed_name(std::string_view written) {
    expand(written, current_.begin_iri());
}

void Builder::blank_node_label(std::string_view written) {
    check_label_length(written.size(), written.data(), options_);
    current_.begin_blank_node().append(options_.blank_node_scope).append(written.substr(2));
}

void Builder::string(std::string_view written) {
    const bool is_long =
        written.size() >= 6 && written[1] == written[0] && written[2] == written[0];
    const std::string_view text = without(written, is_long ? 3 : 1);
    std::string& out = current_.begin_literal();
    if (has_escape(text)) {
        append_unescaped(out, text);
    } else {
        out.assign(text);
    }
    check_literal_length(out.size(), written.data(), options_);
}

void Builder::language(std::string_view written) {
    const LanguageTag tag = split_language_tag(written, options_);
    current_.set_language(tag.language, tag.direction);
}

void Builder::datatype_reference(std::string_view written) {
    resolve(written, current_.begin_datatype());
    check_datatype(current_.datatype(), written.data(), written.size());
}

void Builder::datatype_name(std::string_view written) {
    expand(written, current_.begin_datatype());
    check_datatype(current_.datatype(), written.data(), written.size());
}

void Builder::number(std::string_view written) {
    check_literal_length(written.size(), written.data(), options_);
    current_.begin_literal().assign(written);
    const bool is_double = written.find_first_of("eE") != std::string_view::npos;
    const bool is_decimal = written.find('.') != std::string_view::npos;
    current_.set_datatype(is_double ? xsd::double_ : is_decimal ? xsd::decimal : xsd::integer);
}

void Builder::boolean(std::string_view written) {
    current_.begin_literal().assign(written);
    current_.set_datatype(xsd::boolean);
}

void Builder::type_word() {
    current_.set_iri(rdf::type);
}

void Builder::fresh_blank_node(HeldTerm& term) {
    std::string& label = term.begin_blank_node();
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, next_label_++).ptr;
    label.append(options_.blank_node_scope).append(1, '.').append(digits, end);
}

// --- statements

Builder::Frame& Builder::push(const char* at, std::size_t written) {
    if (depth_ >= options_.max_nesting) {
        throw SyntaxFailure{at, written,
                            "brackets are nested deeper than the limit of " +
                                std::to_string(options_.max_nesting) + " (max_nesting)"};
    }
    ++depth_;
    if (depth_ == frames_.size()) frames_.emplace_back();
    Frame& top = frame();
    top.has_reifier = false;
    top.reifier_named = false;
    top.empty = true;
    return top;
}

void Builder::emit(const TermView& subject, const TermView& predicate, const TermView& object) {
    const QuadView quad{subject, predicate, object, graph_.view()};
    ++statements_;
    if (!hold_) {
        sink_.statement(quad);
        return;
    }
    held_.add(quad);
    if (held_.size() >= options_.max_held_statements || held_.bytes() >= options_.max_held_bytes) {
        held_.release(sink_);
        passed_on_ = true;
    }
}

void Builder::subject() {
    swap(frame().subject, current_);
}

void Builder::predicate() {
    swap(frame().predicate, current_);
}

void Builder::object() {
    Frame& top = frame();
    swap(top.object, current_);
    top.has_reifier = false;
    emit(top.subject.view(), top.predicate.view(), top.object.view());
}

void Builder::object_of_triple() {
    Frame& top = frame();
    swap(top.object, current_);
    top.has_reifier = false;
}

void Builder::open_bracket(const char* at) {
    fresh_blank_node(push(at, 1).subject);
}

void Builder::close_bracket() {
    swap(current_, frame().subject);
    pop();
}

// RDF 1.2 Turtle section 7.2: a collection is a chain of fresh blank nodes.
void Builder::open_collection(const char* at) {
    push(at, 1);
}

void Builder::collection_item() {
    Frame& top = frame();
    swap(top.object, current_);
    if (top.empty) {
        fresh_blank_node(top.subject);
        top.head.set_blank_node(top.subject.text());
        top.empty = false;
    } else {
        fresh_blank_node(top.predicate);  // free in this frame
        emit(top.subject.view(), rdf_rest, top.predicate.view());
        swap(top.subject, top.predicate);
    }
    emit(top.subject.view(), rdf_first, top.object.view());
}

void Builder::close_collection() {
    Frame& top = frame();
    if (top.empty) {
        current_.set_iri(rdf::nil);
    } else {
        emit(top.subject.view(), rdf_rest, rdf_nil);
        swap(current_, top.head);
    }
    pop();
}

void Builder::open_triple(const char* at) {
    push(at, 2);
}

void Builder::close_triple_term() {
    Frame& top = frame();
    current_.set_triple(top.subject, top.predicate, top.object);
    pop();
}

void Builder::emit_reifies(Frame& top) {
    const TripleView triple{top.subject.view(), top.predicate.view(), top.object.view()};
    emit(top.reifier.view(), rdf_reifies, TermView::triple(triple));
    top.has_reifier = true;
}

void Builder::close_reified_triple() {
    Frame& top = frame();
    if (!top.has_reifier) {
        fresh_blank_node(top.reifier);
        emit_reifies(top);
    }
    swap(current_, top.reifier);
    pop();
}

void Builder::begin_reifier() {
    frame().reifier_named = false;
}

void Builder::name_reifier() {
    Frame& top = frame();
    swap(top.reifier, current_);
    top.reifier_named = true;
}

void Builder::end_reifier() {
    Frame& top = frame();
    if (!top.reifier_named) fresh_blank_node(top.reifier);
    emit_reifies(top);
}

// RDF 1.2 Turtle section 7.3: the block describes the reifier written directly before it, or a
// fresh one.
void Builder::open_annotation(const char* at) {
    Frame& outer = frame();
    if (!outer.has_reifier) {
        fresh_blank_node(outer.reifier);
        emit_reifies(outer);
    }
    outer.has_reifier = false;
    const std::size_t outer_depth = depth_;
    Frame& inner = push(at, 2);  // may move the frames
    swap(inner.subject, frames_[outer_depth].reifier);
}

void Builder::close_annotation() {
    pop();
}

// --- directives and graphs

void Builder::declare_prefix_name(std::string_view written) {
    check_label_length(written.size(), written.data(), options_);
    declared_prefix_.assign(written.substr(0, written.size() - 1));
}

void Builder::declare_prefix_iri(std::string_view written) {
    std::string iri;
    resolve(written, iri);
    prefix_bytes_ += declared_prefix_.size() + iri.size();
    if (prefix_bytes_ > max_prefix_bytes) {
        throw SyntaxFailure{written.data(), written.size(),
                            "the file declares more prefixes than fit the limit of " +
                                std::to_string(max_prefix_bytes) + " bytes"};
    }
    sink_.prefix(declared_prefix_, iri);
    last_prefix_iri_ = nullptr;
    const auto [place, is_new] = prefixes_.try_emplace(declared_prefix_);
    if (!is_new) prefix_bytes_ -= declared_prefix_.size() + place->second.size();
    place->second = std::move(iri);
}

void Builder::declare_base(std::string_view written) {
    std::string iri;
    resolve(written, iri);
    sink_.base(iri);
    base_ = BaseIri(std::move(iri));
}

void Builder::open_graph() {
    swap(graph_, current_);
    in_graph_ = true;
    ended_ = true;
}

void Builder::open_default_graph() {
    graph_.set_iri(options_.default_graph);
    in_graph_ = true;
    ended_ = true;
}

void Builder::close_graph() {
    graph_.set_iri(options_.default_graph);
    in_graph_ = false;
    ended_ = true;
}

void Builder::begin_statement() {
    depth_ = 0;
    passed_on_ = false;
    ended_ = false;
    frame().has_reifier = false;
}

void Builder::end_statement() {
    if (hold_) held_.release(sink_);
    ended_ = true;
}

bool Builder::abandon_statement() {
    statements_ -= held_.size();
    held_.clear();
    ended_ = true;
    return passed_on_;
}

}  // namespace dossier::turtle
