#include "engine/regex_matcher.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <unicode/uregex.h>
#include <unicode/utext.h>

#include <cstdint>
#include <exception>
#include <utility>

#include <dossier/error.h>

namespace dossier::engine {

namespace {

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

class LinearMatcher final : public RegexMatcher {
  public:
    static std::unique_ptr<RegexMatcher> compile(TranslatedRegex translated,
                                                 const RegexFlags& flags, bool& too_large) {
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_case_sensitive(!flags.ignore_case);
        options.set_max_mem(std::int64_t{16} << 20);
        // `^` and `$` occur only where they mean lines.
        const std::string pattern =
            flags.multi_line ? "(?m)" + translated.pattern : translated.pattern;
        auto expression = std::make_unique<re2::RE2>(piece(pattern), options);
        if (!expression->ok()) {
            too_large = expression->error_code() == re2::RE2::ErrorPatternTooLarge ||
                        expression->error_code() == re2::RE2::ErrorRepeatSize ||
                        expression->error_code() == re2::RE2::ErrorRepeatOp;
            return nullptr;
        }
        return std::make_unique<LinearMatcher>(std::move(expression), std::move(translated), flags);
    }

    LinearMatcher(std::unique_ptr<re2::RE2> expression, TranslatedRegex translated,
                  const RegexFlags& flags)
        : expression_(std::move(expression)) {
        translated_ = std::move(translated);
        flags_ = flags;
    }

    bool matches(std::string_view text) override {
        expect_steps(text.size());
        return expression_->Match(piece(text), 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
    }

    std::size_t work(std::size_t bytes) const override { return bytes; }

  private:
    // A search cannot be interrupted, so its length is bounded. It takes at most its program's size
    // in steps for each byte, up to 1.7 ns each where its automaton has too many states to be
    // remembered; the automaton of a small program is remembered, and goes from byte to byte.
    void expect_steps(std::size_t bytes) const {
        constexpr std::size_t most = std::size_t{1} << 26;
        constexpr std::size_t small_program = 20;
        constexpr std::size_t most_bytes = std::size_t{1} << 25;
        const auto size = static_cast<std::size_t>(expression_->ProgramSize());
        if (bytes * size <= most || (size <= small_program && bytes <= most_bytes)) return;
        throw LimitError(
            fmt::format("the limit of {} steps of a regular expression was reached: a text of {} "
                        "bytes takes a search with this one up to {} steps a byte",
                        most, bytes, size));
    }

    bool find(std::string_view text, std::size_t from, Match* groups, std::size_t count) override {
        expect_steps(text.size() - from);
        std::vector<re2::StringPiece> found(count);
        if (!expression_->Match(piece(text), from, text.size(), re2::RE2::UNANCHORED, found.data(),
                                static_cast<int>(count)))
            return false;
        for (std::size_t i = 0; i < count; ++i) {
            groups[i] = {};
            if (found[i].data() == nullptr) continue;
            groups[i].begin = static_cast<std::size_t>(found[i].data() - text.data());
            groups[i].end = groups[i].begin + found[i].size();
        }
        return true;
    }

    std::unique_ptr<re2::RE2> expression_;
};

struct CloseRegex {
    void operator()(URegularExpression* expression) const { uregex_close(expression); }
};
struct CloseText {
    void operator()(UText* text) const { utext_close(text); }
};

class SearchingMatcher final : public RegexMatcher {
  public:
    static std::unique_ptr<RegexMatcher> compile(TranslatedRegex translated,
                                                 const RegexFlags& flags) {
        constexpr std::size_t longest = 4096;
        if (translated.pattern.size() > longest) return nullptr;
        UErrorCode status = U_ZERO_ERROR;
        std::uint32_t options = UREGEX_UNIX_LINES;
        if (flags.ignore_case) options |= UREGEX_CASE_INSENSITIVE;
        if (flags.multi_line) options |= UREGEX_MULTILINE;
        const std::unique_ptr<UText, CloseText> pattern(
            utext_openUTF8(nullptr, translated.pattern.data(),
                           static_cast<std::int64_t>(translated.pattern.size()), &status));
        if (U_FAILURE(status)) return nullptr;
        UParseError where;
        std::unique_ptr<URegularExpression, CloseRegex> expression(
            uregex_openUText(pattern.get(), options, &where, &status));
        if (U_FAILURE(status)) return nullptr;
        uregex_setTimeLimit(expression.get(), most_time, &status);
        uregex_setStackLimit(expression.get(), most_stack, &status);
        if (U_FAILURE(status)) return nullptr;
        return std::make_unique<SearchingMatcher>(std::move(expression), std::move(translated),
                                                  flags);
    }

