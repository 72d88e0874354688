#include "parser/json_reader.h"

#include "rdf/unicode.h"

namespace dossier {

JsonReader::JsonReader(TextInput& input, std::size_t max_nesting, std::size_t max_string_bytes)
    : input_(input), max_nesting_(max_nesting), max_string_bytes_(max_string_bytes) {}

void JsonReader::skip_space() {
    for (int c = input_.peek(); c == ' ' || c == '\t' || c == '\n' || c == '\r';
         c = input_.peek()) {
        input_.take();
    }
}

JsonToken JsonReader::next() {
    while (true) {
        skip_space();
        switch (expect_) {
            case Expect::value:
                return value();
            case Expect::first_value:
                if (input_.take_if(']')) {
                    open_.pop_back();
                    expect_ = open_.empty() ? Expect::end : Expect::comma;
                    return JsonToken::array_end;
                }
                return value();
            case Expect::first_key:
                if (input_.take_if('}')) {
                    open_.pop_back();
                    expect_ = open_.empty() ? Expect::end : Expect::comma;
                    return JsonToken::object_end;
                }
                [[fallthrough]];
            case Expect::key:
                if (input_.peek() != '"') input_.fail("expected a key in double quotes");
                read_string();
                expect_ = Expect::colon;
                return JsonToken::key;
            case Expect::colon:
                if (!input_.take_if(':')) input_.fail("expected ':' after the key");
                expect_ = Expect::value;
                break;
            case Expect::comma: {
                const bool object = open_.back();
                if (input_.take_if(object ? '}' : ']')) {
                    open_.pop_back();
                    if (open_.empty()) expect_ = Expect::end;
                    return object ? JsonToken::object_end : JsonToken::array_end;
                }
                if (!input_.take_if(',')) {
                    input_.fail(object ? "expected ',' or '}'" : "expected ',' or ']'");
                }
                expect_ = object ? Expect::key : Expect::value;
                break;
            }
            case Expect::end:
                if (input_.peek() != TextInput::end) {
                    input_.fail("expected the end after the JSON value");
                }
                return JsonToken::end;
        }
    }
}

JsonToken JsonReader::open(bool object) {
    if (open_.size() >= max_nesting_) {
        input_.fail_limit("nested more deeply than " + std::to_string(max_nesting_) +
                          " brackets (limit max_nesting)");
    }
    input_.take();
    open_.push_back(object);
    expect_ = object ? Expect::first_key : Expect::first_value;
    return object ? JsonToken::object_begin : JsonToken::array_begin;
}

JsonToken JsonReader::value() {
    const int c = input_.peek();
    if (c == '{' || c == '[') return open(c == '{');
    const auto scalar = [this](JsonToken token) {
        expect_ = open_.empty() ? Expect::end : Expect::comma;
        return token;
    };
    switch (c) {
        case '"':
            read_string();
            return scalar(JsonToken::string);
        case 't':
            read_word("true");
            return scalar(JsonToken::true_);
        case 'f':
            read_word("false");
            return scalar(JsonToken::false_);
        case 'n':
            read_word("null");
            return scalar(JsonToken::null);
        case TextInput::end:
            input_.fail("the JSON text ends too early");
        default:
            if (c != '-' && (c < '0' || c > '9')) input_.fail("expected a JSON value");
            read_number();
            return scalar(JsonToken::number);
    }
}

void JsonReader::append(char c) {
    if (text_.size() >= max_string_bytes_) {
        input_.fail_limit("a string is longer than " + std::to_string(max_string_bytes_) +
                          " bytes (limit max_value_bytes)");
    }
    text_ += c;
}

void JsonReader::read_word(const char* word) {
    for (const char* p = word; *p != '\0'; ++p) {
        if (!input_.take_if(*p)) input_.fail("expected a JSON value");
    }
}

void JsonReader::read_number() {
    text_.clear();
    const auto digits = [this] {
        if (input_.peek() < '0' || input_.peek() > '9') input_.fail("expected a digit");
        while (input_.peek() >= '0' && input_.peek() <= '9') {
            append(static_cast<char>(input_.peek()));
            input_.take();
        }
    };
    if (input_.take_if('-')) append('-');
    if (input_.take_if('0')) {
        append('0');
    } else {
        digits();
    }
    if (input_.take_if('.')) {
        append('.');
        digits();
    }
    if (input_.peek() == 'e' || input_.peek() == 'E') {
        append('e');
        input_.take();
        if (input_.peek() == '+' || input_.peek() == '-') {
            append(static_cast<char>(input_.peek()));
            input_.take();
        }
        digits();
    }
}

std::uint32_t JsonReader::read_hex() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const int c = input_.peek();
        std::uint32_t digit = 0;
        if (c >= '0' && c <= '9') {
            digit = static_cast<std::uint32_t>(c - '0');
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f' && c > 0) {
            digit = static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
        } else {
            input_.fail("\\u is followed by four hexadecimal digits");
        }
        input_.take();
        value = value * 16 + digit;
    }
    return value;
}

void JsonReader::read_escape() {
    const int c = input_.peek();
    static constexpr std::string_view names = "\"\\/bfnrt";
    static constexpr std::string_view values = "\"\\/\b\f\n\r\t";
    if (c != TextInput::end && c < 128) {
        const std::size_t index = names.find(static_cast<char>(c));
        if (index != std::string_view::npos) {
            input_.take();
            append(values[index]);
            return;
        }
    }
    if (c != 'u') input_.fail("there is no such escape in JSON");
    input_.take();
    std::uint32_t code_point = read_hex();
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {
        const bool high = code_point <= 0xDBFF;
        if (!high || !input_.take_if('\\') || !input_.take_if('u')) {
            input_.fail("this surrogate has no partner");
        }
        const std::uint32_t low = read_hex();
        if (low < 0xDC00 || low > 0xDFFF) input_.fail("this surrogate has no partner");
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    std::string utf8;
    append_utf8(utf8, static_cast<char32_t>(code_point));
    for (const char byte : utf8) append(byte);
}

void JsonReader::read_string() {
    text_.clear();
    input_.take();
    bool ascii = true;
    while (true) {
        const int c = input_.peek();
        if (c == '"') break;
        if (c == TextInput::end) input_.fail("a string is not closed");
        if (c < 0x20) input_.fail("a control character in a string is written as an escape");
        input_.take();
        if (c == '\\') {
            read_escape();
            continue;
        }
        ascii = ascii && c < 128;
        append(static_cast<char>(c));
    }
    if (!ascii && !is_valid_utf8(text_)) input_.fail("this string is not valid UTF-8");
    input_.take();
}

void JsonReader::skip(JsonToken first) {
    std::size_t depth = 0;
    for (JsonToken token = first;; token = next()) {
        if (token == JsonToken::object_begin || token == JsonToken::array_begin) ++depth;
        if (token == JsonToken::object_end || token == JsonToken::array_end) --depth;
        if (depth == 0 && token != JsonToken::key) return;
    }
}

}  // namespace dossier
