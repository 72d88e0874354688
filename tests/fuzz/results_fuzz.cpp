#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <dossier/error.h>

#include "parser/results_reader.h"

// The readers of query results: whatever the bytes, rows that fit the head, or a clean error. The
// first byte chooses the format.

namespace {

using namespace dossier;
using namespace dossier::sparql;

struct Checker final : ResultsSink {
    std::size_t columns = 0;
    bool begun = false;

    void variables(const std::vector<std::string>& names) override {
        if (begun) std::abort();
        begun = true;
        columns = names.size();
    }
    void row(const std::vector<std::optional<Term>>& cells) override {
        if (!begun || cells.size() != columns) std::abort();
        for (const auto& cell : cells) {
            if (cell) cell->to_string();
        }
    }
    void boolean(bool) override {
        if (begun) std::abort();
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto format = static_cast<ResultsFormat>(data[0] % 4);
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    ByteSourceOptions source_options;
    source_options.decompress = false;
    ResultsOptions options;
    options.max_nesting = 20;
    options.max_value_bytes = 1000;
    Checker checker;
    try {
        const auto source = open_memory(text, "input", source_options);
        read_results(*source, format, options, checker);
    } catch (const SyntaxError& error) {
        error.pretty();
    } catch (const LimitError&) {
    } catch (const InputError&) {  // another encoding
    }
    return 0;
}
