#include "engine/file_iri.h"

#include <algorithm>
#include <cctype>
#include <system_error>

#include <dossier/error.h>

namespace dossier::engine {

namespace {

constexpr std::string_view scheme = "file://";

int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hexadecimal(text[i + 1]) >= 0 &&
            hexadecimal(text[i + 2]) >= 0) {
            result += static_cast<char>(hexadecimal(text[i + 1]) * 16 + hexadecimal(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

}  // namespace

std::string file_iri(const std::filesystem::path& path) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result(scheme);
    for (const char c : std::filesystem::absolute(path).lexically_normal().string()) {
        const auto byte = static_cast<unsigned char>(c);
        // Bytes above ASCII may stand in an IRI as they are.
        if (std::isalnum(byte) != 0 || byte >= 0x80 ||
            std::string_view("/-._~!$&'()*+,;=:@").find(c) != std::string_view::npos) {
            result += c;
        } else {
            result += '%';
            result += digits[byte >> 4];
            result += digits[byte & 15];
        }
    }
    return result;
}

std::string allowed_file(std::string_view iri, const std::string& directory) {
    if (directory.empty())
        throw QueryError(
            "LOAD is not allowed here: no directory has been named for it (--allow-load)");
    if (!iri.starts_with("file:"))
        throw QueryError("LOAD can read file: IRIs only, not <" + std::string(iri) + ">");
    std::string_view rest = iri.substr(5);
    if (rest.starts_with("//")) {
        rest.remove_prefix(2);
        if (rest.starts_with("localhost/")) rest.remove_prefix(9);
    }
    std::error_code error;
    const auto file = std::filesystem::canonical(percent_decoded(rest), error);
    if (error)
        throw QueryError("LOAD: <" + std::string(iri) + "> cannot be opened: " + error.message());
    const auto allowed = std::filesystem::canonical(directory, error);
    if (error) throw QueryError("the directory for LOAD cannot be opened: " + error.message());
    const auto [end, ignored] =
        std::mismatch(allowed.begin(), allowed.end(), file.begin(), file.end());
    if (end != allowed.end())
        throw QueryError("LOAD: <" + std::string(iri) +
                         "> lies outside the directory allowed for it");
    return file.string();
}

}  // namespace dossier::engine
