#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <dossier/error.h>

#include "parser/byte_source.h"
#include "parser/format.h"

// Decompression and the look at the beginning: any bytes give bytes within the limits or an
// InputError, whatever the steps.

namespace {

using namespace dossier;

constexpr std::size_t total_limit = 1u << 20;

std::optional<std::string> read_all(std::string_view bytes, std::size_t step) {
    ByteSourceOptions options;
    options.total_limit = total_limit;
    options.ratio_floor = 1u << 16;
    std::string text;
    try {
        const auto source = open_memory(bytes, "input", options);
        std::string block(step, '\0');
        while (const std::size_t count = source->read(block.data(), step)) {
            text.append(block, 0, count);
        }
    } catch (const InputError&) {
        return std::nullopt;
    }
    return text;
}

void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = read_all(bytes, 1u << 16);
    const auto in_steps = read_all(bytes, data[0] % 64u + 1);
    require(whole.has_value() == in_steps.has_value(), "damage is found in steps of any size");
    require(whole == in_steps, "the same bytes in steps as at once");
    if (whole) {
        require(whole->size() <= total_limit, "no more than the limit");
        format_from_content(std::string_view(*whole).substr(0, 1024));
        format_from_path(std::string_view(*whole).substr(0, 256));
    }
    return 0;
}
