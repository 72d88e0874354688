#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dossier/error.h>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "parser/sparql_parser.h"
#include "parser/sparql_syntax.h"
#include "rdf/iri.h"

// What the grammar's actions call: makes the syntax tree of one statement. The grammar recurses,
// the builder keeps a stack for each kind of thing that nests; every opening bracket enters and
// every closing one leaves, so that the stacks stay below the nesting limit.
//
// Actions run only on rules that the grammar will not abandon. What an action needs from the one
// before it waits in a register (node_, group_) until it is taken.

namespace dossier::sparql {

// An error of the specification's rules, or a broken token, with the places to show.
struct ParseFailure {
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string message;
    std::string hint;
    std::size_t related_offset = 0;
    std::size_t related_length = 0;
    std::string related_message;  // empty: no second place
};

class Builder {
  public:
    Builder(std::string_view text, const SparqlOptions& options);

    // ---- Places and limits ----
    std::size_t offset_of(const char* p) const {
        return static_cast<std::size_t>(p - text_.data());
    }
    std::string_view text() const { return text_; }
    const SparqlOptions& options() const { return options_; }
    // Every short stretch of work, so that a long text can be given up.
    void step() const {
        if (options_.question != nullptr) options_.question->step();
    }
    // Counts an open bracket. Throws LimitError beyond the limit.
    void enter(std::size_t offset);
    void leave() { --depth_; }
    [[noreturn]] void fail_limit(std::size_t offset, const std::string& message) const;
    // Ends the parse; every message of the builder goes through it.
    [[noreturn]] void fail(std::size_t offset, std::size_t length, std::string message,
                           std::string hint = {}) const;

    // ---- Prologue ----
    void base(std::string_view token, std::size_t offset);
    void prefix_name(std::string_view token);
    void prefix_iri(std::string_view token, std::size_t offset);
    void version(std::string_view token);

    // ---- Terms: each leaves a node in the register ----
    void iri_reference(std::string_view token, std::size_t offset);
    void prefixed_name(std::string_view token, std::size_t offset);
    void constant_iri(std::string_view iri, std::size_t offset);
    void variable(std::string_view token, std::size_t offset);
    void blank_node_label(std::string_view token, std::size_t offset);
    void anonymous(std::size_t offset);
    void string(std::string_view token, std::size_t offset);  // kept until one of the next three
    void plain_literal();
    void language_literal(std::string_view token, std::size_t offset);
    void typed_literal();
    void number(std::string_view token, std::size_t offset, std::string_view datatype);
    void boolean(bool value, std::size_t offset);
    // Registers the part of a triple term, a reified triple, GRAPH ... for the rule that closes it.
    void push_node();
    void close_triple_term(std::size_t offset);

    // ---- Triples ----
    void subject();  // the register begins a list of predicates and objects
    void verb_node();
    void verb_path();
    void object();
    void end_subject();
    void open_blank_node_properties(std::size_t offset);
    void close_blank_node_properties();
    void open_collection(std::size_t offset);
    void collection_item();
    void close_collection();
    void close_reified_triple(std::size_t offset);
    void open_reifier(std::size_t offset);  // `~` after an object
    void close_reifier(bool named);
    void open_annotation(std::size_t offset);
    void close_annotation();

    // ---- Paths ----
    void path_predicate(std::size_t offset);  // from the register
    void path_chain(PathOperator op, std::size_t offset);
    void path_chain_part();
    void path_wrap(PathOperator op, std::size_t offset);
    void path_repeat(std::string_view least, std::optional<std::string_view> most,
                     std::size_t offset, std::size_t length);
    void path_open_negated(std::size_t offset);
    void path_negated_part(bool inverse, std::size_t offset);

    // ---- Groups ----
    void open_group(std::size_t offset);
    void close_group();  // to the register
    void end_triples_block(std::size_t offset);
    void filter(std::size_t offset);
    void optional(std::size_t offset);
    void minus(std::size_t offset);
    void lateral(std::size_t offset, std::size_t keyword_length);
    void open_union();
    void union_branch();
    void close_union(std::size_t offset);
    void graph(std::size_t offset);
    void service_silent() { service_silent_ = true; }
    void open_service();
    void service(std::size_t offset);
    void bind(std::size_t offset);
    void open_values(std::size_t offset);
    void values_variable();
    void values_cell();
    void values_undefined();
    void values_close_row(std::size_t offset);
    void inline_values();
    void trailing_values();

