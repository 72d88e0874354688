#include <array>
#include <string_view>

#include "engine/plan.h"

namespace dossier::engine {

namespace {

using Op = ExpressionOperator;

struct OperatorText {
    Op op;
    std::string_view text;
};

constexpr std::array infix_texts = {
    OperatorText{Op::logical_or, " || "}, OperatorText{Op::logical_and, " && "},
    OperatorText{Op::sum, " + "},         OperatorText{Op::product, " * "},
    OperatorText{Op::equal, " = "},       OperatorText{Op::not_equal, " != "},
    OperatorText{Op::less, " < "},        OperatorText{Op::greater, " > "},
    OperatorText{Op::less_equal, " <= "}, OperatorText{Op::greater_equal, " >= "},
};

constexpr std::array function_texts = {
    OperatorText{Op::str, "STR"},
    OperatorText{Op::lang, "LANG"},
    OperatorText{Op::lang_matches, "LANGMATCHES"},
    OperatorText{Op::lang_dir, "LANGDIR"},
    OperatorText{Op::datatype, "DATATYPE"},
    OperatorText{Op::bound, "BOUND"},
    OperatorText{Op::iri, "IRI"},
    OperatorText{Op::bnode, "BNODE"},
    OperatorText{Op::rand, "RAND"},
    OperatorText{Op::abs, "ABS"},
    OperatorText{Op::ceil, "CEIL"},
    OperatorText{Op::floor, "FLOOR"},
    OperatorText{Op::round, "ROUND"},
    OperatorText{Op::concat, "CONCAT"},
    OperatorText{Op::strlen, "STRLEN"},
    OperatorText{Op::substr, "SUBSTR"},
    OperatorText{Op::ucase, "UCASE"},
    OperatorText{Op::lcase, "LCASE"},
    OperatorText{Op::encode_for_uri, "ENCODE_FOR_URI"},
    OperatorText{Op::contains, "CONTAINS"},
    OperatorText{Op::str_starts, "STRSTARTS"},
    OperatorText{Op::str_ends, "STRENDS"},
    OperatorText{Op::str_before, "STRBEFORE"},
    OperatorText{Op::str_after, "STRAFTER"},
    OperatorText{Op::replace, "REPLACE"},
    OperatorText{Op::regex, "REGEX"},
    OperatorText{Op::year, "YEAR"},
    OperatorText{Op::month, "MONTH"},
    OperatorText{Op::day, "DAY"},
    OperatorText{Op::hours, "HOURS"},
    OperatorText{Op::minutes, "MINUTES"},
    OperatorText{Op::seconds, "SECONDS"},
    OperatorText{Op::timezone, "TIMEZONE"},
    OperatorText{Op::tz, "TZ"},
    OperatorText{Op::now, "NOW"},
    OperatorText{Op::uuid, "UUID"},
    OperatorText{Op::struuid, "STRUUID"},
    OperatorText{Op::md5, "MD5"},
    OperatorText{Op::sha1, "SHA1"},
    OperatorText{Op::sha256, "SHA256"},
    OperatorText{Op::sha384, "SHA384"},
    OperatorText{Op::sha512, "SHA512"},
    OperatorText{Op::coalesce, "COALESCE"},
    OperatorText{Op::if_, "IF"},
    OperatorText{Op::str_lang, "STRLANG"},
    OperatorText{Op::str_lang_dir, "STRLANGDIR"},
    OperatorText{Op::str_dt, "STRDT"},
    OperatorText{Op::same_term, "sameTerm"},
    OperatorText{Op::is_iri, "isIRI"},
    OperatorText{Op::is_blank, "isBLANK"},
    OperatorText{Op::is_literal, "isLITERAL"},
    OperatorText{Op::is_numeric, "isNUMERIC"},
    OperatorText{Op::has_lang, "hasLANG"},
    OperatorText{Op::has_lang_dir, "hasLANGDIR"},
    OperatorText{Op::is_triple, "isTRIPLE"},
    OperatorText{Op::triple, "TRIPLE"},
    OperatorText{Op::subject, "SUBJECT"},
    OperatorText{Op::predicate, "PREDICATE"},
    OperatorText{Op::object, "OBJECT"},
};

template <typename Table>
std::string_view find_text(const Table& table, Op op) {
    for (const OperatorText& entry : table)
        if (entry.op == op) return entry.text;
    return {};
}

bool is_plain_local_name(std::string_view text) {
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!plain) return false;
    }
    return true;
}

