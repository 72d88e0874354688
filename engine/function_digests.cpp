#include <openssl/evp.h>

#include <dossier/error.h>
#include <array>
#include <memory>
#include <string_view>

#include "engine/function_strings.h"
#include "engine/function_table.h"

// Digests: SPARQL 1.1 section 17.4.6, of the UTF-8 form of a string, in lower-case hexadecimal.

namespace dossier::engine {

namespace {

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

template <const EVP_MD* (*algorithm)()>
Cell digest(FunctionScope& scope, std::span<const Cell> arguments) {
    const TermView& term = *scope.term(arguments[0]);
    if (!is_plain_string(term)) return {};
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int size = 0;
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    bool well = context && EVP_DigestInit_ex(context.get(), algorithm(), nullptr) == 1;
    for (std::string_view rest = term.text(); well && !rest.empty();) {
        const std::string_view part = rest.substr(0, FunctionScope::most_work);
        well = EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
        scope.worked(part.size());
        rest.remove_prefix(part.size());
    }
    if (!well || EVP_DigestFinal_ex(context.get(), bytes.data(), &size) != 1)
        throw QueryError("the cryptographic library refuses to compute a digest");
    constexpr std::string_view digits = "0123456789abcdef";
    char* text = scope.memory().allocate(std::size_t{size} * 2);
    for (unsigned int i = 0; i < size; ++i) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return scope.borrow_string({text, std::size_t{size} * 2});
}

}  // namespace

ScalarEntry digest_function(ExpressionOperator op) {
    using Op = ExpressionOperator;
    switch (op) {
        case Op::md5:
            return {digest<EVP_md5>, true};
        case Op::sha1:
            return {digest<EVP_sha1>, true};
        case Op::sha256:
            return {digest<EVP_sha256>, true};
        case Op::sha384:
            return {digest<EVP_sha384>, true};
        case Op::sha512:
            return {digest<EVP_sha512>, true};
        default:
            return {};
    }
}

}  // namespace dossier::engine
