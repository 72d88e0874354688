#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <dossier/error.h>
#include <dossier/term.h>

#include "parser/byte_source.h"
#include "parser/format.h"

// Text to statements, for every format: N-Triples, N-Quads, Turtle, TriG and RDF/XML of RDF 1.2,
// which read the files of RDF 1.1 as well. The input is streamed and never held whole; statements
// leave as soon as they are complete.

namespace dossier {

// Takes what a file says, in its order. The views are valid during the call only.
//
// Blank nodes carry the label written in the file, after ParseOptions::blank_node_scope; those that
// have none (`[]`, `( )`, `<< >>`) get the label `.N` with a number that counts from 1. A label
// that is written cannot begin with '.', so the two never meet.
class StatementSink {
  public:
    virtual ~StatementSink();

    virtual void statement(const QuadView& quad) = 0;
    // A prefix, its name without the colon, as it is declared; a later one of that name replaces
    // it.
    virtual void prefix(std::string_view name, std::string_view iri);
    virtual void base(std::string_view iri);
    // Only with OnError::skip: called once for each error. False ends the parse: the error is
    // thrown.
    virtual bool error(const SyntaxError& error);
};

enum class OnError {
    stop,  // the first error is thrown
    skip,  // a broken statement is left out and the parser goes on behind it
};

struct ParseOptions {
    // The IRI that relative IRIs are resolved against until the file declares one. Empty: none.
    std::string base;
    // For messages; empty: the byte source's name.
    std::string source_name;
    // Where statements go that name no graph: a graph's IRI; empty: the default graph.
    std::string default_graph;
    // Put before every blank node's label, so that equal labels of two files stay apart.
    std::string blank_node_scope;

    // IRIs and language tags that fit the grammar are taken as they are: an IRI may then be
    // relative or otherwise not follow RFC 3987, and a language tag not follow BCP 47.
    bool lenient = false;

    OnError on_error = OnError::stop;
    // With skip: one error more than these is thrown. 0: any number.
    std::uint64_t max_errors = 0;

    // What may nest: blank nodes, collections, triple terms, annotations; two XML elements. Each
    // level takes some 400 bytes of the stack, and more than 10'000 are not allowed.
    std::size_t max_nesting = 128;
    std::size_t max_literal_bytes = 64u << 20;
    std::size_t max_iri_bytes = 64u << 10;
    // With skip, the statements made of one Turtle statement are held back until its final dot, so
    // that a broken one leaves nothing behind; at most these many, and at most
    // `max_held_bytes` of text. A larger Turtle statement is passed on in parts, and if it proves
    // broken its beginning has been passed on; its error says so.
    std::size_t max_held_statements = 100'000;
    std::size_t max_held_bytes = 64u << 20;

    // Asked about every 64 KB of input; true ends the parse with Interrupted. May be empty.
    std::function<bool()> cancelled;
    // How much is read at a time. Tests set it to 1.
    std::size_t read_size = 256u << 10;
};

struct ParseReport {
    std::uint64_t statements = 0;  // passed to the sink
    std::uint64_t errors = 0;      // broken statements left out (OnError::skip)
    std::uint64_t bytes = 0;       // of decompressed text
    std::uint64_t lines = 0;       // line ends seen
};

// Reads all of `source`. Throws SyntaxError, also where the limits of `options` are exceeded,
// LimitError for a line of N-Triples or N-Quads longer than any statement may be, InputError,
// Interrupted, and whatever the sink throws; what was passed to the sink before stays passed.
// `options.on_error` is about SyntaxError only; XML that is not well-formed ends the parse always.
ParseReport parse_statements(ByteSource& source, Format format, const ParseOptions& options,
                             StatementSink& sink);

// A block of whole lines of an N-Triples or N-Quads file, for those who read one file with several
// threads: any number of calls may run at a time, each with a sink of its own. Blank nodes with one
// label are one node in all blocks of a file.
struct LineBlock {
    std::string_view text;         // ends with a line end, or with the file
    std::uint64_t first_line = 1;  // number of its first line
    std::uint64_t first_byte = 0;  // offset of its first byte
};

// Parses one block, as parse_statements does. `format` is ntriples or nquads.
ParseReport parse_line_block(const LineBlock& block, Format format, const ParseOptions& options,
                             StatementSink& sink);

// Cuts a source into blocks of whole lines. The text of a block is valid until the next call.
class LineBlockReader {
  public:
    // Blocks of about `block_size` bytes; longer where one line is longer, up to
    // `max_line_bytes`.
    LineBlockReader(ByteSource& source, std::size_t block_size, std::size_t max_line_bytes);
    ~LineBlockReader();
    LineBlockReader(const LineBlockReader&) = delete;
    LineBlockReader& operator=(const LineBlockReader&) = delete;

    // The next block into `buffer`, whose old content is lost: the caller hands the buffer to a
    // thread and passes another one next time. False at the end. Throws InputError and LimitError.
    bool next(std::string& buffer, LineBlock& block);

  private:
    ByteSource& source_;
    std::size_t block_size_;
    std::size_t max_line_bytes_;
    std::string rest_;  // the beginning of a line whose end has not been read
    std::uint64_t next_line_ = 1;
    std::uint64_t next_byte_ = 0;
    bool at_end_ = false;
};

}  // namespace dossier
