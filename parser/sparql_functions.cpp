#include "parser/sparql_functions.h"

#include <algorithm>
#include <string>

#include <boost/unordered/unordered_flat_map.hpp>

namespace dossier::sparql {
namespace {

constexpr std::uint32_t any = Function::any;

std::string capitals(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

using Index = boost::unordered_flat_map<std::string, const Function*>;

Index make_index() {
    Index index;
    for (const Function& function : all_functions()) index[capitals(function.name)] = &function;
    return index;
}

}  // namespace

const std::vector<Function>& all_functions() {
    static const std::vector<Function> functions = {
        {"COUNT", Operator::count, 1, 1},
        {"SUM", Operator::sum_of, 1, 1},
        {"MIN", Operator::min, 1, 1},
        {"MAX", Operator::max, 1, 1},
        {"AVG", Operator::avg, 1, 1},
        {"SAMPLE", Operator::sample, 1, 1},
        {"GROUP_CONCAT", Operator::group_concat, 1, 1},
        {"STR", Operator::str, 1, 1},
        {"LANG", Operator::lang, 1, 1},
        {"LANGMATCHES", Operator::lang_matches, 2, 2},
        {"LANGDIR", Operator::lang_dir, 1, 1},
        {"DATATYPE", Operator::datatype, 1, 1},
        {"BOUND", Operator::bound, 1, 1},
        {"IRI", Operator::iri, 1, 1},
        {"URI", Operator::iri, 1, 1},
        {"BNODE", Operator::bnode, 0, 1},
        {"RAND", Operator::rand, 0, 0},
        {"ABS", Operator::abs, 1, 1},
        {"CEIL", Operator::ceil, 1, 1},
        {"FLOOR", Operator::floor, 1, 1},
        {"ROUND", Operator::round, 1, 1},
        {"CONCAT", Operator::concat, 0, any},
        {"STRLEN", Operator::strlen, 1, 1},
        {"SUBSTR", Operator::substr, 2, 3},
        {"UCASE", Operator::ucase, 1, 1},
        {"LCASE", Operator::lcase, 1, 1},
        {"ENCODE_FOR_URI", Operator::encode_for_uri, 1, 1},
        {"CONTAINS", Operator::contains, 2, 2},
        {"STRSTARTS", Operator::str_starts, 2, 2},
        {"STRENDS", Operator::str_ends, 2, 2},
        {"STRBEFORE", Operator::str_before, 2, 2},
        {"STRAFTER", Operator::str_after, 2, 2},
        {"REPLACE", Operator::replace, 3, 4},
        {"REGEX", Operator::regex, 2, 3},
        {"YEAR", Operator::year, 1, 1},
        {"MONTH", Operator::month, 1, 1},
        {"DAY", Operator::day, 1, 1},
        {"HOURS", Operator::hours, 1, 1},
        {"MINUTES", Operator::minutes, 1, 1},
        {"SECONDS", Operator::seconds, 1, 1},
        {"TIMEZONE", Operator::timezone, 1, 1},
        {"TZ", Operator::tz, 1, 1},
        {"NOW", Operator::now, 0, 0},
        {"UUID", Operator::uuid, 0, 0},
        {"STRUUID", Operator::struuid, 0, 0},
        {"MD5", Operator::md5, 1, 1},
        {"SHA1", Operator::sha1, 1, 1},
        {"SHA256", Operator::sha256, 1, 1},
        {"SHA384", Operator::sha384, 1, 1},
        {"SHA512", Operator::sha512, 1, 1},
        {"COALESCE", Operator::coalesce, 0, any},
        {"IF", Operator::if_, 3, 3},
        {"STRLANG", Operator::str_lang, 2, 2},
        {"STRLANGDIR", Operator::str_lang_dir, 3, 3},
        {"STRDT", Operator::str_dt, 2, 2},
        {"sameTerm", Operator::same_term, 2, 2},
        {"isIRI", Operator::is_iri, 1, 1},
        {"isURI", Operator::is_iri, 1, 1},
        {"isBLANK", Operator::is_blank, 1, 1},
        {"isLITERAL", Operator::is_literal, 1, 1},
        {"isNUMERIC", Operator::is_numeric, 1, 1},
        {"hasLANG", Operator::has_lang, 1, 1},
        {"hasLANGDIR", Operator::has_lang_dir, 1, 1},
        {"isTRIPLE", Operator::is_triple, 1, 1},
        {"TRIPLE", Operator::triple, 3, 3},
        {"SUBJECT", Operator::subject, 1, 1},
        {"PREDICATE", Operator::predicate, 1, 1},
        {"OBJECT", Operator::object, 1, 1},
    };
    return functions;
}

const Function* find_function(std::string_view name) {
    static const Index index = make_index();
    if (name.size() > 16) return nullptr;
    const auto found = index.find(capitals(name));
    return found == index.end() ? nullptr : found->second;
}

const Function& function_of(Operator op) {
    const auto& functions = all_functions();
    return *std::find_if(functions.begin(), functions.end(),
                         [op](const Function& function) { return function.op == op; });
}

}  // namespace dossier::sparql