    // ---- Queries ----
    void open_query(QueryForm form, std::size_t offset);
    void duplicates(Duplicates duplicates);
    void star();
    void projection_variable();
    void open_projection(std::size_t offset);
    void projection_expression();
    void close_projection();
    void describe_target();
    void dataset_clause(bool named, std::size_t offset);
    void construct_template();
    void construct_where(std::size_t offset);
    void where();
    void group_by();
    void group_key(bool named);
    void allow_aggregates(bool allowed) { aggregates_allowed_ = allowed; }
    void having();
    void order_key(bool descending);
    void limit(std::string_view token);
    void skip(std::string_view token);
    void close_sub_select(std::size_t offset);
    void close_query();

    // ---- Updates ----
    // What the nodes of triples may be; the words name the place in messages.
    enum class TriplesPlace : std::uint8_t {
        pattern,
        construct_template,
        insert_template,
        delete_template,
        delete_where,
        insert_data,
        delete_data,
    };
    void open_quads(TriplesPlace place);
    void quads_triples();
    void quads_graph();
    void quads_graph_end();
    void close_quads();
    void open_update(std::size_t offset);
    void insert_data();
    void delete_data();
    void delete_where();
    void modify_with();
    void modify_delete();
    void modify_insert();
    void modify_using(bool named, std::size_t offset);
    void modify_where();
    void silent() { silent_ = true; }
    void load();
    void load_into();
    void graph_reference(GraphScope scope);
    void clear();
    void drop();
    void create();
    void transfer(GraphTransfer kind);

    // ---- Expressions ----
    void node_operand(std::size_t offset);  // from the register
    void chain(Operator op, bool inverted, std::size_t offset);
    void compare(Operator op, std::size_t offset);
    void open_call(Operator op, std::size_t offset);
    void open_function();  // from the register
    void argument();       // the newest expression becomes an argument of the one before it
    void distinct_call();
    void close_call();  // checks the number of arguments
    void close_triple_expression();
    void open_aggregate(Operator op, std::size_t offset);
    void separator();
    void aggregate_star(std::size_t offset);
    void close_aggregate() { in_aggregate_ = false; }
    void exists(bool negated, std::size_t offset);

    // ---- Results ----
    ParsedPrologue take_prologue();
    Symbols take_symbols() { return std::move(symbols_); }
    Query take_query();
    std::vector<UpdateOperation> take_operations() { return std::move(operations_); }
    const Node& node() const { return node_; }
    std::size_t node_offset() const { return node_offset_; }
    // Where the last triple pattern ended, to say in an error just there that a dot may follow.
    void triples_end(std::size_t offset) { triples_end_ = offset; }
    std::size_t last_triples_end() const { return triples_end_; }
    const Symbols& symbols() const { return symbols_; }

  private:
    enum class ContextKind : std::uint8_t { subject, blank_node, collection, annotation };
    // A subject whose predicates and objects are being read, or a collection.
    struct TriplesContext {
        ContextKind kind;
        Node subject;
        Node predicate;
        std::shared_ptr<const PropertyPath> path;
        Node object;
        Node head;                    // of a collection
        bool empty = true;            // of a collection
        std::optional<Node> reifier;  // of the last object, for the annotation block after it
        Offset offset = 0;
        Offset object_offset = 0;
    };
    struct GroupFrame {
        GroupPattern group;
        std::uint32_t basic_graph_pattern;
        std::optional<std::size_t> block;  // the element that holds its triples
        // The state of what surrounds the group.
        bool aggregates_allowed;
        bool in_aggregate;
        TriplesPlace place;
    };
    struct BlankLabel {
        std::uint32_t id = 0;
        std::uint32_t scope = 0;
        Offset offset = 0;
    };
    using BlankLabels = boost::unordered_flat_map<std::string, BlankLabel>;

