#include <algorithm>
#include <cstring>

#include "parser/line_count.h"
#include "parser/statement_parser.h"

namespace dossier {

namespace {

// Where the last whole line of `text` ends, 0 when there is none. A CR at the very end waits: an LF
// may follow it.
std::size_t end_of_last_line(std::string_view text) {
    std::size_t end = text.find_last_of('\n');
    if (end == std::string_view::npos && !text.empty()) {
        end = text.substr(0, text.size() - 1).find_last_of('\r');
    }
    return end == std::string_view::npos ? 0 : end + 1;
}

}  // namespace

LineBlockReader::LineBlockReader(ByteSource& source, std::size_t block_size,
                                 std::size_t max_line_bytes)
    : source_(source),
      block_size_(std::max<std::size_t>(block_size, 1)),
      max_line_bytes_(max_line_bytes) {}

LineBlockReader::~LineBlockReader() = default;

bool LineBlockReader::next(std::string& buffer, LineBlock& block) {
    // The buffer keeps its size from call to call: growing it writes zeros.
    std::size_t filled = rest_.size();
    if (buffer.size() < filled) buffer.resize(filled);
    rest_.copy(buffer.data(), filled);
    rest_.clear();
    std::size_t cut = 0;
    std::size_t target = std::max(block_size_, filled + 1);
    while (!at_end_ && cut == 0) {
        if (buffer.size() < target) buffer.resize(target);
        while (filled < target) {
            const std::size_t count = source_.read(buffer.data() + filled, target - filled);
            if (count == 0) {
                at_end_ = true;
                break;
            }
            filled += count;
        }
        if (at_end_) break;
        cut = end_of_last_line({buffer.data(), filled});
        if (cut == 0 && filled > max_line_bytes_) {
            throw LimitError(source_.name() + ":" + std::to_string(next_line_) +
                             ": this line is longer than the limit of " +
                             std::to_string(max_line_bytes_) + " bytes");
        }
        // A long line: read on in steps that grow with it, or joining it would be quadratic.
        target = filled + std::max(block_size_, filled);
    }
    if (at_end_) cut = filled;
    if (cut == 0) return false;
    rest_.assign(buffer, cut, filled - cut);
    block.text = std::string_view(buffer).substr(0, cut);
    block.first_line = next_line_;
    block.first_byte = next_byte_;
    next_line_ += count_line_ends(block.text);
    next_byte_ += cut;
    return true;
}

}  // namespace dossier
