#pragma once

#include <iosfwd>
#include <memory>
#include <string>

#include <dossier/options.h>
#include <dossier/prefixes.h>
#include <dossier/term.h>

namespace dossier::engine {

// Writes statements as a stream in one of the formats. Turtle and TriG put statements of one
// subject and one predicate together where they follow each other. Belongs to one thread; the
// stream must outlive it. A stream that fails throws InputError.
class StatementWriter {
  public:
    // `prefixes` are for Turtle, TriG and RDF/XML, which declare them.
    static std::unique_ptr<StatementWriter> make(DataFormat format, std::ostream& out,
                                                 const Prefixes& prefixes = {});
    virtual ~StatementWriter() = default;

    // In the triples formats the graph is left out. RDF/XML cannot hold every statement; one that
    // it cannot throws QueryError, and nothing of it is written.
    void write(const QuadView& quad);
    // Throws what write() would, and writes nothing; not for a writer that write() is called on.
    void check(const QuadView& quad);
    static bool may_refuse(DataFormat format) { return format == DataFormat::rdf_xml; }
    void finish();
    std::uint64_t statements() const { return statements_; }

  protected:
    explicit StatementWriter(std::ostream& out) : out_(out) {}
    std::string buffer_;

  private:
    virtual void append(const QuadView& quad) = 0;
    virtual void end() {}
    void flush();

    std::ostream& out_;
    std::uint64_t statements_ = 0;
};

}  // namespace dossier::engine
