#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "parser/held_statements.h"
#include "parser/held_term.h"
#include "parser/statement_parser.h"
#include "rdf/iri.h"

namespace dossier::turtle {

// What the grammar's actions build on: the terms of the statement being read, one frame for each
// bracket that is open, and the statements that come out. A statement leaves as soon as its object
// is read; only its terms are held.
//
// Every token sets `current`; the rule around it says what that is: subject, predicate, object.
// Failures are thrown as SyntaxFailure at the token's place.
class Builder {
  public:
    Builder(const ParseOptions& options, StatementSink& sink);

    // Tokens, as written: each becomes the current term.
    void iri_reference(std::string_view written);
    void prefixed_name(std::string_view written);
    void blank_node_label(std::string_view written);
    void string(std::string_view written);
    void language(std::string_view written);
    void datatype_reference(std::string_view written);
    void datatype_name(std::string_view written);
    void number(std::string_view written);
    void boolean(std::string_view written);
    void type_word();

    // What the current term is.
    void subject();
    void predicate();
    void object();            // of a statement, which is passed on
    void object_of_triple();  // of a triple term or reified triple
    void collection_item();

    void open_bracket(const char* at);
    void close_bracket();
    void open_collection(const char* at);
    void close_collection();
    void open_triple(const char* at);
    void close_triple_term();
    void close_reified_triple();
    void begin_reifier();
    void name_reifier();
    void end_reifier();
    void open_annotation(const char* at);
    void close_annotation();

    void declare_prefix_name(std::string_view written);
    void declare_prefix_iri(std::string_view written);
    void declare_base(std::string_view written);

    // TriG.
    void open_graph();  // named by the current term
    void open_default_graph();
    void close_graph();
    bool in_graph() const { return in_graph_; }

    // Around each statement of the text.
    void begin_statement();
    void end_statement();
    // True from its final dot on, or that of what opens or closes a graph.
    bool statement_ended() const { return ended_; }
    // True when some of the broken statement has been passed on already.
    bool abandon_statement();

    std::uint64_t statements() const { return statements_; }

  private:
    struct Frame {
        HeldTerm subject;  // of a collection: the list node being filled
        HeldTerm predicate;
        HeldTerm object;
        HeldTerm reifier;
        HeldTerm head;  // of a collection: its first node
        bool has_reifier = false;
        bool reifier_named = false;
        bool empty = true;  // of a collection
    };

    Frame& frame() { return frames_[depth_]; }
    Frame& push(const char* at, std::size_t written);
    void pop() { --depth_; }
    void fresh_blank_node(HeldTerm& term);
    void resolve(std::string_view written, std::string& out);
    void expand(std::string_view written, std::string& out);
    void emit(const TermView& subject, const TermView& predicate, const TermView& object);
    void emit_reifies(Frame& frame);

    const ParseOptions& options_;
    StatementSink& sink_;
    BaseIri base_;
    boost::unordered_flat_map<std::string, std::string> prefixes_;
    std::size_t prefix_bytes_ = 0;
    std::string last_prefix_;  // the one used last, to spare the look-up
    const std::string* last_prefix_iri_ = nullptr;
    std::string declared_prefix_;
    std::string scratch_;

    HeldTerm current_;
    HeldTerm graph_;
    bool in_graph_ = false;
    std::vector<Frame> frames_;
    std::size_t depth_ = 0;
    std::uint64_t next_label_ = 1;

    HeldStatements held_;
    bool hold_ = false;  // statements wait for the end of theirs in the text
    bool ended_ = true;
    bool passed_on_ = false;  // part of the current one did not wait
    std::uint64_t statements_ = 0;
};

}  // namespace dossier::turtle