    struct TermHash {
        using is_transparent = void;
        const Symbols* symbols;
        std::size_t operator()(const TermView& view) const { return hash_value(view); }
        std::size_t operator()(std::uint32_t id) const {
            return hash_value(symbols->terms[id].view());
        }
    };
    struct TermEqual {
        using is_transparent = void;
        const Symbols* symbols;
        bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
        bool operator()(const TermView& a, std::uint32_t b) const;
        bool operator()(std::uint32_t a, const TermView& b) const { return (*this)(b, a); }
    };
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>{}(name);
        }
    };
    struct NameEqual {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const { return a == b; }
    };

    Offset offset32(std::size_t offset) const { return static_cast<Offset>(offset); }
    Constant intern(const TermView& term);
    Constant append_term(Term term);  // one that is not there yet
    Constant iri_constant(std::string_view iri) { return intern(TermView::iri(iri)); }
    void set_node(const Node& node, std::size_t offset) {
        step();
        node_ = node;
        node_offset_ = offset32(offset);
    }
    Node pop_node();
    bool is_iri(const Node& node) const;
    BlankVariable fresh_blank(std::size_t offset);
    void refuse_blank_nodes(std::size_t offset, std::size_t length) const;
    std::string_view place_name() const;
    Node triple_term(const Node& subject, const Node& predicate, const Node& object);
    void emit(const Node& subject, const Node& predicate, const Node& object, Offset offset);
    void emit_reification(const Node& reifier, const TriplesContext& of);
    void close_basic_graph_pattern();
    void append(std::size_t offset, decltype(GroupElement::pattern)&& pattern);
    GroupPattern take_group() { return std::move(group_); }
    std::vector<TriplePattern> take_triples() { return std::exchange(triples_, {}); }
    Variable node_variable() const { return std::get<Variable>(node_); }
    Query& query() { return queries_.back(); }
    Expression pop_expression();
    UpdateOperation& operation() { return operations_.back(); }
    Modify& modify();
    void refuse_misplaced_aggregate(std::string_view name, std::size_t offset) const;
    // The IRI of a token, to iri_.
    void resolve(std::string_view token, std::size_t offset);
    void count_iri(std::size_t offset);

    std::string_view text_;
    const SparqlOptions& options_;
    std::size_t depth_ = 0;
    std::size_t iri_bytes_ = 0;  // of all IRIs resolved and prefixed names expanded
    std::size_t triples_end_ = static_cast<std::size_t>(-1);

    // Prologue
    BaseIri base_;
    ParsedPrologue prologue_;
    std::string pending_prefix_;
    boost::unordered_flat_map<std::string, std::size_t, NameHash, NameEqual> prefix_index_;

    // Tables
    Symbols symbols_;
    boost::unordered_flat_set<std::uint32_t, TermHash, TermEqual> term_index_;
    boost::unordered_flat_map<std::string, std::uint32_t, NameHash, NameEqual> variable_index_;
    BlankLabels pattern_labels_;   // of basic graph patterns
    BlankLabels template_labels_;  // of templates
    BlankLabels data_labels_;      // of INSERT DATA
    std::uint32_t next_scope_ = 1;
    std::uint32_t template_scope_ = 0;

    // Registers and stacks
    Node node_;
    Offset node_offset_ = 0;
    std::string lexical_;
    Offset lexical_offset_ = 0;
    std::string iri_;  // scratch
    std::vector<std::pair<Node, Offset>> nodes_;
    std::vector<TriplesContext> contexts_;
    std::vector<PropertyPath> paths_;
    std::vector<TriplePattern> triples_;
    std::vector<PathPattern> path_patterns_;
    TriplesPlace place_ = TriplesPlace::pattern;
    std::vector<GroupFrame> groups_;
    GroupPattern group_;
    std::vector<Union> unions_;
    bool service_silent_ = false;
    std::vector<std::pair<bool, Node>> services_;
    Values values_;
    std::vector<Offset> values_offsets_;
    std::vector<bool> values_seen_;
    std::size_t values_row_start_ = 0;
    std::vector<Query> queries_;
    std::vector<Expression> expressions_;
    bool aggregates_allowed_ = false;
    bool in_aggregate_ = false;
    bool silent_ = false;
    std::vector<QuadPattern> quads_;
    std::optional<Node> quads_graph_;
    std::vector<GraphReference> references_;
    std::vector<UpdateOperation> operations_;
};

}  // namespace dossier::sparql
