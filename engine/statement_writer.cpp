#include "engine/statement_writer.h"

#include <ostream>

#include <dossier/error.h>
#include <dossier/term_writer.h>

#include "engine/rdf_xml_writer.h"
#include "rdf/vocabulary.h"

namespace dossier::engine {

namespace {

constexpr std::size_t flush_size = std::size_t{64} << 10;

class LineWriter final : public StatementWriter {
  public:
    LineWriter(std::ostream& out, bool graphs) : StatementWriter(out), graphs_(graphs) {}

  private:
    void append(const QuadView& quad) override {
        if (graphs_)
            append_nquads_line(buffer_, quad);
        else
            append_ntriples_line(buffer_, {quad.subject, quad.predicate, quad.object});
    }

    bool graphs_;
};

class TurtleWriter final : public StatementWriter {
  public:
    TurtleWriter(std::ostream& out, const Prefixes& prefixes, bool graphs)
        : StatementWriter(out), graphs_(graphs) {
        for (const auto& [name, iri] : prefixes) {
            if (prefixes_.contains(name)) continue;
            prefixes_.set(name, iri);
            buffer_ += "PREFIX " + name + ": ";
            append_iri_reference(buffer_, iri);
            buffer_ += '\n';
        }
        if (!prefixes_.empty()) buffer_ += '\n';
    }

  private:
    void append(const QuadView& quad) override {
        const Term graph(graphs_ ? quad.graph : TermView());
        if (!open_ || graph != graph_) {
            close_subject();
            if (open_ && in_graph()) buffer_ += "}\n\n";
            graph_ = graph;
            if (in_graph()) {
                append_turtle(buffer_, graph_.view(), &prefixes_);
                buffer_ += " {\n";
            }
            open_ = true;
        }
        const std::string_view indent = in_graph() ? "    " : "";
        if (has_subject_ && quad.subject == subject_.view()) {
            if (quad.predicate == predicate_.view()) {
                buffer_ += " ,\n";
                buffer_.append(indent).append("        ");
            } else {
                buffer_ += " ;\n";
                buffer_.append(indent).append("    ");
                append_predicate(quad.predicate);
            }
        } else {
            close_subject();
            subject_ = Term(quad.subject);
            has_subject_ = true;
            buffer_ += indent;
            append_turtle(buffer_, quad.subject, &prefixes_);
            buffer_ += ' ';
            append_predicate(quad.predicate);
        }
        append_turtle(buffer_, quad.object, &prefixes_);
    }

    void end() override {
        close_subject();
        if (open_ && in_graph()) buffer_ += "}\n";
    }

    void append_predicate(const TermView& predicate) {
        predicate_ = Term(predicate);
        if (predicate.text() == rdf::type)
            buffer_ += 'a';
        else
            append_turtle(buffer_, predicate, &prefixes_);
        buffer_ += ' ';
    }
    void close_subject() {
        if (has_subject_) buffer_ += " .\n";
        has_subject_ = false;
    }
    bool in_graph() const { return !(graph_.is_iri() && graph_.text().empty()); }

    PrefixMap prefixes_;
    bool graphs_;
    bool open_ = false;  // a graph (the default one too) has been begun
    bool has_subject_ = false;
    Term graph_, subject_, predicate_;
};

}  // namespace

std::unique_ptr<StatementWriter> StatementWriter::make(DataFormat format, std::ostream& out,
                                                       const Prefixes& prefixes) {
    switch (format) {
        case DataFormat::ntriples:
            return std::make_unique<LineWriter>(out, false);
        case DataFormat::nquads:
            return std::make_unique<LineWriter>(out, true);
        case DataFormat::turtle:
            return std::make_unique<TurtleWriter>(out, prefixes, false);
        case DataFormat::trig:
            return std::make_unique<TurtleWriter>(out, prefixes, true);
        case DataFormat::rdf_xml:
            break;
    }
    return std::make_unique<RdfXmlWriter>(out, prefixes);
}

void StatementWriter::check(const QuadView& quad) {
    const std::size_t size = buffer_.size();
    append(quad);
    buffer_.resize(size);
}

void StatementWriter::write(const QuadView& quad) {
    append(quad);
    ++statements_;
    if (buffer_.size() >= flush_size) flush();
}

void StatementWriter::finish() {
    end();
    flush();
    out_.flush();
    if (!out_) throw InputError("the statements cannot be written");
}

void StatementWriter::flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
    if (!out_) throw InputError("the statements cannot be written");
}

}  // namespace dossier::engine
