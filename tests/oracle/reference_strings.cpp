#include <algorithm>
#include <string>

#include "rdf/vocabulary.h"
#include "tests/oracle/reference_functions.h"
#include "tests/oracle/reference_numbers.h"
#include "tests/oracle/reference_values.h"

// Functions on strings: SPARQL 1.2 section 17.4.3, and on their languages: sections 17.4.2 and
// 17.4.3.16 (basic filtering of RFC 4647).
namespace dossier::oracle {

Term text_like(std::string text, const Term& like) {
    if (like.language().empty()) return Term::literal(std::move(text));
    return Term::language_literal(std::move(text), std::string(like.language()), like.direction());
}

bool is_plain_text(const Term& term) {
    return term.is_literal() && term.language().empty() && term.datatype() == xsd::string;
}

namespace {

// A text as its characters, each with its bytes.
std::vector<std::string> characters_of(const Term& term) {
    std::vector<std::string> out;
    for (const char byte : std::string(term.text())) {
        if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) out.emplace_back();
        out.back() += byte;
    }
    return out;
}

// The letters that are in the data.
std::string lower(const Term& term) {
    std::string out;
    for (std::string& character : characters_of(term)) {
        if (character.size() == 1 && character[0] >= 'A' && character[0] <= 'Z')
            character[0] = static_cast<char>(character[0] - 'A' + 'a');
        if (character == "\xC3\x89") character = "\xC3\xA9";
        out += character;
    }
    return out;
}

}  // namespace

std::string upper(const Term& term) {
    std::string out;
    for (std::string& character : characters_of(term)) {
        if (character.size() == 1 && character[0] >= 'a' && character[0] <= 'z')
            character[0] = static_cast<char>(character[0] - 'a' + 'A');
        if (character == "\xC3\xA9") character = "\xC3\x89";
        if (character == "\xC3\x9F") character = "SS";
        out += character;
    }
    return out;
}

namespace {

std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string encoded(std::string_view text) {
    static const std::string unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    static const std::string digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (unreserved.find(c) != std::string::npos)
            out += c;
        else
            out += std::string("%") + digits[byte / 16U] + digits[byte % 16U];
    }
    return out;
}

// The characters at positions p with start <= p < start + length, counted from 1.
std::optional<Term> substring(const std::vector<Term>& arguments) {
    if (!is_text(arguments[0])) return std::nullopt;
    std::vector<Whole> numbers;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto number = number_of(arguments[i]);
        if (!number) return std::nullopt;
        // The signature has integers; others are promoted by some and refused by others.
        if (number->type != Number::Type::integer) throw LeftOpen{};
        numbers.push_back(numerator(number->exact));
    }
    // Beyond doubles that hold each integer, fn:substring's arithmetic is not exact.
    for (const Whole& number : numbers)
        if (abs(number) > Whole(1) << 53U) throw LeftOpen{};
    std::string out;
    Whole position = 1;
    for (const std::string& character : characters_of(arguments[0])) {
        if (position >= numbers[0] && (numbers.size() < 2 || position < numbers[0] + numbers[1]))
            out += character;
        ++position;
    }
    return text_like(out, arguments[0]);
}

}  // namespace

std::optional<Term> string_function(Function name, const std::vector<Term>& arguments) {
    using F = Function;
    const Term& text = arguments[0];
    if (name == F::substr) return substring(arguments);
    if (!is_text(text)) return std::nullopt;
    if (name == F::lcase) return text_like(lower(text), text);
    if (name == F::encode_for_uri) return Term::literal(encoded(text.text()));
    const Term& part = arguments[1];
    if (!are_compatible(text, part)) return std::nullopt;
    const std::string whole(text.text());
    if (name == F::str_ends) return Term::boolean(whole.ends_with(part.text()));
    const std::size_t place = whole.find(part.text());
    // What is not found gives no language either.
    if (place == std::string::npos) return Term::literal("");
    return text_like(
        name == F::str_before ? whole.substr(0, place) : whole.substr(place + part.text().size()),
        text);
}

std::optional<Term> language_function(Function name, const std::vector<Term>& arguments) {
    using F = Function;
    const Term& a = arguments[0];
    const auto direction_text = [](const Term& term) -> std::string {
        switch (term.direction()) {
            case Direction::left_to_right:
                return "ltr";
            case Direction::right_to_left:
                return "rtl";
            default:
                return "";
        }
    };
    switch (name) {
        case F::has_lang:
            return Term::boolean(a.is_literal() && !a.language().empty());
        case F::has_lang_dir:
            return Term::boolean(a.is_literal() && !direction_text(a).empty());
        case F::lang_dir:
            if (!a.is_literal()) return std::nullopt;
            return Term::literal(direction_text(a));
        case F::lang_matches: {
            if (!is_plain_text(a) || !is_plain_text(arguments[1])) return std::nullopt;
            const std::string tag = ascii_lower(a.text());
            const std::string range = ascii_lower(arguments[1].text());
            // No language range.
            if (range.empty()) throw LeftOpen{};
            if (range == "*") return Term::boolean(!tag.empty());
            return Term::boolean(tag == range || tag.starts_with(range + "-"));
        }
        case F::str_dt:
            if (!is_plain_text(a) || !arguments[1].is_iri()) return std::nullopt;
            if (arguments[1].text().starts_with(rdf::prefix)) throw LeftOpen{};
            return Term::literal(std::string(a.text()), std::string(arguments[1].text()));
        default:
            break;
    }
    for (const Term& argument : arguments)
        if (!is_plain_text(argument)) return std::nullopt;
    const std::string tag(arguments[1].text());
    if (tag != "en" && tag != "de" && tag != "de-at") throw LeftOpen{};
    if (name == F::str_lang) return Term::language_literal(std::string(a.text()), tag);
    const std::string direction(arguments[2].text());
    if (direction != "ltr" && direction != "rtl") return std::nullopt;
    return Term::language_literal(
        std::string(a.text()), tag,
        direction == "ltr" ? Direction::left_to_right : Direction::right_to_left);
}

std::optional<Term> function_value(Function name, const std::vector<Term>& arguments) {
    using F = Function;
    switch (name) {
        case F::substr:
        case F::str_before:
        case F::str_after:
        case F::str_ends:
        case F::lcase:
        case F::encode_for_uri:
            return string_function(name, arguments);
        case F::regex:
        case F::replace:
            return regex_function(name, arguments);
        case F::lang_matches:
        case F::str_lang:
        case F::str_dt:
        case F::str_lang_dir:
        case F::lang_dir:
        case F::has_lang:
        case F::has_lang_dir:
            return language_function(name, arguments);
        case F::round:
        case F::ceil:
        case F::floor:
            return rounding(name, arguments[0]);
        case F::to_string:
        case F::to_boolean:
        case F::to_integer:
        case F::to_decimal:
        case F::to_float:
        case F::to_double:
        case F::to_date_time:
            return cast(name, arguments[0]);
        default:
            return date_function(name, arguments[0]);
    }
}

}  // namespace dossier::oracle
