#include "engine/regex_translator.h"

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "rdf/unicode.h"

namespace dossier::engine {

namespace {

using icu::UnicodeSet;

constexpr int highest = 0x10FFFF;

void append_character(std::string& out, char32_t c) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0xA0;
    if (plain)
        append_utf8(out, c);
    else
        fmt::format_to(std::back_inserter(out), "\\x{{{:X}}}", static_cast<std::uint32_t>(c));
}

void append_set(std::string& out, const UnicodeSet& set) {
    if (set.isEmpty()) {
        out += "[^\\x{0}-\\x{10FFFF}]";  // matches nothing
        return;
    }
    out += '[';
    for (std::int32_t i = 0; i < set.getRangeCount(); ++i)
        fmt::format_to(std::back_inserter(out), "\\x{{{:X}}}-\\x{{{:X}}}",
                       static_cast<std::uint32_t>(set.getRangeStart(i)),
                       static_cast<std::uint32_t>(set.getRangeEnd(i)));
    out += ']';
}

// XML 1.0 (fifth edition), [4] NameStartChar and [4a] NameChar, which \i and \c stand for.
UnicodeSet name_start_characters() {
    UnicodeSet set;
    set.add(':').add('A', 'Z').add('_').add('a', 'z');
    set.add(0xC0, 0xD6).add(0xD8, 0xF6).add(0xF8, 0x2FF).add(0x370, 0x37D).add(0x37F, 0x1FFF);
    set.add(0x200C, 0x200D).add(0x2070, 0x218F).add(0x2C00, 0x2FEF).add(0x3001, 0xD7FF);
    set.add(0xF900, 0xFDCF).add(0xFDF0, 0xFFFD).add(0x10000, 0xEFFFF);
    return set;
}
UnicodeSet name_characters() {
    UnicodeSet set = name_start_characters();
    set.add('-').add('.').add('0', '9').add(0xB7).add(0x300, 0x36F).add(0x203F, 0x2040);
    return set;
}

UnicodeSet categories(std::uint32_t mask) {
    UnicodeSet set;
    UErrorCode status = U_ZERO_ERROR;
    set.applyIntPropertyValue(UCHAR_GENERAL_CATEGORY_MASK, static_cast<std::int32_t>(mask), status);
    return set;
}

// Of \p{name}: one of XSD's general categories.
std::optional<UnicodeSet> category(std::string_view name) {
    struct Entry {
        std::string_view name;
        std::uint32_t mask;
    };
    static constexpr auto entries = std::to_array<Entry>({
        {"L", U_GC_L_MASK},   {"Lu", U_GC_LU_MASK}, {"Ll", U_GC_LL_MASK}, {"Lt", U_GC_LT_MASK},
        {"Lm", U_GC_LM_MASK}, {"Lo", U_GC_LO_MASK}, {"M", U_GC_M_MASK},   {"Mn", U_GC_MN_MASK},
        {"Mc", U_GC_MC_MASK}, {"Me", U_GC_ME_MASK}, {"N", U_GC_N_MASK},   {"Nd", U_GC_ND_MASK},
        {"Nl", U_GC_NL_MASK}, {"No", U_GC_NO_MASK}, {"P", U_GC_P_MASK},   {"Pc", U_GC_PC_MASK},
        {"Pd", U_GC_PD_MASK}, {"Ps", U_GC_PS_MASK}, {"Pe", U_GC_PE_MASK}, {"Pi", U_GC_PI_MASK},
        {"Pf", U_GC_PF_MASK}, {"Po", U_GC_PO_MASK}, {"Z", U_GC_Z_MASK},   {"Zs", U_GC_ZS_MASK},
        {"Zl", U_GC_ZL_MASK}, {"Zp", U_GC_ZP_MASK}, {"S", U_GC_S_MASK},   {"Sm", U_GC_SM_MASK},
        {"Sc", U_GC_SC_MASK}, {"Sk", U_GC_SK_MASK}, {"So", U_GC_SO_MASK}, {"C", U_GC_C_MASK},
        {"Cc", U_GC_CC_MASK}, {"Cf", U_GC_CF_MASK}, {"Co", U_GC_CO_MASK}, {"Cn", U_GC_CN_MASK},
    });
    for (const Entry& entry : entries)
        if (entry.name == name) return categories(entry.mask);
    return std::nullopt;
}

// Of \p{IsName}: a block, its name without spaces; the names of earlier Unicode versions too.
std::optional<UnicodeSet> block(std::string_view name) {
    if (name == "Greek") name = "GreekandCoptic";
    if (name == "CombiningMarksforSymbols") name = "CombiningDiacriticalMarksforSymbols";
    if (name == "PrivateUse") name = "PrivateUseArea";
    if (name.empty() || name.size() > 64) return std::nullopt;
    const std::int32_t value = u_getPropertyValueEnum(UCHAR_BLOCK, std::string(name).c_str());
    if (value == UCHAR_INVALID_CODE) return std::nullopt;
    UnicodeSet set;
    UErrorCode status = U_ZERO_ERROR;
    set.applyIntPropertyValue(UCHAR_BLOCK, value, status);
    if (U_FAILURE(status)) return std::nullopt;
    return set;
}

class Translator {
  public:
    Translator(std::string_view pattern, const RegexFlags& flags)
        : pattern_(pattern), flags_(flags) {}

