#include "engine/function_strings.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

#include "engine/function_arithmetic.h"
#include "engine/function_table.h"
#include "rdf/language_tag.h"
#include "rdf/unicode.h"
#include "rdf/vocabulary.h"

// Functions on strings: SPARQL 1.1 section 17.4.3.

namespace dossier::engine {

bool is_plain_string(const TermView& term) {
    return term.is_literal() && term.language().empty() && term.datatype() == xsd::string;
}

bool is_string_literal(const TermView& term) {
    return term.is_literal() && (!term.language().empty() || term.datatype() == xsd::string);
}

bool are_compatible(const TermView& first, const TermView& second) {
    if (!is_string_literal(first) || !is_string_literal(second)) return false;
    if (second.language().empty()) return true;
    return same_language(first.language(), second.language()) &&
           first.direction() == second.direction();
}

std::string encode_for_uri(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                                (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                                c == '~';
        if (unreserved) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

namespace {

using Arguments = std::span<const Cell>;

Cell strlen(FunctionScope& scope, Arguments arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (!is_string_literal(term)) return {};
    return Cell::integer(static_cast<std::int64_t>(count_code_points(term.text())));
}

// A position or length, rounded as fn:round does; NaN for one that is not a number.
std::optional<double> rounded_number(FunctionScope& scope, const Cell& cell) {
    const Cell plain = round(scope, cell);
    if (plain.is_error()) return std::nullopt;
    const Value value = scope.value(plain);
    return value.to_double();
}

// fn:substring: the characters at positions p from 1 with start <= p < start + length, after
// rounding, in double arithmetic: NaN and infinities mean what they mean there.
Cell substr(FunctionScope& scope, Arguments arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (!is_string_literal(term)) return {};
    const auto start = rounded_number(scope, arguments[1]);
    if (!start) return {};
    double end = HUGE_VAL;
    if (arguments.size() > 2) {
        const auto length = rounded_number(scope, arguments[2]);
        if (!length) return {};
        end = *start + *length;
    }
    // No text has so many characters.
    constexpr double most = 4e18;
    const double from = std::max(*start, 1.0);
    if (std::isnan(*start) || std::isnan(end) || !(from < end) || from > most)
        return scope.borrow_string_like({}, term);
    const auto first = static_cast<std::size_t>(from) - 1;
    const auto count = static_cast<std::size_t>(std::min(end, most) - from);
    return scope.borrow_string_like(substring(term.text(), first, count), term);
}

// A string made here and as long as the text it is made of, more or less.
Cell string_like(FunctionScope& scope, const std::string& text, const TermView& like) {
    return scope.borrow_string_like(scope.memory().copy(text), like);
}

// Text in parts that take a few milliseconds each; between them it is asked whether to go on.
constexpr std::size_t part_bytes = FunctionScope::most_work;

// How much of a text may be changed in case without looking at what follows. Only a final sigma
// depends on its neighbours (Unicode section 3.13), and not on what is beyond a letter, a digit or
// a blank. All of the text where there is no such place.
std::size_t case_part(std::string_view text) {
    const auto parts = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == ' ' || c == '\n';
    };
    for (std::size_t end = part_bytes; end < text.size(); ++end)
        if (parts(text[end - 1]) && parts(text[end])) return end;
    return text.size();
}

template <std::string (*changed)(std::string_view)>
Cell change_case(FunctionScope& scope, Arguments arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (!is_string_literal(term)) return {};
    scope.expect_room(term.text().size() * 3);
    std::string out;
    for (std::string_view rest = term.text(); !rest.empty();) {
        const std::size_t part = case_part(rest);
        if (part == term.text().size())
            out = changed(rest);
        else
            out += changed(rest.substr(0, part));
        scope.worked(part);
        rest.remove_prefix(part);
    }
    return string_like(scope, out, term);
}

// As std::string_view::find, in time that grows with the text and not with the part, too.
std::size_t find_part(FunctionScope& scope, std::string_view text, std::string_view part) {
    if (part.empty()) return 0;
    const std::size_t window = std::max(part_bytes, part.size()) + part.size();
    for (std::size_t from = 0; from + part.size() <= text.size();) {
        const std::string_view here = text.substr(from, window);
        const void* place = ::memmem(here.data(), here.size(), part.data(), part.size());
        if (place != nullptr)
            return static_cast<std::size_t>(static_cast<const char*>(place) - text.data());
        scope.worked(here.size());
        from += here.size() - part.size() + 1;
    }
    return std::string_view::npos;
}

Cell encode(FunctionScope& scope, Arguments arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (!is_string_literal(term)) return {};
    scope.expect_room(term.text().size() * 3);
    std::string out;
    for (std::string_view rest = term.text(); !rest.empty();) {
        const std::string_view part = rest.substr(0, part_bytes);
        out += encode_for_uri(part);
        scope.worked(part.size());
        rest.remove_prefix(part.size());
    }
    return scope.make_string(out);
}

Cell contains(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& part = *scope.term(arguments[1]);
    if (!are_compatible(text, part)) return {};
    return Cell::boolean(find_part(scope, text.text(), part.text()) != std::string_view::npos);
}

Cell str_starts(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& part = *scope.term(arguments[1]);
    if (!are_compatible(text, part)) return {};
    return Cell::boolean(text.text().starts_with(part.text()));
}

Cell str_ends(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& part = *scope.term(arguments[1]);
    if (!are_compatible(text, part)) return {};
    return Cell::boolean(text.text().ends_with(part.text()));
}

// Where the second is not found the answer is "" without language; else a part of the first with
// its language.
Cell str_before(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& part = *scope.term(arguments[1]);
    if (!are_compatible(text, part)) return {};
    const std::size_t place = find_part(scope, text.text(), part.text());
    if (place == std::string_view::npos) return scope.borrow_string({});
    return scope.borrow_string_like(text.text().substr(0, place), text);
}

Cell str_after(FunctionScope& scope, Arguments arguments) {
    const TermView& text = *scope.term(arguments[0]);
    const TermView& part = *scope.term(arguments[1]);
    if (!are_compatible(text, part)) return {};
    const std::size_t place = find_part(scope, text.text(), part.text());
    if (place == std::string_view::npos) return scope.borrow_string({});
    return scope.borrow_string_like(text.text().substr(place + part.text().size()), text);
}

// With the language and direction that all arguments share, else plain.
Cell concat(FunctionScope& scope, Arguments arguments) {
    std::size_t size = 0;
    bool alike = true;
    const TermView* first = nullptr;
    for (const Cell& argument : arguments) {
        const TermView& term = *scope.term(argument);
        if (!is_string_literal(term)) return {};
        size += term.text().size();
        if (first == nullptr)
            first = &term;
        else
            alike = alike && same_language(first->language(), term.language()) &&
                    first->direction() == term.direction();
    }
    if (first == nullptr) return scope.borrow_string({});
    char* text = scope.memory().allocate(size);
    std::size_t used = 0;
    for (const Cell& argument : arguments) {
        const std::string_view part = scope.term(argument)->text();
        std::copy(part.begin(), part.end(), text + used);
        used += part.size();
    }
    const std::string_view joined(text, size);
    return alike ? scope.borrow_string_like(joined, *first) : scope.borrow_string(joined);
}

}  // namespace

ScalarEntry string_function(ExpressionOperator op) {
    using Op = ExpressionOperator;
    switch (op) {
        case Op::strlen:
            return {strlen, true};
        case Op::substr:
            return {substr, true};
        case Op::ucase:
            return {change_case<to_upper>, true};
        case Op::lcase:
            return {change_case<to_lower>, true};
        case Op::encode_for_uri:
            return {encode, true};
        case Op::contains:
            return {contains, true};
        case Op::str_starts:
            return {str_starts, true};
        case Op::str_ends:
            return {str_ends, true};
        case Op::str_before:
            return {str_before, true};
        case Op::str_after:
            return {str_after, true};
        case Op::concat:
            return {concat, true};
        default:
            return {};
    }
}

}  // namespace dossier::engine
