#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shell/dumping.h"
#include "shell/loading.h"

namespace dossier::shell {

// Words apart by space; "double quoted" ones take C's escapes, 'single quoted' ones none.
std::vector<std::string> split_arguments(std::string_view line);

// All of these throw UsageError for what they cannot read; `what` is what messages call it.
std::uint64_t number(const std::string& text, std::string_view what);
// The options and files of .load and .dump, which are those of the subcommands.
LoadRequest load_request(const std::vector<std::string>& arguments);
DumpRequest dump_request(const std::vector<std::string>& arguments);

}  // namespace dossier::shell
