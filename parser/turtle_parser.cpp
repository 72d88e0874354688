#include "parser/turtle_parser.h"

#include <type_traits>

#include "parser/syntax_failure.h"
#include "parser/turtle_builder.h"
#include "parser/turtle_grammar.h"
#include "parser/turtle_messages.h"
#include "parser/turtle_recovery.h"
#include "parser/window_input.h"

namespace dossier::turtle {

namespace {

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

// The three shapes of an action: on a token's text, on a bracket's place, on a rule's end.
template <void (Builder::*Member)(std::string_view)>
struct with_text {
    template <typename Input>
    static void apply(const Input& in, Builder& builder) {
        (builder.*Member)(in.string_view());
    }
};
template <void (Builder::*Member)(const char*)>
struct with_place {
    template <typename Input>
    static void apply(const Input& in, Builder& builder) {
        (builder.*Member)(in.begin());
    }
};
template <void (Builder::*Member)()>
struct at_end {
    static void apply0(Builder& builder) { (builder.*Member)(); }
};

// clang-format off
template <> struct action<term_iri> : with_text<&Builder::iri_reference> {};
template <> struct action<term_name> : with_text<&Builder::prefixed_name> {};
template <> struct action<term_label> : with_text<&Builder::blank_node_label> {};
template <> struct action<lexical_form> : with_text<&Builder::string> {};
template <> struct action<language> : with_text<&Builder::language> {};
template <> struct action<datatype_iri> : with_text<&Builder::datatype_reference> {};
template <> struct action<datatype_name> : with_text<&Builder::datatype_name> {};
template <> struct action<number> : with_text<&Builder::number> {};
template <> struct action<boolean> : with_text<&Builder::boolean> {};
template <> struct action<type_word> : at_end<&Builder::type_word> {};

template <> struct action<verb> : at_end<&Builder::predicate> {};
template <> struct action<list_object> : at_end<&Builder::object> {};
template <> struct action<collection_item> : at_end<&Builder::collection_item> {};
template <> struct action<subject_here> : at_end<&Builder::subject> {};
template <> struct action<ttSubject> : at_end<&Builder::subject> {};
template <> struct action<ttObject> : at_end<&Builder::object_of_triple> {};
template <> struct action<rtSubject> : at_end<&Builder::subject> {};
template <> struct action<rtObject> : at_end<&Builder::object_of_triple> {};

template <> struct action<open_bracket> : with_place<&Builder::open_bracket> {};
template <> struct action<close_bracket> : at_end<&Builder::close_bracket> {};
template <> struct action<open_parenthesis> : with_place<&Builder::open_collection> {};
template <> struct action<close_parenthesis> : at_end<&Builder::close_collection> {};
template <> struct action<open_triple_term> : with_place<&Builder::open_triple> {};
template <> struct action<close_triple_term> : at_end<&Builder::close_triple_term> {};
template <> struct action<open_reified> : with_place<&Builder::open_triple> {};
template <> struct action<close_reified> : at_end<&Builder::close_reified_triple> {};
template <> struct action<tilde> : at_end<&Builder::begin_reifier> {};
template <> struct action<reifier_name> : at_end<&Builder::name_reifier> {};
template <> struct action<reifier> : at_end<&Builder::end_reifier> {};
template <> struct action<open_annotation> : with_place<&Builder::open_annotation> {};
template <> struct action<close_annotation> : at_end<&Builder::close_annotation> {};

template <> struct action<prefix_declared> : with_text<&Builder::declare_prefix_name> {};
template <> struct action<prefix_iri> : with_text<&Builder::declare_prefix_iri> {};
template <> struct action<base_iri> : with_text<&Builder::declare_base> {};

template <> struct action<dot> : at_end<&Builder::end_statement> {};
template <> struct action<open_graph> : at_end<&Builder::open_graph> {};
template <> struct action<open_default_graph> : at_end<&Builder::open_default_graph> {};
template <> struct action<close_graph> : at_end<&Builder::close_graph> {};
// clang-format on

template <typename Rule>
struct control : pegtl::normal<Rule> {
    template <typename Input, typename... States>
    [[noreturn]] static void raise(const Input& in, States&&...) {
        throw unexpected<Rule>(in.current(), in.input_end());
    }
};

// One statement of the text and the white space behind it.
void parse_statement(WindowInput& in, Format format, Builder& builder) {
    if (builder.in_graph()) {
        pegtl::parse<graph_statement, action, control>(in, builder);
    } else if (format == Format::trig) {
        pegtl::parse<trig_statement, action, control>(in, builder);
    } else {
        pegtl::parse<turtle_statement, action, control>(in, builder);
    }
}

class Parser {
  public:
    Parser(ByteSource& source, Format format, const ParseOptions& options, StatementSink& sink)
        : format_(format),
          options_(options),
          sink_(sink),
          in_(source, options.source_name.empty() ? source.name() : options.source_name,
              options.read_size, options.max_literal_bytes),
          builder_(options, sink) {}

    ParseReport run() {
        for (;;) {
            std::uint64_t column = 0;
            try {
                pegtl::parse<ws>(in_);
                if (in_.empty()) break;
                check_cancelled();
                if (options_.on_error == OnError::skip) column = in_.rough_column();
                builder_.begin_statement();
                parse_statement(in_, format_, builder_);
                builder_.end_statement();
            } catch (const SyntaxFailure& failure) {
                recover(failure, column);
            }
        }
        if (builder_.in_graph()) {
            recover({in_.current(), 1, "expected '}' to close the graph before the file ends"}, 0);
        }
        report_.statements = builder_.statements();
        report_.bytes = in_.bytes_read();
        report_.lines = in_.lines_passed();
        return report_;
    }

  private:
    void recover(const SyntaxFailure& failure, std::uint64_t column) {
        // A comment that is not UTF-8, behind a statement that is whole, breaks nothing else.
        const bool only_comment = failure.in_comment && builder_.statement_ended();
        const bool passed_on = builder_.abandon_statement();
        SyntaxError error = in_.error(failure);
        if (options_.on_error == OnError::stop) throw error;
        if (passed_on) {
            SyntaxError::Details details = error.details();
            details.message += "; of this long statement a part has been passed on already";
            error = SyntaxError(details);
        }
        ++report_.errors;
        if (options_.max_errors != 0 && report_.errors > options_.max_errors) throw error;
        if (!sink_.error(error)) throw error;
        skip_broken_statement(in_, failure, column, builder_.in_graph(), only_comment);
    }

    void check_cancelled() {
        constexpr std::uint64_t statements_between = 1024;
        if (!options_.cancelled || ++asked_ % statements_between != 0) return;
        if (options_.cancelled()) throw Interrupted("loading was cancelled");
    }

    Format format_;
    const ParseOptions& options_;
    StatementSink& sink_;
    WindowInput in_;
    Builder builder_;
    ParseReport report_;
    std::uint64_t asked_ = 0;
};

}  // namespace

ParseReport parse(ByteSource& source, Format format, const ParseOptions& options,
                  StatementSink& sink) {
    return Parser(source, format, options, sink).run();
}

}  // namespace dossier::turtle
