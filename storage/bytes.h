#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <dossier/error.h>

// Numbers in keys (big-endian, so that they sort) and in values (little-endian).

namespace dossier::storage::bytes {

template <typename T>
void append_little(std::string& out, T value) {
    char text[sizeof(T)];
    std::memcpy(text, &value, sizeof(T));
    out.append(text, sizeof(T));
}

template <typename T>
void append_big(std::string& out, T value) {
    for (std::size_t byte = sizeof(T); byte-- > 0;) {
        out.push_back(static_cast<char>(static_cast<std::uint8_t>(value >> (8 * byte))));
    }
}

template <typename T>
T read_big(std::string_view from) {
    T value = 0;
    for (std::size_t byte = 0; byte < sizeof(T); ++byte) {
        value = static_cast<T>((value << 8) | static_cast<std::uint8_t>(from.at(byte)));
    }
    return value;
}

// Consumes from the front of `from`; throws StoreError when it is too short.
template <typename T>
T take_little(std::string_view& from) {
    if (from.size() < sizeof(T)) {
        throw StoreError("a stored record is cut short");
    }
    T value;
    std::memcpy(&value, from.data(), sizeof(T));
    from.remove_prefix(sizeof(T));
    return value;
}

inline std::string_view take_bytes(std::string_view& from, std::size_t count) {
    if (from.size() < count) {
        throw StoreError("a stored record is cut short");
    }
    const std::string_view result = from.substr(0, count);
    from.remove_prefix(count);
    return result;
}

}  // namespace dossier::storage::bytes
