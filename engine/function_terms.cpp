#include <dossier/term.h>
#include <string>
#include <string_view>

#include "engine/function_arithmetic.h"
#include "engine/function_table.h"
#include "rdf/iri.h"
#include "rdf/language_tag.h"
#include "rdf/vocabulary.h"
#include "storage/inline_term.h"

// Functions on RDF terms: SPARQL 1.1 section 17.4.2, SPARQL 1.2 sections on triple terms and base
// direction.

namespace dossier::engine {

namespace {

using Arguments = std::span<const Cell>;
using Kind = Cell::Kind;
using storage::Tag;

bool is_string(const TermView& term) {
    return term.is_literal() && term.datatype() == xsd::string;
}

Cell iri_cell(FunctionScope& scope, std::string_view iri) {
    return Cell::of(scope.view(TermView::iri(iri)));
}

// ---- What sort of term ----------------------------------------------------------------------

enum class Sort : std::uint8_t { iri, blank_node, literal, triple };

Sort sort_of(FunctionScope& scope, const Cell& cell) {
    if (cell.kind == Kind::id) {
        switch (cell.id().tag()) {
            case Tag::name:
            case Tag::iri:
                return Sort::iri;
            case Tag::blank_node:
                return Sort::blank_node;
            case Tag::triple:
                return Sort::triple;
            case Tag::computed:
                break;
            default:
                return Sort::literal;
        }
    } else if (cell.kind != Kind::term) {
        return Sort::literal;
    }
    switch (scope.term(cell)->kind()) {
        case TermKind::iri:
            return Sort::iri;
        case TermKind::blank_node:
            return Sort::blank_node;
        case TermKind::literal:
            return Sort::literal;
        default:
            return Sort::triple;
    }
}

template <Sort sort>
Cell is_sort(FunctionScope& scope, Arguments arguments) {
    return Cell::boolean(sort_of(scope, arguments[0]) == sort);
}

Cell is_numeric(FunctionScope& scope, Arguments arguments) {
    const Cell& cell = arguments[0];
    if (cell.kind == Kind::id) {
        const Tag tag = cell.id().tag();
        if (storage::is_numeric(tag)) return Cell::boolean(true);
        if (tag != Tag::computed) return Cell::boolean(false);
    }
    const Value value = scope.value(cell);
    return Cell::boolean(value.is_numeric() || (value.kind() == ValueKind::beyond_limits &&
                                                dossier::is_numeric(value.datatype())));
}

Cell same_term(FunctionScope& scope, Arguments arguments) {
    const Cell& a = arguments[0];
    const Cell& b = arguments[1];
    if (a.kind == Kind::id && b.kind == Kind::id) {
        if (a.bits == b.bits) return Cell::boolean(true);
        if (scope.is_resolved(a.id()) && scope.is_resolved(b.id())) return Cell::boolean(false);
    }
    return Cell::boolean(*scope.term(a) == *scope.term(b));
}

// ---- Parts of literals ----------------------------------------------------------------------

Cell str(FunctionScope& scope, Arguments arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (term.is_blank_node() || term.is_triple()) return {};
    return scope.borrow_string(term.text());
}

Cell lang(FunctionScope& scope, Arguments arguments) {
    if (arguments[0].kind == Kind::id && arguments[0].id().is_inline())
        return scope.borrow_string({});
    const TermView& term = *scope.term(arguments[0]);
    return term.is_literal() ? scope.borrow_string(term.language()) : Cell{};
}

Cell lang_dir(FunctionScope& scope, Arguments arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (!term.is_literal()) return {};
    switch (term.direction()) {
        case Direction::left_to_right:
            return scope.borrow_string("ltr");
        case Direction::right_to_left:
            return scope.borrow_string("rtl");
        default:
            return scope.borrow_string({});
    }
}

bool has_language_tag(FunctionScope& scope, const Cell& cell) {
    if (cell.kind == Kind::id && cell.id().tag() != Tag::computed)
        return cell.id().tag() == Tag::language_string ||
               cell.id().tag() == Tag::directional_string;
    if (cell.kind != Kind::id && cell.kind != Kind::term) return false;
    return !scope.term(cell)->language().empty();
}

Cell has_lang(FunctionScope& scope, Arguments arguments) {
    return Cell::boolean(has_language_tag(scope, arguments[0]));
}

Cell has_lang_dir(FunctionScope& scope, Arguments arguments) {
    const Cell& cell = arguments[0];
    if (cell.kind == Kind::id && cell.id().tag() != Tag::computed)
        return Cell::boolean(cell.id().tag() == Tag::directional_string);
    return Cell::boolean(has_language_tag(scope, cell) &&
                         scope.term(cell)->direction() != Direction::none);
}

Cell lang_matches(FunctionScope& scope, Arguments arguments) {
    const TermView& tag = *scope.term(arguments[0]);
    const TermView& range = *scope.term(arguments[1]);
    if (!is_string(tag) || !is_string(range)) return {};
    return Cell::boolean(language_matches(tag.text(), range.text()));
}

Cell datatype(FunctionScope& scope, Arguments arguments) {
    const Cell& cell = arguments[0];
    if (cell.kind == Kind::id && cell.id().is_inline())
        return iri_cell(scope, iri_of(storage::inline_datatype(cell.id())));
    const TermView& term = *scope.term(cell);
    return term.is_literal() ? iri_cell(scope, term.datatype()) : Cell{};
}

// ---- Terms made of parts --------------------------------------------------------------------

Cell iri(FunctionScope& scope, Arguments arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (term.is_iri()) return arguments[0];
    if (!is_string(term) || !is_valid_iri_reference(term.text())) return {};
    std::string resolved;
    if (!scope.base().resolve(term.text(), resolved)) return {};
    return scope.make_term(TermView::iri(resolved));
}

Cell str_dt(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& datatype = *scope.term(arguments[1]);
    if (!is_string(text) || !datatype.is_iri()) return {};
    // Such literals have a language, which this function does not give.
    if (datatype.text() == rdf::lang_string || datatype.text() == rdf::dir_lang_string) return {};
    return Cell::of(scope.view(TermView::literal(text.text(), datatype.text())));
}

Cell str_lang(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& tag = *scope.term(arguments[1]);
    if (!is_string(text) || !is_string(tag) || !is_language_tag(tag.text())) return {};
    return Cell::of(scope.view(TermView::language_literal(text.text(), tag.text())));
}

Cell str_lang_dir(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& tag = *scope.term(arguments[1]);
    const TermView& direction = *scope.term(arguments[2]);
    if (!is_string(text) || !is_string(tag) || !is_string(direction)) return {};
    if (!is_language_tag(tag.text())) return {};
    if (direction.text() != "ltr" && direction.text() != "rtl") return {};
    return Cell::of(scope.view(TermView::language_literal(
        text.text(), tag.text(),
        direction.text() == "ltr" ? Direction::left_to_right : Direction::right_to_left)));
}

// ---- Triple terms ---------------------------------------------------------------------------

int depth(const TermView& term) {
    if (!term.is_triple()) return 0;
    return 1 + std::max(depth(term.triple().subject), depth(term.triple().object));
}

Cell triple(FunctionScope& scope, Arguments arguments) {
    const TermView& subject = *scope.term(arguments[0]);
    const TermView& predicate = *scope.term(arguments[1]);
    const TermView& object = *scope.term(arguments[2]);
    if (!subject.is_iri() && !subject.is_blank_node()) return {};
    if (!predicate.is_iri() || depth(object) >= Term::max_triple_depth) return {};
    const auto* parts = scope.memory().make<TripleView>(TripleView{subject, predicate, object});
    return Cell::of(scope.view(TermView::triple(*parts)));
}

template <storage::TermId storage::TripleIds::*id_part, TermView TripleView::*part>
Cell part_of_triple(FunctionScope& scope, Arguments arguments) {
    const Cell& cell = arguments[0];
    if (cell.kind == Kind::id && cell.id().tag() == Tag::triple && scope.context() != nullptr)
        return Cell::of(scope.context()->snapshot().triple(cell.id()).*id_part);
    if (sort_of(scope, cell) != Sort::triple) return {};
    return Cell::of(scope.view(scope.term(cell)->triple().*part));
}

}  // namespace

ScalarEntry term_function(ExpressionOperator op) {
    using Op = ExpressionOperator;
    using storage::TripleIds;
    switch (op) {
        case Op::str:
            return {str, true};
        case Op::lang:
            return {lang, true};
        case Op::lang_dir:
            return {lang_dir, true};
        case Op::lang_matches:
            return {lang_matches, true};
        case Op::has_lang:
            return {has_lang, false};
        case Op::has_lang_dir:
            return {has_lang_dir, false};
        case Op::datatype:
            return {datatype, true};
        case Op::iri:
            return {iri, true};
        case Op::str_dt:
            return {str_dt, true};
        case Op::str_lang:
            return {str_lang, true};
        case Op::str_lang_dir:
            return {str_lang_dir, true};
        case Op::same_term:
            return {same_term, false};
        case Op::is_iri:
            return {is_sort<Sort::iri>, false};
        case Op::is_blank:
            return {is_sort<Sort::blank_node>, false};
        case Op::is_literal:
            return {is_sort<Sort::literal>, false};
        case Op::is_triple:
            return {is_sort<Sort::triple>, false};
        case Op::is_numeric:
            return {is_numeric, false};
        case Op::triple:
            return {triple, true};
        case Op::subject:
            return {part_of_triple<&TripleIds::subject, &TripleView::subject>, false};
        case Op::predicate:
            return {part_of_triple<&TripleIds::predicate, &TripleView::predicate>, false};
        case Op::object:
            return {part_of_triple<&TripleIds::object, &TripleView::object>, false};
        default:
            return {};
    }
}

}  // namespace dossier::engine
