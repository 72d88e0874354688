#include <cmath>
#include <limits>

#include <dossier/term_writer.h>
#include <dossier/value_of.h>

#include "rdf/value.h"

namespace dossier {

namespace {

// The integer a term denotes, when the type holds it; decimals and floating-point numbers only when
// they are whole.
template <typename T>
std::optional<T> integer_of(const TermView& term) {
    const Value value = parse_value(term);
    std::optional<std::int64_t> number;
    switch (value.kind()) {
        case ValueKind::integer:
            number = value.as_integer().to_int64();
            break;
        case ValueKind::decimal: {
            const std::string text = value.as_decimal().to_string();
            const std::string whole = text.substr(0, text.find('.'));
            if (text == whole || text == whole + ".0")
                if (const auto integer = Integer::parse(whole)) number = integer->to_int64();
            break;
        }
        case ValueKind::float_:
        case ValueKind::double_: {
            const double real = value.to_double();
            if (real == std::trunc(real))
                if (const auto integer = Integer::truncate(real)) number = integer->to_int64();
            break;
        }
        default:
            break;
    }
    if (!number) {
        // Numbers above the signed range that an unsigned 64-bit type still holds.
        if constexpr (std::is_unsigned_v<T> && sizeof(T) == 8) {
            if (value.kind() == ValueKind::integer && value.as_integer().sign() > 0) {
                const std::string text = value.as_integer().to_string();
                if (text.size() < 20 || (text.size() == 20 && text <= "18446744073709551615"))
                    return static_cast<T>(std::stoull(text));
            }
        }
        return std::nullopt;
    }
    if constexpr (std::is_unsigned_v<T>) {
        if (*number < 0) return std::nullopt;
        if (static_cast<std::uint64_t>(*number) > std::numeric_limits<T>::max())
            return std::nullopt;
    } else if (*number < std::numeric_limits<T>::min() || *number > std::numeric_limits<T>::max()) {
        return std::nullopt;
    }
    return static_cast<T>(*number);
}

}  // namespace

template <>
std::optional<bool> value_of<bool>(const TermView& term) {
    const Value value = parse_value(term);
    if (value.kind() != ValueKind::boolean) return std::nullopt;
    return value.as_boolean();
}
template <>
std::optional<int> value_of<int>(const TermView& term) {
    return integer_of<int>(term);
}
template <>
std::optional<unsigned> value_of<unsigned>(const TermView& term) {
    return integer_of<unsigned>(term);
}
template <>
std::optional<long> value_of<long>(const TermView& term) {
    return integer_of<long>(term);
}
template <>
std::optional<unsigned long> value_of<unsigned long>(const TermView& term) {
    return integer_of<unsigned long>(term);
}
template <>
std::optional<long long> value_of<long long>(const TermView& term) {
    return integer_of<long long>(term);
}
template <>
std::optional<unsigned long long> value_of<unsigned long long>(const TermView& term) {
    return integer_of<unsigned long long>(term);
}
template <>
std::optional<double> value_of<double>(const TermView& term) {
    const Value value = parse_value(term);
    if (!value.is_numeric()) return std::nullopt;
    return value.to_double();
}
template <>
std::optional<float> value_of<float>(const TermView& term) {
    const Value value = parse_value(term);
    if (!value.is_numeric()) return std::nullopt;
    return value.to_float();
}
template <>
std::optional<std::string> value_of<std::string>(const TermView& term) {
    if (!term.is_triple()) return std::string(term.text());
    std::string text;
    append_turtle(text, term);
    return text;
}
template <>
std::optional<Term> value_of<Term>(const TermView& term) {
    return Term(term);
}

void detail::throw_no_value(const TermView& term) {
    std::string text;
    append_turtle(text, term);
    constexpr std::size_t shown = 100;  // bytes: enough to recognise a term by
    if (text.size() > shown) {
        std::size_t end = shown;
        while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text = text.substr(0, end) + "...";
    }
    throw QueryError(text + " has no value of the type asked for");
}

}  // namespace dossier
