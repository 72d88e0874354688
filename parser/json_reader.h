#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "parser/text_input.h"

namespace dossier {

enum class JsonToken : std::uint8_t {
    object_begin,
    object_end,
    array_begin,
    array_end,
    key,
    string,
    number,
    true_,
    false_,
    null,
    end,  // behind the one value of the text
};

// JSON (RFC 8259) token by token, strict: no comments, no trailing commas, valid UTF-8 only, no
// lone surrogates, nesting limited. Numbers stay text. Whether keys repeat is for the caller, who
// knows which ones matter.
class JsonReader {
  public:
    JsonReader(TextInput& input, std::size_t max_nesting, std::size_t max_string_bytes);

    // Throws SyntaxError and LimitError.
    JsonToken next();
    // Of a key, a string or a number: valid until next().
    const std::string& text() const { return text_; }
    // Moves past a value whose first token was `first`.
    void skip(JsonToken first);

    TextInput& input() { return input_; }

  private:
    JsonToken value();
    JsonToken open(bool object);
    void read_string();
    void read_escape();
    std::uint32_t read_hex();
    void read_number();
    void read_word(const char* word);
    void skip_space();
    void append(char c);

    enum class Expect : std::uint8_t { value, first_value, first_key, key, colon, comma, end };

    TextInput& input_;
    std::size_t max_nesting_;
    std::size_t max_string_bytes_;
    std::string text_;
    std::vector<bool> open_;  // true: an object
    Expect expect_ = Expect::value;
};

}  // namespace dossier