constexpr std::string_view xsd = "http://www.w3.org/2001/XMLSchema#";
constexpr std::size_t longest_text = 60;  // of a literal; a plan is read by people

}  // namespace

PlanNames::PlanNames(const Variables& variables,
                     std::vector<std::pair<std::string, std::string>> prefixes)
    : variables_(variables), prefixes_(std::move(prefixes)) {}

std::string PlanNames::variables(const std::vector<Variable>& list) const {
    std::string out;
    for (const Variable variable : list) {
        if (!out.empty()) out += ' ';
        out += variables_.display(variable);
    }
    return out;
}

std::string PlanNames::term(const TermView& term) const {
    if (term.is_iri()) {
        // The longest namespace that leaves a plain local name.
        const std::pair<std::string, std::string>* best = nullptr;
        for (const auto& prefix : prefixes_) {
            const std::string_view iri = prefix.second;
            if (iri.empty() || !term.text().starts_with(iri)) continue;
            if (!is_plain_local_name(term.text().substr(iri.size()))) continue;
            if (best == nullptr || best->second.size() < iri.size()) best = &prefix;
        }
        if (best != nullptr)
            return best->first + ":" + std::string(term.text().substr(best->second.size()));
        return "<" + std::string(term.text()) + ">";
    }
    if (term.is_triple())
        return "<<( " + this->term(term.triple().subject) + " " +
               this->term(term.triple().predicate) + " " + this->term(term.triple().object) +
               " )>>";
    if (term.is_literal()) {
        const std::string_view datatype = term.datatype();
        if (datatype.starts_with(xsd)) {
            const std::string_view name = datatype.substr(xsd.size());
            if (name == "integer" || name == "decimal" || name == "boolean")
                return std::string(term.text());
        }
        std::string text(term.text());
        if (text.size() > longest_text) {
            std::size_t cut = longest_text;
            while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
            text.resize(cut);
            text += "...";
        }
        const TermView shortened =
            term.language().empty()
                ? TermView::literal(text)
                : TermView::language_literal(text, term.language(), term.direction());
        std::string out = Term(shortened).to_string();
        if (term.language().empty() && datatype != std::string(xsd) + "string")
            out += "^^" + this->term(TermView::iri(datatype));
        return out;
    }
    return Term(term).to_string();
}

std::string PlanNames::expression(const Expression& expression) const {
    if (expression.kind == Expression::Kind::constant) return term(expression.term.view());
    if (expression.kind == Expression::Kind::variable) return variable(expression.variable);
    const Op op = expression.op;
    if (op == Op::exists) return "EXISTS { ... }";
    if (op == Op::not_exists) return "NOT EXISTS { ... }";
    std::vector<std::string> arguments;
    for (const ExpressionPtr& argument : expression.arguments) {
        std::string text = this->expression(*argument);
        const bool compound = argument->kind == Expression::Kind::operation &&
                              (!find_text(infix_texts, argument->op).empty() ||
                               argument->op == Op::in || argument->op == Op::not_in);
        const bool inside_infix = !find_text(infix_texts, op).empty() || op == Op::logical_not ||
                                  op == Op::minus || op == Op::plus;
        arguments.push_back(compound && inside_infix ? "(" + text + ")" : text);
    }
    const auto joined = [&](std::size_t from, std::string_view separator) {
        std::string out;
        for (std::size_t i = from; i < arguments.size(); ++i) {
            if (i > from) out += separator;
            out += arguments[i];
        }
        return out;
    };
    if (op == Op::logical_not) return "!" + arguments[0];
    if (op == Op::minus) return "-" + arguments[0];
    if (op == Op::plus) return "+" + arguments[0];
    if (op == Op::in) return arguments[0] + " IN (" + joined(1, ", ") + ")";
    if (op == Op::not_in) return arguments[0] + " NOT IN (" + joined(1, ", ") + ")";
    if (op == Op::call) return term(expression.term.view()) + "(" + joined(0, ", ") + ")";
    if (op == Op::sum || op == Op::product) {
        std::string out;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const bool inverted = i < expression.inverted.size() && expression.inverted[i];
            if (i > 0)
                out += op == Op::sum ? (inverted ? " - " : " + ") : (inverted ? " / " : " * ");
            out += arguments[i];
        }
        return out;
    }
    if (const std::string_view infix = find_text(infix_texts, op); !infix.empty())
        return joined(0, infix);
    return std::string(find_text(function_texts, op)) + "(" + joined(0, ", ") + ")";
}

}  // namespace dossier::engine