    SearchingMatcher(std::unique_ptr<URegularExpression, CloseRegex> expression,
                     TranslatedRegex translated, const RegexFlags& flags)
        : expression_(std::move(expression)) {
        translated_ = std::move(translated);
        flags_ = flags;
        UErrorCode status = U_ZERO_ERROR;
        uregex_setMatchCallback(expression_.get(), ask_from_search, this, &status);
    }

    bool matches(std::string_view text) override {
        Match whole;
        text_ = {};
        return find(text, 0, &whole, 1);
    }

    std::size_t work(std::size_t bytes) const override { return bytes * 8; }

  private:
    // A unit is some 10,000 steps, about a millisecond.
    static constexpr std::int32_t most_time = 500;
    static constexpr std::int32_t most_stack = 4 << 20;

    // Called by the search every few thousand steps; it ends where this is false. Nothing may be
    // thrown through it.
    static UBool U_CALLCONV ask_from_search(const void* matcher, std::int32_t) noexcept {
        auto& self = *static_cast<SearchingMatcher*>(const_cast<void*>(matcher));
        try {
            if (self.ask_) self.ask_();
            return 1;
        } catch (...) {
            self.stopped_ = std::current_exception();
            return 0;
        }
    }

    void check(UErrorCode status) {
        if (stopped_) std::rethrow_exception(std::exchange(stopped_, nullptr));
        if (U_SUCCESS(status)) return;
        throw LimitError(
            status == U_REGEX_STACK_OVERFLOW
                ? fmt::format("the limit of {} bytes for a search with back-references was reached",
                              most_stack)
                : fmt::format("the limit of {} steps of a search with back-references was reached",
                              most_time * 10'000));
    }

    bool find(std::string_view text, std::size_t from, Match* groups, std::size_t count) override {
        UErrorCode status = U_ZERO_ERROR;
        if (from == 0 || text_.data() != text.data() || text_.size() != text.size()) {
            // An empty view may have no address at all.
            const char* bytes = text.empty() ? "" : text.data();
            input_.reset(utext_openUTF8(input_.release(), bytes,
                                        static_cast<std::int64_t>(text.size()), &status));
            uregex_setUText(expression_.get(), input_.get(), &status);
            text_ = text;
        }
        const bool found =
            uregex_find64(expression_.get(), static_cast<std::int64_t>(from), &status) != 0;
        check(status);
        if (!found) return false;
        for (std::size_t i = 0; i < count; ++i) {
            const auto number = static_cast<std::int32_t>(i);
            const std::int64_t begin = uregex_start64(expression_.get(), number, &status);
            const std::int64_t end = uregex_end64(expression_.get(), number, &status);
            check(status);
            groups[i] = begin < 0
                            ? Match{}
                            : Match{static_cast<std::size_t>(begin), static_cast<std::size_t>(end)};
        }
        return true;
    }

    std::unique_ptr<URegularExpression, CloseRegex> expression_;
    std::unique_ptr<UText, CloseText> input_;
    std::string_view text_;
    std::exception_ptr stopped_;
};

}  // namespace

std::unique_ptr<RegexMatcher> RegexMatcher::compile(std::string_view pattern,
                                                    std::string_view flags) {
    const auto parsed = RegexFlags::parse(flags);
    if (!parsed) return nullptr;
    auto translated = translate_regex(pattern, *parsed);
    if (!translated) return nullptr;
    bool too_large = false;
    if (!translated->has_back_references) {
        auto matcher = LinearMatcher::compile(*translated, *parsed, too_large);
        if (matcher || !too_large) return matcher;
    }
    return SearchingMatcher::compile(std::move(*translated), *parsed);
}

}  // namespace dossier::engine
