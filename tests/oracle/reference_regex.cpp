#include <regex>
#include <string>

#include "tests/oracle/reference_functions.h"
#include "tests/oracle/reference_values.h"

// REGEX and REPLACE (SPARQL 1.2 sections 17.4.3.14 and 15; fn:matches and fn:replace of XPath F&O
// 3.1 section 5.6) of patterns that mean the same in ECMAScript, over wide characters.
namespace dossier::oracle {

namespace {

std::wstring wide(std::string_view text) {
    std::wstring out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) == 0x80U)
            out.back() =
                static_cast<wchar_t>((static_cast<unsigned>(out.back()) << 6U) | (byte & 0x3FU));
        else
            out += static_cast<wchar_t>(byte < 0x80U   ? byte
                                        : byte < 0xE0U ? byte & 0x1FU
                                        : byte < 0xF0U ? byte & 0x0FU
                                                       : byte & 0x07U);
    }
    return out;
}

std::string narrow(const std::wstring& text) {
    std::string out;
    for (const wchar_t c : text) {
        const auto point = static_cast<unsigned>(c);
        const auto tail = [&](unsigned shift) {
            out += static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
        };
        if (point < 0x80U) {
            out += static_cast<char>(point);
        } else if (point < 0x800U) {
            out += static_cast<char>(0xC0U | (point >> 6U));
            tail(0);
        } else if (point < 0x10000U) {
            out += static_cast<char>(0xE0U | (point >> 12U));
            tail(6), tail(0);
        } else {
            out += static_cast<char>(0xF0U | (point >> 18U));
            tail(12), tail(6), tail(0);
        }
    }
    return out;
}

// Every character for itself.
std::wstring quoted(const std::wstring& text) {
    std::wstring out;
    for (const wchar_t c : text) {
        if (std::wstring(L".\\?*+{}()[]^$|").find(c) != std::wstring::npos) out += L'\\';
        out += c;
    }
    return out;
}

// The replacement of a match: $N is a group, \$ and \\ are themselves. Nothing: it is none.
std::optional<std::wstring> expanded(const std::wstring& replacement, const std::wsmatch* match) {
    std::wstring out;
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        const wchar_t next = i + 1 < replacement.size() ? replacement[i + 1] : L'\0';
        if (replacement[i] == L'\\') {
            if (next != L'$' && next != L'\\') return std::nullopt;
            out += next;
            ++i;
        } else if (replacement[i] == L'$') {
            if (next < L'0' || next > L'9') return std::nullopt;
            if (match != nullptr) out += (*match)[static_cast<std::size_t>(next - L'0')].str();
            ++i;
        } else {
            out += replacement[i];
        }
    }
    return out;
}

}  // namespace

std::optional<Term> regex_function(Function name, const std::vector<Term>& arguments) {
    const bool replaces = name == Function::replace;
    const std::size_t flags_place = replaces ? 3 : 2;
    if (!is_text(arguments[0])) return std::nullopt;
    for (std::size_t i = 1; i < arguments.size(); ++i)
        if (!is_plain_text(arguments[i])) return std::nullopt;
    const std::string flags =
        arguments.size() > flags_place ? std::string(arguments[flags_place].text()) : "";
    if (flags.find_first_not_of("smixq") != std::string::npos) return std::nullopt;
    const bool quote = flags.find('q') != std::string::npos;
    std::wstring pattern = wide(arguments[1].text());
    // White space outside of classes only, and there is none in the patterns' classes.
    if (!quote && flags.find('x') != std::string::npos) std::erase(pattern, L' ');
    if (quote) pattern = quoted(pattern);
    auto syntax = std::regex_constants::ECMAScript;
    if (flags.find('i') != std::string::npos) syntax |= std::regex_constants::icase;
    std::optional<std::wregex> expression;
    try {
        expression.emplace(pattern, syntax);
    } catch (const std::regex_error&) {
        return std::nullopt;
    }
    const std::wstring text = wide(arguments[0].text());
    if (!replaces) return Term::boolean(std::regex_search(text, *expression));
    // A pattern that matches nothing at all is an error (FORX0003).
    if (std::regex_search(std::wstring(), *expression)) return std::nullopt;
    const std::wstring replacement = wide(arguments[2].text());
    std::wstring out;
    std::wstring::const_iterator end_of_last = text.begin();
    // A bad replacement is an error also where nothing is replaced (FORX0004).
    if (!quote && !expanded(replacement, nullptr)) return std::nullopt;
    for (std::wsregex_iterator at(text.begin(), text.end(), *expression), end; at != end; ++at) {
        if (at->length() == 0) throw LeftOpen{};
        out.append(end_of_last, (*at)[0].first);
        out += quote ? replacement : *expanded(replacement, &*at);
        end_of_last = (*at)[0].second;
    }
    out.append(end_of_last, text.end());
    return text_like(narrow(out), arguments[0]);
}

}  // namespace dossier::oracle