    std::optional<TranslatedRegex> run();

  private:
    bool at_end() const { return next_ >= pattern_.size(); }
    char peek() const { return at_end() ? '\0' : pattern_[next_]; }
    char32_t take() { return next_code_point(pattern_, next_); }
    void skip_whitespace() {
        while (flags_.ignore_whitespace && !at_end() &&
               (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
            ++next_;
    }

    bool atom();
    bool escape();
    bool quantifier();
    bool back_reference(int digit);
    bool group();
    bool close_group();
    void anchor(bool start);
    // After a backslash; nothing where it names no set of characters.
    std::optional<UnicodeSet> escaped_set(char letter);
    std::optional<UnicodeSet> character_class(int depth);
    std::optional<char32_t> class_character();

    std::string_view pattern_;
    RegexFlags flags_;
    std::size_t next_ = 0;
    TranslatedRegex result_;
    struct Group {
        int number;  // 0: does not capture
    };
    std::vector<Group> open_;
    std::vector<bool> closed_;  // by group number
    bool can_repeat_ = false;
};

bool is_single_escape(char letter) {
    constexpr std::string_view letters = "nrt\\|.?*+(){}-[]^$";
    return letters.find(letter) != std::string_view::npos;
}
char32_t unescaped(char letter) {
    switch (letter) {
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return static_cast<unsigned char>(letter);
    }
}

std::optional<UnicodeSet> Translator::escaped_set(char letter) {
    UnicodeSet set;
    switch (letter) {
        case 's':
        case 'S':
            set.add(' ').add('\t').add('\n').add('\r');
            break;
        case 'd':
        case 'D':
            set = categories(U_GC_ND_MASK);
            break;
        case 'w':
        case 'W':
            set = categories(U_GC_P_MASK | U_GC_Z_MASK | U_GC_C_MASK);
            set.complement();
            break;
        case 'i':
        case 'I':
            set = name_start_characters();
            break;
        case 'c':
        case 'C':
            set = name_characters();
            break;
        case 'p':
        case 'P': {
            if (peek() != '{') return std::nullopt;
            const std::size_t end = pattern_.find('}', next_);
            if (end == std::string_view::npos) return std::nullopt;
            std::string_view name = pattern_.substr(next_ + 1, end - next_ - 1);
            next_ = end + 1;
            auto named = name.starts_with("Is") ? block(name.substr(2)) : category(name);
            if (!named) return std::nullopt;
            set = *named;
            break;
        }
        default:
            return std::nullopt;
    }
    if (letter >= 'A' && letter <= 'Z') set.complement();
    return set;
}

// One character of a class, escaped or not; nothing where it is none.
std::optional<char32_t> Translator::class_character() {
    if (peek() == '\\') {
        ++next_;
        const char letter = peek();
        if (!is_single_escape(letter)) return std::nullopt;
        ++next_;
        return unescaped(letter);
    }
    if (at_end() || peek() == '[' || peek() == ']') return std::nullopt;
    return take();
}

// After '['. Sets are computed here, subtraction included, so that no library needs to know it.
std::optional<UnicodeSet> Translator::character_class(int depth) {
    constexpr int deepest = 32;
    if (depth > deepest) return std::nullopt;
    const bool negated = peek() == '^';
    if (negated) ++next_;
    UnicodeSet set;
    UnicodeSet without;
    bool empty = true;
    while (true) {
        if (at_end()) return std::nullopt;
        if (peek() == ']') {
            if (empty) return std::nullopt;
            ++next_;
            break;
        }
        if (pattern_.substr(next_, 2) == "-[") {
            if (empty) return std::nullopt;
            next_ += 2;
            auto subtracted = character_class(depth + 1);
            if (!subtracted || peek() != ']') return std::nullopt;
            ++next_;
            without = *subtracted;
            break;
        }
        empty = false;
        if (peek() == '\\' && next_ + 1 < pattern_.size() &&
            !is_single_escape(pattern_[next_ + 1])) {
            const char letter = pattern_[next_ + 1];
            next_ += 2;
            const auto escaped = escaped_set(letter);
            if (!escaped) return std::nullopt;
            set.addAll(*escaped);
            continue;
        }
        const auto first = class_character();
        if (!first) return std::nullopt;
        char32_t last = *first;
        const std::string_view rest = pattern_.substr(next_, 2);
        if (rest.size() == 2 && rest[0] == '-' && rest[1] != ']' && rest[1] != '[') {
            ++next_;
            const auto end = class_character();
            if (!end || *end < *first) return std::nullopt;
            last = *end;
        }
        set.add(static_cast<UChar32>(*first), static_cast<UChar32>(last));
    }
    // Closed under case before it is negated: [^a] leaves out A as well.
    if (flags_.ignore_case) set.closeOver(USET_CASE_INSENSITIVE).removeAllStrings();
    if (negated) set.complement();
    set.removeAll(without);
    return set;
}

void Translator::anchor(bool start) {
    // Groups, for `^*` is allowed; \z because `$` may mean the place before a last line feed.
    if (flags_.multi_line)
        result_.pattern += start ? "(?:^)" : "(?:$)";
    else
        result_.pattern += start ? "(?:\\A)" : "(?:\\z)";
}

bool Translator::back_reference(int digit) {
    int number = digit;
    // As many digits as there are groups for.
    while (!at_end() && peek() >= '0' && peek() <= '9') {
        const int longer = number * 10 + (peek() - '0');
        if (longer > result_.groups) break;
        number = longer;
        ++next_;
    }
    if (number > result_.groups || !closed_[static_cast<std::size_t>(number)]) return false;
    result_.has_back_references = true;
    fmt::format_to(std::back_inserter(result_.pattern), "(?:\\{})", number);
    return true;
}

bool Translator::escape() {
    if (at_end()) return false;
    const char letter = pattern_[next_++];
    if (is_single_escape(letter)) {
        append_character(result_.pattern, unescaped(letter));
        return true;
    }
    if (letter >= '1' && letter <= '9') return back_reference(letter - '0');
    // Where the libraries know the set, their own name for it is shorter.
    switch (letter) {
        case 'd':
            result_.pattern += "\\p{Nd}";
            return true;
        case 'D':
            result_.pattern += "\\P{Nd}";
            return true;
        case 'w':
            result_.pattern += "[^\\p{P}\\p{Z}\\p{C}]";
            return true;
        case 'W':
            result_.pattern += "[\\p{P}\\p{Z}\\p{C}]";
            return true;
        default:
            break;
    }
    const auto set = escaped_set(letter);
    if (!set) return false;
    append_set(result_.pattern, *set);
    return true;
}

bool Translator::group() {
    if (pattern_.substr(next_, 2) == "?:") {
        next_ += 2;
        open_.push_back({0});
        result_.pattern += "(?:";
    } else {
        open_.push_back({++result_.groups});
        closed_.resize(static_cast<std::size_t>(result_.groups) + 1, false);
        result_.pattern += '(';
    }
    can_repeat_ = false;
    return true;
}

bool Translator::close_group() {
    if (open_.empty()) return false;
    const int number = open_.back().number;
    open_.pop_back();
    if (number > 0) closed_[static_cast<std::size_t>(number)] = true;
    result_.pattern += ')';
    can_repeat_ = true;
    return true;
}

bool Translator::quantifier() {
    if (!can_repeat_) return false;
    can_repeat_ = false;
    const char sign = pattern_[next_++];
    if (sign != '{') {
        result_.pattern += sign;
    } else {
        const std::size_t end = pattern_.find('}', next_);
        if (end == std::string_view::npos) return false;
        const std::string_view bounds = pattern_.substr(next_, end - next_);
        const std::size_t comma = bounds.find(',');
        const auto is_number = [](std::string_view text) {
            return !text.empty() && text.size() <= 9 &&
                   std::all_of(text.begin(), text.end(),
                               [](char c) { return c >= '0' && c <= '9'; });
        };
        const std::string_view most =
            comma == std::string_view::npos ? "" : bounds.substr(comma + 1);
        if (!is_number(bounds.substr(0, comma)) || (!most.empty() && !is_number(most)))
            return false;
        next_ = end + 1;
        fmt::format_to(std::back_inserter(result_.pattern), "{{{}}}", bounds);
    }
    skip_whitespace();
    if (peek() == '?') {
        ++next_;
        result_.pattern += '?';
    }
    return true;
}

bool Translator::atom() {
    const char c = peek();
    switch (c) {
        case '|':
            ++next_;
            result_.pattern += '|';
            can_repeat_ = false;
            return true;
        case '?':
        case '*':
        case '+':
        case '{':
            return quantifier();
        case '(':
            ++next_;
            return group();
        case ')':
            ++next_;
            return close_group();
        default:
            break;
    }
    can_repeat_ = true;
    switch (c) {
        case '}':
        case ']':
            return false;
        case '.':
            ++next_;
            result_.pattern += flags_.dot_all ? "[\\x{0}-\\x{10FFFF}]" : "[^\\n\\r]";
            return true;
        case '^':
        case '$':
            ++next_;
            anchor(c == '^');
            return true;
        case '\\':
            ++next_;
            return escape();
        case '[': {
            ++next_;
            const auto set = character_class(0);
            if (!set) return false;
            append_set(result_.pattern, *set);
            return true;
        }
        default:
            append_character(result_.pattern, take());
            return true;
    }
}

std::optional<TranslatedRegex> Translator::run() {
    if (flags_.literal) {
        while (!at_end()) append_character(result_.pattern, take());
        return std::move(result_);
    }
    closed_.resize(1, false);
    while (true) {
        skip_whitespace();
        if (at_end()) break;
        if (!atom()) return std::nullopt;
    }
    if (!open_.empty()) return std::nullopt;
    return std::move(result_);
}

}  // namespace

std::optional<RegexFlags> RegexFlags::parse(std::string_view letters) {
    RegexFlags flags;
    for (const char letter : letters) {
        switch (letter) {
            case 's':
                flags.dot_all = true;
                break;
            case 'm':
                flags.multi_line = true;
                break;
            case 'i':
                flags.ignore_case = true;
                break;
            case 'x':
                flags.ignore_whitespace = true;
                break;
            case 'q':
                flags.literal = true;
                break;
            default:
                return std::nullopt;
        }
    }
    return flags;
}

std::optional<TranslatedRegex> translate_regex(std::string_view pattern, const RegexFlags& flags) {
    return Translator(pattern, flags).run();
}

std::optional<Replacement> parse_replacement(std::string_view text, int groups, bool literal) {
    Replacement result;
    result.parts.emplace_back();
    if (literal) {
        result.parts.back().text = text;
        return result;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\') {
            if (i + 1 >= text.size() || (text[i + 1] != '\\' && text[i + 1] != '$'))
                return std::nullopt;
            result.parts.back().text += text[++i];
            continue;
        }
        if (c != '$') {
            result.parts.back().text += c;
            continue;
        }
        const auto is_digit = [&](std::size_t place) {
            return place < text.size() && text[place] >= '0' && text[place] <= '9';
        };
        if (!is_digit(i + 1)) return std::nullopt;
        int number = text[++i] - '0';
        // As many digits as there are groups for; a single digit beyond them stands for nothing.
        while (is_digit(i + 1) && number * 10 + (text[i + 1] - '0') <= groups)
            number = number * 10 + (text[++i] - '0');
        if (number <= groups) {
            result.parts.back().group = number;
            result.parts.emplace_back();
        }
    }
    return result;
}

}  // namespace dossier::engine
