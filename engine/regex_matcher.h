#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/regex_translator.h"

namespace dossier::engine {

// A compiled regular expression of XPath. Matching takes time linear in the text; only patterns
// with back-references, and those too large for the linear matcher, go to one that searches, with
// a limit on its steps. Where a limit is met, LimitError is thrown. Belongs to one thread.
class RegexMatcher {
  public:
    virtual ~RegexMatcher() = default;

    // Nothing where the pattern or the flags are not XPath's, or beyond the limits.
    static std::unique_ptr<RegexMatcher> compile(std::string_view pattern, std::string_view flags);

    // Called now and then in long searches; may throw.
    void ask_with(std::function<void()> ask) { ask_ = std::move(ask); }

    // Whether some part of the text matches.
    virtual bool matches(std::string_view text) = 0;
    // The work of a search in a text of so many bytes, in bytes of a plain one.
    virtual std::size_t work(std::size_t bytes) const = 0;

    // fn:replace: all matches from left to right, not overlapping. Nothing for a pattern that
    // matches the empty string (FORX0003) and for a malformed replacement (FORX0004).
    // `expect_room` is called with the size the result grows to, `worked` with work(); both may
    // throw.
    template <typename ExpectRoom, typename Worked>
    std::optional<std::string> replace(std::string_view text, std::string_view replacement,
                                       ExpectRoom&& expect_room, Worked&& worked);

  protected:
    struct Match {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    // Some 10 groups are the most a replacement needs; groups that did not match are empty.
    static constexpr std::size_t most_groups = 100;

    // The first match at or after `from`: fills matches[0] and the groups; false when there is
    // none.
    virtual bool find(std::string_view text, std::size_t from, Match* groups,
                      std::size_t count) = 0;

    TranslatedRegex translated_;
    RegexFlags flags_;
    std::function<void()> ask_;

  private:
    std::optional<bool> matches_empty_;
};

template <typename ExpectRoom, typename Worked>
std::optional<std::string> RegexMatcher::replace(std::string_view text,
                                                 std::string_view replacement,
                                                 ExpectRoom&& expect_room, Worked&& worked) {
    if (!matches_empty_) matches_empty_ = matches({});
    if (*matches_empty_) return std::nullopt;
    const auto parts = parse_replacement(replacement, translated_.groups, flags_.literal);
    if (!parts) return std::nullopt;
    std::size_t needed = 1;
    for (const auto& part : parts->parts)
        needed = std::max(needed, static_cast<std::size_t>(part.group + 1));
    std::vector<Match> groups(needed);
    std::string out;
    std::size_t next = 0;
    std::size_t promised = 4096;
    while (true) {
        // A match may have to look at all that is left.
        worked(work(text.size() - next));
        if (!find(text, next, groups.data(), needed) || groups[0].end == groups[0].begin) break;
        out += text.substr(next, groups[0].begin - next);
        for (const auto& part : parts->parts) {
            out += part.text;
            if (part.group < 0) continue;
            const Match& group = groups[static_cast<std::size_t>(part.group)];
            out += text.substr(group.begin, group.end - group.begin);
        }
        next = groups[0].end;
        if (out.size() > promised) {
            promised = out.size() * 2;
            expect_room(promised);
        }
    }
    out += text.substr(next);
    return out;
}

}  // namespace dossier::engine
