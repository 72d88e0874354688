#include "rdf/source_text.h"

#include <algorithm>
#include <utility>

#include <dossier/text_width.h>

#include "rdf/unicode.h"

namespace dossier {

namespace {

constexpr std::size_t window_columns = 120;
constexpr std::size_t columns_before = 80;  // kept in front of the position in a long line
constexpr std::string_view ellipsis = "\xE2\x80\xA6";
constexpr std::string_view tab = "    ";

bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}
bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Text as it is shown in a message: tabs as blanks, what harms a terminal made visible.
std::string shown(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t next = std::min(text.find('\t'), text.size());
        append_visible(out, text.substr(0, next));
        if (next == text.size()) break;
        out += tab;
        text.remove_prefix(next + 1);
    }
    return out;
}

struct MarkedLine {
    std::string text;
    std::uint64_t caret_column = 1;
    std::uint64_t caret_length = 1;
};

// Looks at no more than the window on either side, so that a line of a gigabyte costs nothing.
MarkedLine mark_line(std::string_view text, std::size_t offset, std::size_t length) {
    offset = std::min(offset, text.size());
    // Within CR LF the position is the line end.
    if (offset > 0 && offset < text.size() && text[offset] == '\n' && text[offset - 1] == '\r') {
        --offset;
    }
    std::size_t begin = offset;
    std::size_t steps = 0;
    while (begin > 0 && !is_line_end(text[begin - 1]) && steps < columns_before) {
        --begin;
        // Malformed text may be continuation bytes only: count each fourth of them.
        if (!is_continuation(text[begin]) || (offset - begin) % 4 == 0) ++steps;
    }
    while (begin > 0 && begin < offset && is_continuation(text[begin]) &&
           !is_line_end(text[begin - 1]) && offset - begin < 4 * columns_before + 4) {
        --begin;
    }
    const bool cut_before = begin > 0 && !is_line_end(text[begin - 1]);

    // What is shown may be wider than the code points counted: drop from the front.
    std::string before = shown(text.substr(begin, offset - begin));
    bool dropped = false;
    std::size_t before_width = display_width(before);
    if (before_width > columns_before) {
        std::size_t drop = 0;
        while (before_width > columns_before && drop < before.size()) {
            const std::size_t start = drop;
            next_code_point(before, drop);
            before_width -= display_width(std::string_view(before).substr(start, drop - start));
        }
        before.erase(0, drop);
        dropped = true;
    }

    std::size_t end = offset;
    for (std::size_t columns = 0; end < text.size() && columns <= window_columns; ++columns) {
        if (is_line_end(text[end])) break;
        next_code_point(text, end);
    }
    const std::string after = shown(text.substr(offset, end - offset));
    const std::size_t room = window_columns - before_width;
    const std::string_view kept = prefix_of_width(after, room);
    const bool cut_after =
        kept.size() < after.size() || (end < text.size() && !is_line_end(text[end]));

    MarkedLine line;
    if (cut_before || dropped) line.text += ellipsis;
    line.text += before;
    line.caret_column = display_width(line.text) + 1;
    line.text += kept;
    if (cut_after) line.text += ellipsis;

    const std::size_t marked_end = std::min(end, offset + std::min(length, text.size() - offset));
    const std::size_t marked = display_width(shown(text.substr(offset, marked_end - offset)));
    line.caret_length = std::clamp<std::size_t>(marked, 1, std::max<std::size_t>(room, 1));
    return line;
}

}  // namespace

Position position_at(std::string_view text, std::size_t offset, const TextOrigin& origin) {
    offset = std::min(offset, text.size());
    Position position{origin.line, origin.column, origin.offset + offset};
    std::size_t line_start = 0;
    std::uint64_t first_column = origin.column;
    for (std::size_t i = 0; i < offset; ++i) {
        if (!is_line_end(text[i])) continue;
        // CR LF is one line end; an offset between the two is still on the old line.
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            if (i + 1 >= offset) continue;
            ++i;
        }
        ++position.line;
        line_start = i + 1;
        first_column = 1;
    }
    position.column =
        first_column + count_code_points(text.substr(line_start, offset - line_start));
    return position;
}

SyntaxError::Details describe_error(std::string_view text, std::size_t offset, std::size_t length,
                                    std::string message, const TextOrigin& origin,
                                    std::string hint) {
    SyntaxError::Details details;
    details.source = origin.source;
    details.message = std::move(message);
    details.hint = std::move(hint);
    details.position = position_at(text, offset, origin);
    MarkedLine line = mark_line(text, offset, length);
    details.line_text = std::move(line.text);
    details.caret_column = line.caret_column;
    details.caret_length = line.caret_length;
    return details;
}

void describe_related(SyntaxError::Details& details, std::string_view text, std::size_t offset,
                      std::size_t length, std::string message, const TextOrigin& origin) {
    details.related_message = std::move(message);
    details.related_position = position_at(text, offset, origin);
    MarkedLine line = mark_line(text, offset, length);
    details.related_line_text = std::move(line.text);
    details.related_caret_column = line.caret_column;
    details.related_caret_length = line.caret_length;
}

}  // namespace dossier
