#pragma once

#include <string>
#include <string_view>

namespace dossier::engine {

// Appends `text`, which is UTF-8, as a JSON string (RFC 8259 section 7), quotes included.
void append_json_string(std::string& out, std::string_view text);

// The same without quotes, for a text that comes in pieces.
void append_json_piece(std::string& out, std::string_view text);

}  // namespace dossier::engine
