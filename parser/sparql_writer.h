#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "parser/sparql_syntax.h"

namespace dossier {
class PrefixMap;
}

namespace dossier::sparql {

// Writes a syntax tree as SPARQL text that reads back as the same tree, but for the names of blank
// nodes, which are numbered in the order they are written. Short forms (collections, annotations
// ...) stay written out as they are in the tree. Text is appended to the end; the tables and
// prefixes must outlive the writer.
class SyntaxWriter {
  public:
    // IRIs are shortened by `prefixes` where it is given; PREFIX declarations are not written.
    explicit SyntaxWriter(const Symbols& symbols, const PrefixMap* prefixes = nullptr)
        : symbols_(symbols), prefixes_(prefixes) {}

    void node(const Node& node);
    void triple(const TriplePattern& triple);  // without a dot
    void path(const PropertyPath& path);
    void expression(const Expression& expression);
    void group(const GroupPattern& group);
    void query(const Query& query);
    void operations(const std::vector<UpdateOperation>& operations);

    std::string take() { return std::move(text_); }

  private:
    void line();  // a line end and the indentation
    void word(const char* text) { text_ += text; }
    void variable(Variable variable);
    void constant(Constant constant) { node(constant); }

    void path_part(const PropertyPath& path, bool may_be_inverse);
    void bracketted(const Expression& expression);
    void operand(const Expression& expression, bool sign);
    void chain(const Expression& expression);
    void arguments(const Expression& expression, std::size_t first = 0);

    void open_brace();
    void close_brace();
    void triples(const std::vector<TriplePattern>& triples);
    void element(const GroupElement& element);
    void keyword_group(const char* keyword, const GroupPattern& group);
    void values(const Values& values);
    void projection(const Query& query);
    void dataset(const std::vector<DatasetClause>& clauses, const char* keyword);
    void modifiers(const Query& query);

    void quads(const std::vector<QuadPattern>& quads);
    void modify(const Modify& modify);
    void reference(const GraphReference& reference);
    void operation(const UpdateOperation& operation);

    const Symbols& symbols_;
    const PrefixMap* prefixes_;
    std::string text_;
    std::size_t depth_ = 0;
    std::vector<std::size_t> blank_numbers_;  // by id; 0: not written yet
    std::size_t next_blank_ = 1;
};

// The whole in one call.
std::string to_text(const Query& query, const Symbols& symbols,
                    const PrefixMap* prefixes = nullptr);
std::string to_text(const std::vector<UpdateOperation>& operations, const Symbols& symbols,
                    const PrefixMap* prefixes = nullptr);
std::string to_text(const Expression& expression, const Symbols& symbols,
                    const PrefixMap* prefixes = nullptr);
std::string to_text(const PropertyPath& path, const Symbols& symbols,
                    const PrefixMap* prefixes = nullptr);
std::string to_text(const TriplePattern& triple, const Symbols& symbols,
                    const PrefixMap* prefixes = nullptr);

}  // namespace dossier::sparql
